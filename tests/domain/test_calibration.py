"""What a claim is worth: fitted on answers, never turning two claims round."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ecp.domain.calibration import KNOTS, OBSERVED, Observed, fit, worth
from ecp.domain.confidence import calibrated, score
from ecp.evaluation import calibration_error, reliability

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


def test_the_map_in_use_comes_from_the_answers_it_names() -> None:
    assert fit(OBSERVED) == KNOTS
    assert (sum(o.n for o in OBSERVED), sum(o.right for o in OBSERVED)) == (139, 134)


def test_the_answers_it_was_fitted_on_are_nearer_to_their_claims_with_it() -> None:
    told = [(o.claimed, k < o.right) for o in OBSERVED for k in range(o.n)]
    before = calibration_error(list(reliability(told)))
    after = calibration_error(list(reliability((worth(claim), right) for claim, right in told)))
    assert before is not None and after is not None and after < before


def test_what_was_much_surer_than_it_was_right_is_told_so() -> None:
    knots = fit([Observed(claimed=0.9, n=200, right=120), Observed(claimed=0.95, n=200, right=180)])
    assert abs(worth(0.9, knots) - 0.6) < 0.03
    assert abs(worth(0.95, knots) - 0.9) < 0.03


def test_the_score_stays_the_product_of_its_factors_and_is_calibrated_once() -> None:
    named = calibrated({"definition": 0.98, "certification": 0.99})
    assert calibrated(named) == named
    assert abs(score(named) - worth(0.98 * 0.99)) < 1e-3
    assert calibrated({"availability": 0.0})["calibration"] == 1.0
