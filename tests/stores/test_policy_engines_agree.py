"""Both engines on a few hundred generated questions, and OPA's own judgement of the policies."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator

import httpx
import pytest

from ecp.domain.assets import Access
from ecp.domain.authorization import AssetForPolicy, LimitForPolicy, PolicyAsker, PolicyInput, Scalar
from ecp.platform.servers import ServerCache
from ecp.settings import Settings
from ecp.stores.policy_common import policies_folder, policy_digest
from ecp.stores.policy_opa import OpaEngine
from ecp.stores.policy_rego import RegoEngine

pytestmark = pytest.mark.needs_servers

WORDS = ("blue", "red", "Ünïcode 😀", 'quo"ted', "back\\slash", "line\nbreak", "", "“”", "\x00", "10", "true", "%s")
SCALARS: tuple[Scalar, ...] = (*WORDS[:6], 0, 1, -1, 2.5, 1.0, True, False, 10**16, 1e-3)


class Questions:
    """Questions of every shape, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def some(self, number: int) -> Iterator[PolicyInput]:
        return (self.one() for _ in range(number))

    def one(self) -> PolicyInput:
        some = self._random
        return PolicyInput(
            action=some.choice(("resolve", "execute", "show")),
            asker=PolicyAsker(
                user_id=some.choice((None, "u")),
                department=some.choice((None, *WORDS)),
                roles=self.words(3),
                attributes={key: self.words(3) for key in self.words(3)},
            ),
            assets=tuple(self.asset(n) for n in range(some.randrange(4))),
            limits=tuple(self.limit() for _ in range(some.randrange(3))),
            registry_version="1",
        )

    def asset(self, number: int) -> AssetForPolicy:
        some = self._random
        access = Access(
            departments=some.choice((None, None, self.filled())),
            roles=some.choice((None, None, self.filled())),
            attributes={key: self.filled() for key in self.words(2)},
        )
        return AssetForPolicy(
            id=f"{number}{some.choice(WORDS)}",
            kind=some.choice(("metric", "dimension", "column", "member")),
            name=some.choice(WORDS),
            required=some.random() < 0.5,
            access=some.choice((None, access)),
        )

    def limit(self) -> LimitForPolicy:
        some = self._random
        asked = some.choice((None, tuple(some.choices(SCALARS, k=some.randrange(4)))))
        return LimitForPolicy(
            dimension=some.choice(WORDS),
            name=some.choice(WORDS),
            allowed=tuple(some.choices(SCALARS, k=some.randrange(6))),
            requested=asked,
            applicable=some.random() < 0.9,
        )

    def words(self, most: int) -> tuple[str, ...]:
        return tuple(self._random.choices(WORDS, k=self._random.randrange(most + 1)))

    def filled(self) -> tuple[str, ...]:
        return tuple(word for word in self.words(4) if word)


@pytest.mark.parametrize("seed", range(6))
async def test_both_engines_decide_alike(platform_settings: Settings, seed: int) -> None:
    folder = policies_folder()
    assert platform_settings.opa_url is not None
    opa = OpaEngine(httpx.AsyncClient(), platform_settings.opa_url, expected=policy_digest(folder))
    here = RegoEngine(folder)
    allowed = 0
    for asked in Questions(seed).some(100):
        by_opa = await opa.decide(asked, timeout=30)
        assert await here.decide(asked, timeout=30) == by_opa, asked
        allowed += by_opa.allowed
    assert 5 < allowed < 95
    await opa.close()


@pytest.mark.parametrize("command", [("check", "--strict"), ("test", "--fail-on-empty"), ("fmt", "--list", "--fail")])
def test_opa_approves_of_the_policies(command: tuple[str, ...]) -> None:
    program = ServerCache.from_environment().opa
    done = subprocess.run([program, *command, policies_folder()], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
