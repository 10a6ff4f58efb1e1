"""What an asker is limited to, in the layer's values."""

from __future__ import annotations

import pytest

from ecp.domain.assets import Access, Dimension
from ecp.domain.authorization import LimitForPolicy
from ecp.domain.catalogue import Catalogue
from ecp.domain.exposure import Shown, policy_input
from ecp.domain.limits import check_attributes, limits_of, requested_values, unknown_names
from ecp.domain.question import Asker, Question
from ecp.errors import ValidationError
from tests.support.reading import TODAY, catalogue, understand

HOSPITAL = catalogue("hospital")


def _asker(**attributes: tuple[str, ...]) -> Asker:
    return Asker(user_id="u", department="controlling", attributes=attributes)


@pytest.mark.parametrize("names", [("oncology",), ("Oncology",), ("ONCOLOGY",), (" oncology ",)])
def test_members_are_named_by_id_or_name_whatever_the_case(names: tuple[str, ...]) -> None:
    assert limits_of(_asker(ward=names), HOSPITAL) == {"ward": ("W2",)}


@pytest.mark.parametrize("key", ["ward", "Ward", "WARD", "allowed_wards", "Allowed_Ward"])
def test_dimensions_are_named_by_id_or_name_and_with_allowed_before_it(key: str) -> None:
    assert limits_of(_asker(**{key: ("icu", "Cardiology")}), HOSPITAL) == {"ward": ("W1", "W3")}


def test_a_dimension_is_limited_by_the_attribute_it_declares() -> None:
    limits = limits_of(_asker(markets=("US", "italy")), catalogue("logistics"))
    assert limits == {"country": ("US", "IT")}


def test_an_empty_list_allows_nothing() -> None:
    assert limits_of(_asker(ward=()), HOSPITAL) == {"ward": ()}


def test_a_name_nobody_knows_allows_nothing() -> None:
    assert limits_of(_asker(ward=("basement",)), HOSPITAL) == {"ward": ()}


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"ward": ("basement", "icu")}, ["“basement” is no member of “Ward”"]),
        ({"allowed_wards": ("ICU", "Heart ward")}, []),
        ({"site": ("basement",)}, []),
    ],
)
def test_a_name_nobody_knows_is_told_of_a_dimension_that_is_limited(
    attributes: dict[str, tuple[str, ...]], said: list[str]
) -> None:
    assert list(unknown_names(_asker(**attributes), ("ward",), HOSPITAL)) == said


@pytest.mark.parametrize("hidden", ["the dimension", "a member"])
def test_of_a_dimension_with_something_hidden_no_name_is_told_apart(hidden: str) -> None:
    ward = HOSPITAL.get("ward", Dimension)
    assert ward is not None
    closed = Access(roles=("board",))
    first, *others = ward.members
    change: dict[str, object] = {"access": closed}
    if hidden == "a member":
        change = {"members": (first.model_copy(update={"access": closed}), *others)}
    assets = (*(a for a in HOSPITAL.assets.values() if a.id != "ward"), ward.model_copy(update=change))
    restricted = Catalogue.of("2", assets)
    assert list(unknown_names(_asker(ward=("basement",)), ("ward",), restricted)) == []


def test_two_attributes_on_one_dimension_both_hold() -> None:
    asker = _asker(ward=("icu", "oncology"), allowed_wards=("oncology", "cardiology"))
    assert limits_of(asker, HOSPITAL) == {"ward": ("W2",)}


def test_a_member_is_limited_as_the_askers_department_counts_it() -> None:
    nurse = Asker(department="nursing", attributes={"ward_group": ("internal",)})
    assert limits_of(nurse, HOSPITAL) == {"ward_group": ("W1", "W2", "W3")}


def test_an_attribute_that_limits_nothing_here_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="shoe_size"):
        check_attributes(_asker(shoe_size=("42",)), HOSPITAL)
    check_attributes(_asker(ward=("icu",)), HOSPITAL)


def _requested(question: str, dimension: str) -> set[str] | None:
    concepts = understand(question, HOSPITAL, "controlling").selection.concepts
    found = requested_values(dimension, concepts, HOSPITAL, "controlling")
    return None if found is None else {str(v) for v in found}


