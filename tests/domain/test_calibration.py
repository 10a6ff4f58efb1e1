"""What a claim is worth: fitted on answers, never turning two claims round."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ecp.domain.calibration import KNOTS, OBSERVED, Observed, fit, worth
from ecp.domain.confidence import calibrated, score
from ecp.evaluation import calibration_error, read_cases, reliability
from tests.support.calibrating import FITTED_ON, claims, counted, written
from tests.support.reading import TESTS

_observations = st.lists(
    st.tuples(st.floats(0.01, 1.0), st.integers(1, 50), st.floats(0, 1)).map(
        lambda given: Observed(claimed=round(given[0], 4), n=given[1], right=round(given[1] * given[2]))
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda o: o.claimed,
)


@given(_observations, st.floats(0, 1), st.floats(0, 1))
def test_of_two_claims_the_greater_one_stays_the_greater_one(
    observed: list[Observed], one: float, other: float
) -> None:
    knots = fit(observed)
    low, high = sorted((one, other))
    assert worth(low, knots) <= worth(high, knots)
    assert low == high or high - low < 1e-9 or worth(low, knots) < worth(high, knots)
    assert 0 <= worth(low, knots) <= low


@given(_observations)
def test_the_map_never_falls_and_begins_at_nothing(observed: list[Observed]) -> None:
    knots = fit(observed)
    assert (knots[0].claimed, knots[0].worth) == (0, 0)
    assert all(a.claimed < b.claimed and a.worth <= b.worth for a, b in pairwise(knots))


def test_the_map_in_use_is_what_the_calibration_questions_give() -> None:
    """Where this fails, a rule has changed one of their answers: `python -m tests.support.calibrating` fits it anew."""
    assert counted(claims()) == OBSERVED
    assert fit(Observed(claimed=claimed, n=n, right=right) for claimed, n, right in OBSERVED) == KNOTS
    assert sum(n for _, n, _ in OBSERVED) > 400


def test_what_is_written_down_can_be_read_again() -> None:
    there: dict[str, object] = {}
    exec(written(((0.5, 2, 1), (1.0, 3, 3))), there)
    assert there["OBSERVED"] == ((0.5, 2, 1), (1.0, 3, 3))


def test_the_map_is_fitted_on_no_question_that_is_kept_aside_or_that_a_rule_was_made_with() -> None:
    golden = FITTED_ON.parent
    others = [*(golden / "questions").glob("*.yaml"), *(golden / "frozen").rglob("*.yaml")]
    fitted_on, elsewhere = _asked(FITTED_ON.glob("*.yaml")), _asked(others)
    assert len(fitted_on) > 700 and not fitted_on & elsewhere
    assert len({pack for pack, _ in fitted_on}) > 20


def _asked(files: Iterable[Path]) -> set[tuple[str, str]]:
    return {(file.stem, case.question.casefold()) for file in files for case in read_cases(file)}


def test_the_answers_it_was_fitted_on_are_nearer_to_their_claims_with_it() -> None:
    told = [(claim, k < right) for claim, n, right in OBSERVED for k in range(n)]
    assert _error(told, worth) < _error(told, lambda claim: claim)


def test_what_is_told_of_the_questions_kept_aside_is_near_to_what_came_true() -> None:
    frozen = TESTS / "golden" / "frozen"
    told = [claim for folder in (frozen, *frozen.iterdir()) if folder.is_dir() for claim in claims(folder)]
    assert len(told) > 250 and _error(told, worth) < 0.03


def _error(told: list[tuple[float, bool]], told_as: Callable[[float], float]) -> float:
    error = calibration_error(list(reliability((told_as(claim), right) for claim, right in told)))
    assert error is not None
    return error


def test_what_was_much_surer_than_it_was_right_is_told_so() -> None:
    knots = fit([Observed(claimed=0.9, n=200, right=120), Observed(claimed=0.95, n=200, right=180)])
    assert abs(worth(0.9, knots) - 0.6) < 0.03
    assert abs(worth(0.95, knots) - 0.9) < 0.03


def test_the_score_stays_the_product_of_its_factors_and_is_calibrated_once() -> None:
    named = calibrated({"definition": 0.98, "certification": 0.99})
    assert calibrated(named) == named
    assert abs(score(named) - worth(0.98 * 0.99)) < 1e-3
    assert calibrated({"availability": 0.0})["calibration"] == 1.0
