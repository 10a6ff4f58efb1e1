"""Which runs are shown stage by stage, and when the orchestrator counts as down."""

from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from api.tracking.modes import Crowd, Modes
from api.tracking.server import ServerWatch
from ecp.errors import StoreUnavailable
from tests.tracking.toy import toy_run, toy_settings


@dataclass
class Load:
    behind: bool = False
    at_bound: bool = False


@dataclass
class Time:
    now: float = 0.0

    def __call__(self):
        return self.now


@dataclass
class Looks:
    """A watch whose looks a test makes up; each comes a second after the one before."""

    time: Time = field(default_factory=Time)

    def __post_init__(self):
        self.watch = ServerWatch("http://127.0.0.1:9/api", silence=12, clock=self.time)

    def see(self, *answers):
        for answer in answers:
            self.time.now += 1
            self.watch._learn(answer)
        return self.watch.up


@pytest.fixture
def run(tmp_path):
    return toy_run(toy_settings(None, tmp_path))


def full(modes, runs, load):
    return [modes.full(run, load) for run in runs]


def test_all_are_full_while_the_server_keeps_up(run):
    assert all(full(Modes(), [run] * 25, Load()))


def test_while_it_does_not_one_in_some_is(run):
    assert sum(full(Modes(one_in=10), [run] * 40, Load(behind=True))) == 4


def test_of_a_crowd_that_lasts_one_in_some_is_full_and_of_a_burst_all(run):
    time = Time()
    modes = Modes(Crowd(many=4, seconds=1, clock=time), one_in=10)
    with ExitStack() as few:
        for _ in range(2):
            few.enter_context(modes.crowd.one())
        with ExitStack() as many:
            for _ in range(2):
                many.enter_context(modes.crowd.one())
            assert all(full(modes, [run] * 20, Load()))
            time.now += 2
            assert sum(full(modes, [run] * 20, Load())) == 2
        assert sum(full(modes, [run] * 20, Load())) == 2
    assert all(full(modes, [run] * 20, Load()))
    with modes.crowd.one():
        time.now += 2
        assert all(full(modes, [run] * 20, Load()))


def test_at_the_bound_none_is(run):
    assert not any(full(Modes(), [run] * 25, Load(behind=True, at_bound=True)))


def test_what_is_known_to_go_badly_is_full_all_the_same(run, tmp_path):
    again = toy_run(toy_settings(None, tmp_path))
    again.attempt = 2
    assert all(full(Modes(), [again] * 5, Load(behind=True)))
    run.guards["graph"].given_up(StoreUnavailable("graph", "down"))
    assert all(full(Modes(), [run] * 5, Load(behind=True)))


def test_a_slow_server_is_not_down_and_a_silent_one_is():
    looks = Looks()
    assert looks.see(True, *[None] * 11)
    assert not looks.see(None)


def test_a_server_that_answers_others_is_not_silent():
    looks = Looks()
    looks.see(True, *[None] * 10)
    looks.watch.heard()
    assert looks.see(*[None] * 11)


def test_a_server_that_refuses_is_down_at_once_and_up_when_it_answers():
    looks = Looks()
    assert not looks.see(True, False)
    assert looks.see(True)
