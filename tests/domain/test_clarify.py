"""Going on from an option."""

from __future__ import annotations

import pytest

from ecp.domain.clarify import choose
from ecp.domain.compose import visible_options
from ecp.domain.selection import Selection
from ecp.errors import ValidationError
from tests.support.reading import catalogue, understand

HOSPITAL = catalogue("hospital")


def _asked_back(forced: dict[str, str] | None = None) -> Selection:
    return understand("cost by ward in 2025", HOSPITAL, forced=forced).selection


@pytest.mark.parametrize("chosen", ["1", " 1 ", "total_cost", "Total cost", "total COST"])
def test_an_option_is_chosen_by_its_id_or_its_name(chosen: str) -> None:
    options = visible_options(_asked_back().options, ())
    wanted = next(o.id for o in options if "total_cost" in o.settles.values())
    forced = choose(options, wanted if chosen.strip() == "1" else chosen)
    assert forced == {"cost": "total_cost"}
    found = _asked_back(forced)
    assert not found.options
    assert [m.id for m in found.concepts.metrics] == ["total_cost"]
    assert [d.id for d in found.concepts.dimensions] == ["ward"]


@pytest.mark.parametrize("chosen", ["", "9", "revenue", "cost"])
def test_what_is_no_option_is_refused_and_the_options_named(chosen: str) -> None:
    with pytest.raises(ValidationError, match="Total cost"):
        choose(visible_options(_asked_back().options, ()), chosen)


def test_what_may_not_be_shown_cannot_be_chosen() -> None:
    kept = visible_options(_asked_back().options, {"total_cost"})
    assert all("total_cost" not in o.settles.values() for o in kept)


def test_a_word_for_two_dimensions_is_asked_back_and_settled_on_one() -> None:
    bank = catalogue("bank")
    options = visible_options(understand("deposits by region", bank).selection.options, ())
    assert [o.text for o in options] == ["by Branch region", "by Customer region"]
    forced = choose(options, "Customer region")
    found = understand("deposits by region", bank, forced=forced).selection
    assert not found.options
    assert [d.id for d in found.concepts.dimensions] == ["customer_region"]
