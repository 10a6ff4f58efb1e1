"""What an attempt keeps of its stages for the next one, and under what that came about."""

from __future__ import annotations

from ecp.domain.narrowing import Narrowing
from ecp.domain.values import Value
from ecp.run import Run
from ecp.stores.protocols import Checkpoint
from ecp.trace import OUTPUT
from ecp.wiring import Stores

CIRCUMSTANCES = "circumstances"


class Circumstances(Value):
    """Under what an attempt's checkpoints came about. `narrowing` are the caller's parameters of an execution."""

    registry_version: str
    executing: bool = False
    narrowing: Narrowing | None = None


class Earlier(Value):
    """What the newest attempt that ended has left. `under` is None where none has ended."""

    under: Circumstances | None = None
    checkpoints: tuple[Checkpoint, ...] = ()

    def without(self, stages: frozenset[str]) -> Earlier:
        return self.model_copy(update={"checkpoints": tuple(c for c in self.checkpoints if c.stage not in stages)})

    def anew(self) -> Earlier:
        """The same circumstances, with nothing to use again."""
        return self.model_copy(update={"checkpoints": ()})

    def reusable(self, registry_version: str) -> tuple[Checkpoint, ...]:
        """Nothing once the registry has moved on."""
        same = self.under is not None and self.under.registry_version == registry_version
        return self.checkpoints if same else ()


def circumstances_of(run: Run) -> Checkpoint:
    """Kept beside the outputs of the stages."""
    under = Circumstances(
        registry_version=run.registry_version, executing=run.before is not None, narrowing=run.narrowing
    )
    return Checkpoint(stage=CIRCUMSTANCES, output={OUTPUT: under.model_dump(mode="json")})


async def earlier(stores: Stores, resolution_id: str) -> Earlier:
    kept = await stores.registry.checkpoints(resolution_id)
    own = next((c for c in kept if c.stage == CIRCUMSTANCES), None)
    under = None if own is None else Circumstances.model_validate(own.output[OUTPUT])
    return Earlier(under=under, checkpoints=tuple(c for c in kept if c.stage != CIRCUMSTANCES))
