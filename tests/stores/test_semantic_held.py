"""What is held of the semantic layer serves while the layer answers, and never hides that it does not."""

from __future__ import annotations

import pytest

from ecp.domain.semantic import SemanticMeta
from ecp.errors import StoreUnavailable
from ecp.stores.semantic_held import HeldSemantics

META = SemanticMeta(members={}, joined={}, version="1")


class Layer:
    """A semantic layer with nothing in it."""

    def __init__(self) -> None:
        self.down = False
        self.asked: list[str] = []

    async def meta(self) -> SemanticMeta:
        return self._answer("meta", META)

    async def ping(self) -> None:
        self._answer("ping", META)

    def _answer(self, what: str, answer: SemanticMeta) -> SemanticMeta:
        self.asked.append(what)
        if self.down:
            raise StoreUnavailable("semantic", "down")
        return answer


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def layer() -> Layer:
    return Layer()


@pytest.fixture
async def held(layer: Layer, time: Time) -> HeldSemantics:
    held = HeldSemantics(layer, time, seconds=30)  # type: ignore[arg-type]
    await held.meta()
    return held


async def test_a_layer_that_answered_a_moment_ago_is_not_asked_whether_it_is_there(held, layer, time):
    time.now += 0.5
    await held.alive()
    assert layer.asked == ["meta"] and held.held_meta() is META


async def test_later_it_is_asked_once_more(held, layer, time):
    time.now += 5
    await held.alive()
    await held.alive()
    assert layer.asked == ["meta", "ping"] and held.held_meta() is META


async def test_a_layer_that_went_away_takes_what_is_held_with_it(held, layer, time):
    time.now += 5
    layer.down = True
    with pytest.raises(StoreUnavailable):
        await held.alive()
    assert held.held_meta() is None


async def test_reading_the_model_ahead_takes_nothing_away_when_it_fails(held, layer):
    layer.down = True
    with pytest.raises(StoreUnavailable):
        await held.read_model()
    assert held.held_meta() is META and layer.asked == ["meta", "meta"]
