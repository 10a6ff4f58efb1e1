"""Keyword search finds names that are like a phrase, contain it, or are described by it."""

from __future__ import annotations

import pytest

from ecp.domain.assets import AnyAsset, Dimension, Entity, Instance, Member, Metric, TribalKnowledge
from ecp.stores.registry import PostgresRegistry


def pack() -> list[AnyAsset]:
    return [
        Metric(
            id="gross_output", name="Gross output", definition="Tons rolled before scrap", synonyms=("rolled tons",)
        ),
        Metric(id="net_output", name="Net output", definition="Tons rolled after scrap"),
        Metric(id="attrition", name="Attrition", definition="Employees who left"),
        Dimension(id="plant", name="Plant", members=(Member(id="north", name="Northern mill", synonyms=("upper",)),)),
        Entity(id="crew", name="Crew", instances=(Instance(id="c1", name="Night shift"),)),
        TribalKnowledge(id="tk", name="Gross output counter", message="Stood still"),
    ]


@pytest.fixture
async def version(registry: PostgresRegistry) -> str:
    return await registry.publish(pack(), note="", only=True)


@pytest.mark.parametrize(
    ("phrase", "asset_id", "member", "method"),
    [
        ("Gross Output", "gross_output", None, "exact"),
        ("rolled tons", "gross_output", None, "exact"),
        ("gros outptu", "gross_output", None, "keyword"),
        ("atrition", "attrition", None, "keyword"),
        ("northern mill", "plant", "north", "exact"),
        ("nothern mil", "plant", "north", "keyword"),
        ("mill", "plant", "north", "keyword"),
        ("night shift", "crew", "c1", "exact"),
        ("employees", "attrition", None, "keyword"),
    ],
)
async def test_the_best_hit(registry, version: str, phrase: str, asset_id: str, member: str, method: str) -> None:
    (best, *_) = await registry.search([phrase], version)
    assert (best.asset_id, best.member, best.method) == (asset_id, member, method)
    assert (best.score == 1) == (method == "exact")


async def test_all_phrases_are_answered_in_their_order(registry, version: str) -> None:
    hits = await registry.search(["net output", "nothing like it at all", "crew"], version, limit=1)
    assert [(h.phrase, h.asset_id) for h in hits] == [("net output", "net_output"), ("crew", "crew")]


async def test_what_a_question_cannot_mention_is_found_on_demand(registry, version: str) -> None:
    assert not [h for h in await registry.search(["gross output counter"], version) if h.asset_id == "tk"]
    (found,) = await registry.search(["gross output counter"], version, kinds=["tribal_knowledge"])
    assert (found.asset_id, found.method) == ("tk", "exact")


async def test_a_word_inside_another_is_not_a_hit(registry, version: str) -> None:
    assert await registry.search(["lan", "ght"], version) == ()


async def test_an_older_version_is_searched_as_it_was(registry, version: str) -> None:
    newer = await registry.publish([Metric(id="other", name="Other")], note="", only=True)
    assert await registry.search(["gross output"], newer) == ()
    assert (await registry.search(["gross output"], version))[0].asset_id == "gross_output"
