from __future__ import annotations

import pytest

from ecp.domain.units import is_same_unit, unit_in_full


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("%", "percent"), ("percent", "percentage"), ("pct", "percent"), ("t", "tonnes"), ("t", "tons"),
        ("tonnes", "t"), ("min", "minutes"), ("minutes", "mins"), ("h", "hours"), ("m3", "cubic meters"),
        ("m³", "cubic metre"), ("km", "kilometers"), ("EUR", "euros"), ("$", "usd"), ("cases", "case"),
    ],
)  # fmt: skip
def test_the_same_unit_in_other_writing(own: str, said: str) -> None:
    assert is_same_unit(own, said)


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("t", "kg"), ("tonnes", "tons"), ("min", "hours"), ("%", "EUR"), ("EUR", "%"), ("m3", "cubic feet"),
        ("m3", "square metres"), ("usd", "eur"), ("", "percent"), ("", ""), ("EUR/t", "tonnes"),
    ],
)  # fmt: skip
def test_another_unit(own: str, said: str) -> None:
    assert not is_same_unit(own, said)


def test_a_sign_and_what_has_no_unit() -> None:
    assert unit_in_full("%") == "percent"
    assert unit_in_full("") == ""
