"""What the map of confidence is fitted on: claim, how many complete answers made it, how many of them were right.

The questions of `tests/golden/calibration`, asked of the core as of 10 February 2026 without any store. No rule was
made with them, and none of them is kept aside (`tests/golden/frozen`) to test the map on. Written by
`python -m tests.support.calibrating`; a test holds that it is what these questions give."""

from __future__ import annotations

OBSERVED: tuple[tuple[float, int, int], ...] = (
    (0.8383, 9, 9),
    (0.8468, 5, 5),
    (0.847, 1, 1),
    (0.8643, 3, 3),
    (0.873, 3, 3),
    (0.882, 1, 1),
    (0.891, 2, 2),
    (0.9221, 5, 5),
    (0.9315, 88, 86),
    (0.9409, 45, 44),
    (0.9411, 2, 2),
    (0.9506, 15, 15),
    (0.9507, 3, 3),
    (0.9603, 104, 103),
    (0.97, 50, 50),
    (0.9702, 6, 6),
    (0.98, 26, 26),
    (0.9801, 6, 6),
    (0.99, 55, 52),
    (1.0, 41, 40),
)
