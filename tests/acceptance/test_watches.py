"""A watch on the whole platform: what changes is told once and rightly, whoever's process runs it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from pydantic import SecretStr
from typer.testing import CliRunner

from api.watching.keeper import MOST_TRIES
from ecp.cli.main import app
from tests.acceptance.test_numbers import FINANCE, FINANCE_APAC, NET, OF, close
from tests.support.receiver import receiving
from tests.support.rest import Rest
from tests.support.watches import Time, keeping, reimport

ASKED = "What was APAC revenue last quarter?"
PAY = "What was executive compensation last quarter?"
EVERY = {"every_seconds": 3600}
BOSS = {"user_id": "u-boss", "department": "finance", "role": "executive"}


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def keeper(enterprise, time):
    async with keeping(enterprise.settings, time) as keeper:
        yield keeper


@pytest.fixture
def watch(rest: Rest, registry: psycopg.Connection[Any], time: Time) -> Iterator[Any]:
    """Saves a question as of the test's own time; no watch is left behind."""
    made: list[str] = []

    def save(question: str = ASKED, asker: dict[str, Any] = FINANCE, **fields: Any) -> str:
        context = rest.words.value(asker)
        body = {"concept": rest.words.text(question), "user_context": context, "execute": True, "schedule": EVERY}
        answer = rest.post("watches", body | fields)
        assert answer.status_code == 201, answer.text
        made.append(answer.json()["id"])
        moved = "update watches set created_at = %s, since = %s, next_at = %s where watch_id = %s"
        registry.execute(moved, (time.now, time.now, time.now, made[-1]))
        return made[-1]

    yield save
    for watch_id in made:
        rest.client.delete(f"/api/v1/watches/{watch_id}")


def runs(rest: Rest, watch_id: str) -> list[dict[str, Any]]:
    page = rest.get(f"watches/{watch_id}/runs").json()
    assert page["total"] == len(page["runs"])
    return list(page["runs"])