def test_a_question_asks_of_a_column_through_whichever_dimension_it_is_filtered() -> None:
    assert _requested("admissions in critical wards", "ward") == {"W3", "W4"}
    assert _requested("admissions in the ICU", "ward_group") == {"W3"}
    assert _requested("admissions at River Park", "ward") is None
    assert _requested("admissions excluding the ICU", "ward") is None


def test_compared_members_are_asked_for_as_well() -> None:
    assert _requested("admissions in the ICU vs Oncology in 2025", "ward") == {"W2", "W3"}


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("admissions in the ICU vs Oncology in 2025", {"W2"}),
        ("admissions in Oncology vs the ICU in 2025", {"W2"}),
        ("admissions in the ICU vs Cardiology in 2025", {"W1", "W3"}),
        ("admissions in the ICU and Oncology in 2025", {"W2", "W3"}),
        ("admissions in 2025", None),
    ],
)
def test_a_side_of_a_comparison_that_may_not_be_seen_is_what_the_policy_is_told(
    question: str, told: set[str] | None
) -> None:
    (limit,) = _limits(question, _asker(ward=("icu", "cardiology")))
    assert (limit.requested if told is None else set(limit.requested or ())) == told


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("compare Oncology and ICU admissions in 2025", ("Oncology",)),
        ("admissions in the ICU vs Oncology in 2025", ("Oncology",)),
        ("admissions in the ICU vs Cardiology in 2025", ()),
        ("admissions in Oncology vs the Emergency ward in 2025", ()),
        ("admissions in Oncology in 2025", ()),
        ("admissions at River Park vs North in 2025", ()),
    ],
)
def test_the_side_of_a_comparison_that_lies_outside_is_named_where_the_other_does_not(
    question: str, named: tuple[str, ...]
) -> None:
    (limit,) = _limits(question, _asker(ward=("icu", "cardiology")))
    assert limit.outside == named


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("what share of admissions comes from the ICU in 2025", None),
        ("share of critical wards in admissions in 2025", None),
        ("share of the ICU in admissions by site in 2025", None),
        ("share of Oncology in admissions in 2025", {"W2"}),
        ("share of admissions by ward in 2025", None),
    ],
)
def test_of_a_share_the_whole_is_what_the_policy_is_told_unless_nothing_of_the_part_may_be_seen(
    question: str, told: set[str] | None
) -> None:
    (limit,) = _limits(question, _asker(ward=("icu", "cardiology")))
    assert (limit.requested if told is None else set(limit.requested or ())) == told


def test_what_is_left_out_leaves_the_rest_asked_for() -> None:
    (limit,) = _limits("admissions excluding the ICU in 2025", _asker(ward=("icu",)))
    assert limit.requested and "W3" not in limit.requested


def _limits(question: str, asker: Asker) -> tuple[LimitForPolicy, ...]:
    concepts = understand(question, HOSPITAL, asker.department).selection.concepts
    return policy_input(Question(text=question, asker=asker, as_of=TODAY), Shown(concepts=concepts), HOSPITAL).limits


def _put(question: str, asker: Asker) -> tuple[set[str], dict[str, bool]]:
    selection = understand(question, HOSPITAL, asker.department).selection
    asked = Question(text=question, asker=asker, as_of=TODAY)
    shown = Shown(concepts=selection.concepts, subjects=selection.subjects)
    put = policy_input(asked, shown, HOSPITAL)
    return {a.id for a in put.assets if a.required}, {i.dimension: i.applicable for i in put.limits}


def test_everything_that_is_used_is_put_to_the_policy() -> None:
    required, _ = _put("admissions in the ICU vs Oncology by site", _asker())
    assert required == {"admissions", "site", "ward", "ward:icu", "ward:oncology"}


def test_a_target_is_put_to_the_policy() -> None:
    required, _ = _put("admissions vs planned admissions in 2025", _asker())
    assert required == {"admissions", "planned_admissions"}


def test_a_metric_that_cannot_be_cut_by_the_limit_says_so() -> None:
    _, limits = _put("no-shows in 2025", _asker(ward=("icu",)))
    assert limits == {"ward": False}
    _, limits = _put("occupied beds in 2025", _asker(ward=("icu",)))
    assert limits == {"ward": True}
