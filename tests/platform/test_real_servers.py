"""What only `--stores=server` has: Cube on the read-only role, a model that may change, OPA."""

from __future__ import annotations

import time

import httpx
import psycopg
import pytest

from ecp.settings import Settings

pytestmark = pytest.mark.needs_servers

MODEL = """\
cubes:
  - name: {name}
    sql_table: public.things
    measures:
      - {{name: total, type: sum, sql: amount}}
"""


def ask_cube(settings: Settings, path: str, **parameters: str) -> httpx.Response:
    assert settings.cube_token is not None
    headers = {"Authorization": settings.cube_token.get_secret_value()}
    return httpx.get(f"{settings.cube_url}/cubejs-api/v1/{path}", params=parameters, headers=headers, timeout=30)


def known_cubes(settings: Settings) -> set[str]:
    return {cube["name"] for cube in ask_cube(settings, "meta").json()["cubes"]}


def test_cube_follows_its_model_folder_and_reads_the_warehouse(platform_settings: Settings) -> None:
    folder, admin = platform_settings.cube_model, platform_settings.warehouse_admin
    assert folder is not None
    assert admin is not None
    with psycopg.connect(admin.get_secret_value(), autocommit=True) as connection:
        connection.execute("CREATE TABLE things AS SELECT 2.5 AS amount UNION ALL SELECT 4")
        try:
            (folder / "things.yml").write_text(MODEL.format(name="things"))
            assert "things" in known_cubes(platform_settings)
            (folder / "things.yml").write_text(MODEL.format(name="others"))
            assert {"others"} == known_cubes(platform_settings) & {"things", "others"}
            assert first_row(platform_settings, '{"measures": ["others.total"]}') == {"others.total": "6.5"}
        finally:
            (folder / "things.yml").unlink()
            connection.execute("DROP TABLE things")


def first_row(settings: Settings, query: str) -> dict[str, str]:
    for _ in range(20):
        answer = ask_cube(settings, "load", query=query).json()
        if answer.get("error") != "Continue wait":
            row: dict[str, str] = answer["data"][0]
            return row
        time.sleep(0.2)
    raise AssertionError("Cube never stopped waiting")


def test_cube_refuses_who_has_no_token(platform_settings: Settings) -> None:
    answer = httpx.get(f"{platform_settings.cube_url}/cubejs-api/v1/meta")
    assert answer.status_code == 403


def test_opa_answers(platform_settings: Settings) -> None:
    assert httpx.get(f"{platform_settings.opa_url}/health").status_code == 200
