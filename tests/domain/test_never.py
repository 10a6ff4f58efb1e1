"""What must never happen, as far as understanding a question goes."""

from __future__ import annotations

import random

import pytest

from ecp.domain.catalogue import Catalogue
from tests.support.reading import catalogue, pack, understand

_UNKNOWN = ["Zorblax", "quuxing", "LATAM", "Müllerbach", "客户", "العملاء", "frobnicated", "🦊fox"]
_FRAMES = {
    "hospital": "admissions in {} in 2025",
    "logistics": "{} shipments last month",
    "demo": "net revenue for APAC and {} last quarter",
}


@pytest.mark.parametrize("word", _UNKNOWN)
@pytest.mark.parametrize("frame", _FRAMES)
def test_a_part_that_was_not_understood_is_never_complete(frame: str, word: str) -> None:
    understood = understand(_FRAMES[frame].format(word), catalogue(frame), "finance")
    assert understood.status == "unresolved"
    assert any(word.strip("🦊") in item.mention for item in understood.selection.unresolved)


@pytest.mark.parametrize(
    "question",
    [
        "admissions excluding length of stay",
        "admissions in 2025 excluding March 2025",
        "admissions not only in Oncology",
        "admissions in ward !Oncology",
        "admissions - planned admissions",
        "admissions / occupied beds",
        "admissions as % of total",
        "admissions per physician",
        "admissions by ward above planned admissions",
        "admissions in Oncology in 2024 and in Cardiology in 2025",
        "Oncology admissions vs Cardiology planned admissions",
        "top 3 and bottom 2 wards by admissions",
        "top 3 sites and wards by admissions",
        "top 5% of wards by admissions",
        "monthly and weekly admissions",
        "how many wards have admissions",
        "why were admissions 100 in 2025",
        "when did admissions exceed 100",
        "controlling vs nursing cost",
        "admissions for nursing and controlling",
        "compare admissions",
        "what are admissions last month and what is the definition of ALOS",
    ],
)
def test_a_part_that_would_be_dropped_is_never_complete(question: str) -> None:
    assert understand(question, catalogue("hospital"), "controlling").status == "unresolved"


@pytest.mark.parametrize(
    ("pack_name", "question"),
    [
        ("demo", "finance headcount"),  # holds the synonym of a region
        ("demo", "net revenue in Chinatown"),
        ("demo", "net revenue in Indiana"),
        ("demo", "net revenue of the Japanophile"),
        ("hospital", "northern admissions"),
        ("hospital", "ICUs2 admissions"),
        ("logistics", "bears shipments swiftly"),
        ("logistics", "Texasville shipments"),
    ],
)
def test_a_word_inside_another_word_is_no_mention(pack_name: str, question: str) -> None:
    understood = understand(question, catalogue(pack_name), "finance")
    assert understood.status == "unresolved"
    named = [m for m in understood.reading.mentions if m.role == "member"]
    assert all(_stands_alone(m.text, question) for m in named)


def _stands_alone(text: str, question: str) -> bool:
    at = question.index(text)
    around = question[max(0, at - 1) : at] + question[at + len(text) : at + len(text) + 1]
    return not any(c.isalnum() for c in around)


@pytest.mark.parametrize(
    ("question", "unlike"),
    [
        ("unplanned admissions in 2025", "planned_admissions"),
        ("uncollected income", "collected_income"),
        ("shipments in Germania", "germany"),
        ("shipments by Swiftly", "swift"),
        ("shipments in Italyzq", "italy"),
        ("shipments in Germanyqz", "germany"),
    ],
)
def test_another_word_is_not_taken_for_a_slip(question: str, unlike: str) -> None:
    name = "hospital" if "admissions" in question else "logistics"
    understood = understand(question, catalogue(name), "accounting")
    assert understood.status == "unresolved"
    assert unlike not in str(understood.selection.concepts.metrics)
    assert all(f.member != unlike for f in understood.selection.concepts.filters)


@pytest.mark.parametrize("department", ["controlling", "nursing", None])
@pytest.mark.parametrize(
    "question",
    [
        "cost by ward group in 2025",
        "emergency admissions vs last month in January 2026",
        "top 3 sites by cost per case",
    ],
)
def test_the_same_question_gets_the_same_answer_whatever_the_order_of_the_assets(
    question: str, department: str | None
) -> None:
    expected = understand(question, catalogue("hospital"), department)
    for seed in range(8):
        shuffled = list(pack("hospital"))
        random.Random(seed).shuffle(shuffled)
        found = understand(question, Catalogue.of("1", shuffled), department)
        assert found.selection == expected.selection
        assert found.plan == expected.plan