def told(run: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {d["field"]: (d["before"], d["after"]) for d in run["differences"]}


def as_user(rest: Rest, asker: dict[str, Any]) -> dict[str, str]:
    return {"X-ECP-User-Context": json.dumps(rest.words.value(asker))}


@contextmanager
def a_thousand_more(enterprise: Any, country: str) -> Iterator[None]:
    """On one day of the last quarter, as a load would bring it; taken back at the end."""
    change = (
        "update halyard.fct_revenue_daily set net_amount = net_amount {} 1000 "
        f"where day = '2025-11-03' and country_code = '{country}' and product_code = "
        f"(select min(product_code) from halyard.fct_revenue_daily where country_code = '{country}')"
    )
    with psycopg.connect(enterprise.admin, autocommit=True) as connection:
        done = connection.execute(enterprise.words.text(change.format("+")))  # type: ignore[arg-type]
        assert done.rowcount == 1
        yield
        connection.execute(enterprise.words.text(change.format("-")))  # type: ignore[arg-type]


async def test_a_number_that_changed_in_the_warehouse_is_told_once(rest, enterprise, warehouse, keeper, time, watch):
    watch_id = watch()
    assert await keeper.turn() == 1 and await keeper.turn() == 0
    (first,) = runs(rest, watch_id)
    assert (first["outcome"], first["differences"], first["missed"]) == ("unchanged", [], 0)
    before = warehouse(NET + OF, *FINANCE_APAC)
    assert close(before) == rest.get(f"resolutions/{first['resolution_id']}").json()["results"]["rows"][0][0]
    with a_thousand_more(enterprise, "AU"):
        time.passes(hours=1)
        await keeper.turn()
        time.passes(hours=1)
        await keeper.turn()
    again, changed, _ = runs(rest, watch_id)
    assert (changed["outcome"], list(told(changed))) == ("changed", ["numbers"])
    assert told(changed)["numbers"] == (close(before), close(float(before) + 1000))
    assert (again["outcome"], again["differences"]) == ("unchanged", [])


async def test_what_a_watch_asked_is_told_from_what_people_asked(rest, keeper, watch):
    watch_id = watch()
    await keeper.turn()
    (run,) = runs(rest, watch_id)
    everything = rest.get("resolutions?limit=1000").json()["resolutions"]
    assert {r["resolution_id"]: r["watch_id"] for r in everything}[run["resolution_id"]] == watch_id
    others = rest.get("resolutions?limit=1000&watches=false").json()["resolutions"]
    assert run["resolution_id"] not in {r["resolution_id"] for r in others}


async def test_a_number_within_the_tolerance_is_no_change(rest, enterprise, keeper, time, watch):
    watch_id = watch(tolerance=0.5)
    await keeper.turn()
    with a_thousand_more(enterprise, "AU"):
        time.passes(hours=1)
        await keeper.turn()
    assert [r["outcome"] for r in runs(rest, watch_id)] == ["unchanged", "unchanged"]


async def test_the_version_of_the_data_is_asked_before_each_run(rest, enterprise, keeper, time, watch):
    watch_id = watch()
    await keeper.turn()
    mark = enterprise.words.text("update halyard.load_marks set loaded_at = loaded_at + interval '1 second'")
    with psycopg.connect(enterprise.admin, autocommit=True) as connection:
        connection.execute(mark)
    time.passes(hours=1)
    await keeper.turn()
    found = [rest.get(f"resolutions/{r['resolution_id']}").json()["provenance"] for r in runs(rest, watch_id)]
    assert found[0]["data_version"] != found[1]["data_version"]


async def test_definition_and_permission_that_changed_in_the_pack_are_told_once(
    rest, enterprise, keeper, time, watch, tmp_path
):
    watch_id, open_to_all = watch(), watch(execute=False, asker=BOSS)
    await keeper.turn()
    net, role = enterprise.words.text("net_revenue"), enterprise.words.text("executive")

    def reworded(document: dict[str, Any]) -> None:
        if document["id"] == net:
            document["definition"] = "What was paid."

    def restricted(document: dict[str, Any]) -> None:
        reworded(document)
        if document["id"] == net:
            document["access"] = {"roles": [role]}

    try:
        for change in (reworded, restricted):
            reimport(enterprise, tmp_path / change.__name__, change)
            for _ in range(2):
                time.passes(hours=1)
                await keeper.turn()
        history = runs(rest, watch_id)
        assert [r["outcome"] for r in reversed(history)] == ["unchanged", "changed", "unchanged", "denied", "denied"]
        assert [r["outcome"] for r in runs(rest, open_to_all)] == [
            "unchanged",
            "unchanged",
            "unchanged",
            "changed",
            "unchanged",
        ]
        assert told(history[1]) == {"permission": ("allowed", "denied")} and history[0]["differences"] == []
        assert history[3]["withheld"] and history[3]["differences"] == []
    finally:
        reimport(enterprise, tmp_path / "restored", lambda _: None)
    time.passes(hours=1)
    await keeper.turn()
    back = told(runs(rest, watch_id)[0])
    assert list(back) == ["permission", "definition"] and back["permission"] == ("denied", "allowed")
    assert back["definition"][0] == {net: {"definition": "What was paid."}}


async def test_an_owner_who_moves_to_another_department_is_told_what_that_means_once(rest, keeper, time, watch):
    watch_id = watch()
    await keeper.turn()
    moved = rest.words.value(FINANCE | {"department": "sales"})
    changed = rest.client.patch(f"/api/v1/watches/{watch_id}", json={"user_context": moved})
    assert changed.status_code == 200 and changed.json()["user_context"]["department"] == moved["department"]
    for _ in range(2):
        time.passes(hours=1)
        await keeper.turn()
    again, first, _ = runs(rest, watch_id)
    found = told(first)
    assert {"department", "definition", "filters"} <= set(found) and "numbers" not in found
    assert set(found["definition"][0]) == {rest.words.text("net_revenue")}
    assert set(found["definition"][1]) == {rest.words.text("gross_revenue")}
    assert (again["outcome"], again["differences"]) == ("unchanged", [])


async def test_a_permission_taken_from_the_owner_denies_and_no_number_is_shown_any_more(
    rest, enterprise, keeper, time, watch
):
    watch_id = watch(PAY, BOSS)
    await keeper.turn()
    (first,) = runs(rest, watch_id)
    assert first["outcome"] == "unchanged"
    body = {"user_context": rest.words.value(BOSS | {"role": "analyst"})}
    assert rest.client.patch(f"/api/v1/watches/{watch_id}", json=body).status_code == 200
    time.passes(hours=1)
    await keeper.turn()
    denied = runs(rest, watch_id)[0]
    assert (denied["outcome"], told(denied)) == ("denied", {"permission": ("allowed", "denied")})
    answer = rest.get(f"resolutions/{denied['resolution_id']}").json()
    assert (answer["status"], answer["results"]) == ("access_denied", None)


async def test_a_period_that_moved_is_told_once_and_its_number_is_no_news(rest, keeper, time, watch):
    watch_id = watch()
    await keeper.turn()
    time.now = datetime(2026, 4, 10, 8, tzinfo=UTC)
    await keeper.turn()
    time.passes(hours=1)
    await keeper.turn()
    again, moved, _ = runs(rest, watch_id)
    assert list(told(moved)) == ["period"] and moved["missed"] > 0
    before, after = told(moved)["period"]
    assert (before["end"], after["start"]) == ("2025-12-31", "2026-01-01")
    assert again["outcome"] == "unchanged"


async def test_paused_it_is_not_asked_and_a_worker_that_was_away_asks_once(rest, keeper, time, watch, registry):
    watch_id = watch()
    await keeper.turn()
    path = f"/api/v1/watches/{watch_id}"
    assert rest.client.patch(path, json={"paused": True}).json()["next_at"] is None
    time.passes(hours=5)
    assert await keeper.turn() == 0
    assert rest.client.patch(path, json={"paused": False}).json()["next_at"] is not None
    registry.execute("update watches set next_at = %s where watch_id = %s", (time.now, watch_id))
    time.passes(hours=3)
    assert await keeper.turn() == 1
    assert [r["missed"] for r in runs(rest, watch_id)] == [3, 0]


async def test_one_that_ends_every_process_that_runs_it_is_given_up_until_it_is_due_again(
    rest, keeper, time, watch, registry
):
    watch_id = watch()
    registry.execute("update watches set claims = %s where watch_id = %s", (MOST_TRIES, watch_id))
    assert await keeper.turn() == 1
    (run,) = runs(rest, watch_id)
    assert (run["outcome"], run["resolution_id"]) == ("failed", None) and "given up" in run["detail"]
    time.passes(hours=1)
    assert await keeper.turn() == 1
    assert runs(rest, watch_id)[0]["outcome"] != "failed"


async def test_a_change_is_told_to_its_webhook_until_that_has_it(rest, enterprise, time, watch, registry):
    watch_id, hooks = watch(), {"webhook_hosts": "127.0.0.1", "webhook_secret": SecretStr("k"), "env": "prod"}
    with receiving(503) as receiver:
        registry.execute("update watches set webhook = %s where watch_id = %s", (receiver.url, watch_id))
        async with keeping(enterprise.settings, time, **hooks) as keeper:
            await keeper.turn()
            assert await keeper.deliver() == 0
            with a_thousand_more(enterprise, "AU"):
                time.passes(hours=1)
                await keeper.turn()
        time.passes(seconds=1)
        async with keeping(enterprise.settings, time, **hooks) as after_a_restart:
            assert await after_a_restart.deliver() == 1 and await after_a_restart.deliver() == 0
            time.passes(seconds=20)
            assert await after_a_restart.deliver() == 1
            time.passes(days=1)
            assert await after_a_restart.deliver() == 0
    first, second = receiver.bodies
    assert first == second and (first["outcome"], first["changed"]) == ("changed", ["numbers"])
    assert set(first) == {"delivery_id", "watch_id", "resolution_id", "at", "outcome", "changed"}


def test_people_have_their_own_watches(rest, watch):
    watch_id = watch()
    path, other = f"/api/v1/watches/{watch_id}", as_user(rest, {"user_id": "u-other"})
    own = as_user(rest, FINANCE)
    assert rest.client.get(path, headers=own).json()["id"] == watch_id
    assert watch_id in {w["id"] for w in rest.client.get("/api/v1/watches", headers=own).json()["watches"]}
    assert watch_id not in {w["id"] for w in rest.client.get("/api/v1/watches", headers=other).json()["watches"]}
    for refused in (
        rest.client.get(path, headers=other),
        rest.client.get(f"{path}/runs", headers=other),
        rest.client.patch(path, json={"paused": True}, headers=other),
        rest.client.delete(path, headers=other),
    ):
        assert (refused.status_code, refused.json()["type"]) == (404, "urn:ecp:problem:not-found")


def test_a_watch_is_answered_as_it_was_sent_and_taken_away(rest):
    sent = {"concept": rest.words.text(ASKED), "schedule": {"cron": "0 8 * * mon-fri", "timezone": "Europe/Berlin"}}
    headers = as_user(rest, FINANCE) | {"Idempotency-Key": "watch-once"}
    made = rest.client.post("/api/v1/watches", json=sent, headers=headers)
    assert made.status_code == 201 and made.json()["next_at"] > made.json()["created_at"]
    assert {k: made.json()[k] for k in sent} == sent
    assert made.json()["user_context"]["user_id"] == rest.words.value(FINANCE)["user_id"]
    again = rest.client.post("/api/v1/watches", json=sent, headers=headers)
    assert (again.status_code, again.json()["id"]) == (201, made.json()["id"])
    path = f"/api/v1/watches/{made.json()['id']}"
    assert rest.get(f"watches/{made.json()['id']}/runs").json() == {"runs": [], "total": 0, "next_cursor": None}
    assert rest.client.delete(path).status_code == 204
    assert rest.client.get(path).status_code == 404 and rest.client.delete(path).status_code == 404


def test_an_owner_limited_by_what_is_not_known_and_a_target_that_is_not_listed_are_refused(rest):
    sent = {"concept": rest.words.text(ASKED), "schedule": EVERY}
    for more, says in (
        ({"user_context": {"attributes": {"no_such_thing": ["x"]}}}, "no_such_thing"),
        ({"notify": {"webhook": "https://hooks.example.com/"}}, "ECP_WEBHOOK_HOSTS"),
    ):
        refused = rest.post("watches", sent | more)
        assert refused.status_code == 422 and says in refused.text


async def test_an_operator_sees_each_run_named_by_its_outcome_with_what_differs(rest, enterprise, time, watch):
    watch_id, api = watch(), enterprise.settings.prefect_api_url
    async with keeping(enterprise.settings, time, prefect_api_url=api) as keeper:
        async with asyncio.timeout(150):
            await keeper.tracked()
        await keeper.turn()
        with a_thousand_more(enterprise, "AU"):
            time.passes(hours=1)
            await keeper.turn()
        changed, _ = runs(rest, watch_id)
        async with PrefectClient(api) as client, asyncio.timeout(120):
            wanted: Any = {
                "name": {"any_": [changed["resolution_id"]]},
                "tags": {"all_": ["full", "changed"]},
                "state": {"type": {"any_": ["COMPLETED"]}},
            }
            while not (found := await client.read_flow_runs(flow_run_filter=FlowRunFilter(**wanted))):  # noqa: ASYNC110
                await asyncio.sleep(0.2)
            (run,) = found
            assert run.parameters == {"watch_id": watch_id}
            assert (run.state_name, run.state.message) == ("Changed", "numbers")
            shown = {"artifacts": {"key": {"any_": [f"watch-{watch_id}"]}}}
            while len(left := (await client.request("POST", "/artifacts/filter", json=shown)).json()) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
            assert any("| numbers |" in artifact["data"] for artifact in left)


def test_the_command_line_has_it_all(rest, enterprise, monkeypatch):
    monkeypatch.setenv("ECP_HOME", str(enterprise.settings.home))

    def ecp(*words: str) -> str:
        done = CliRunner().invoke(app, ["watch", *words])
        assert done.exit_code == 0, done.output
        return done.output

    made = json.loads(ecp("add", rest.words.text(ASKED), "--every", "60", "--user", "u-cli", "--json"))
    assert made["schedule"] == {"every_seconds": 60}
    assert "paused" in ecp("pause", made["id"]) and "not yet" in ecp("show", made["id"])
    assert json.loads(ecp("resume", made["id"], "--json"))["next_at"]
    changes = ("--question", rest.words.text(PAY), "--cron", "0 8 * * mon", "--timezone", "Europe/Berlin")
    edited = json.loads(ecp("edit", made["id"], *changes, "--execute", "--tolerance", "0.1", "--no-webhook", "--json"))
    assert (edited["concept"], edited["notify"]) == (rest.words.text(PAY), None)
    assert edited["schedule"] == {"cron": "0 8 * * mon", "timezone": "Europe/Berlin"}
    moved = json.loads(ecp("edit", made["id"], "--cron", "0 7 * * mon", "--json"))
    assert moved["schedule"] == {"cron": "0 7 * * mon", "timezone": "Europe/Berlin"}
    edited = json.loads(ecp("edit", made["id"], "--timezone", "Asia/Tokyo", "--json"))
    assert edited["schedule"] == {"cron": "0 7 * * mon", "timezone": "Asia/Tokyo"}
    again = json.loads(ecp("edit", made["id"], "--no-execute", "--json"))
    assert (again["execute"], again["tolerance"], again["schedule"]) == (False, 0.1, edited["schedule"])
    assert again["next_at"] and again["user_context"] == made["user_context"]
    assert [w["id"] for w in json.loads(ecp("list", "--user", "u-cli", "--json"))["watches"]] == [made["id"]]
    assert "1 of 1" in ecp("list", "--user", "u-cli") and "0 of 0" in ecp("runs", made["id"])
    assert json.loads(ecp("delete", made["id"], "--json")) == {"deleted": made["id"]}
    refused = CliRunner().invoke(app, ["watch", "add", "orders", "--cron", "0 8 * *"])
    assert refused.exit_code == 1
