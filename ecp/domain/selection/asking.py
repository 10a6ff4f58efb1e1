"""What a selection starts from, what it ends in, and what is noted on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

from ecp.domain.answer import Kind, Nearest, Option, ResolvedConcepts, Unresolved
from ecp.domain.calendar import Basis
from ecp.domain.catalogue import Catalogue
from ecp.domain.members import MemberValues
from ecp.domain.mentions import Mention
from ecp.domain.periods import Periods
from ecp.domain.precedent import Lift
from ecp.domain.reading import Reading
from ecp.domain.related import Reached
from ecp.domain.relations import Related
from ecp.domain.values import Value


class Near(Value):
    """A name near a phrase that may not have been understood."""

    phrase: str
    found: Nearest


class Evidence(Value):
    """What the stores say about assets, by id. None: that store could not be asked. `related`: where each path over
    relations arrives, by its text."""

    graph: dict[str, bool] | None = None
    vector: dict[str, float] | None = None
    near: tuple[Near, ...] = ()
    lifts: tuple[Lift, ...] = ()
    related: dict[str, tuple[Related, ...]] | None = None


class Selection(Value):
    """With `options` there is something to choose; with `unresolved`, something was not understood. `subjects` are
    what a definition, a lineage or a catalogue is asked of; `department`, the one whose meanings were taken; `reached`,
    what relations lead to, and `through` what that is asked of; `notes`, what differs from the question before;
    `disputed`, a word of which approved feedback says different things; `doubted`, words of which a meaning was
    rejected as the answer to this very question; `scale`, how large the numbers are wished to be; `cuts`, by what
    the metrics can be cut of which that is asked; `meant`, what each department means, by the key of that."""

    kind: Kind = "metric"
    concepts: ResolvedConcepts = ResolvedConcepts()
    options: tuple[Option, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    subjects: tuple[str, ...] = ()
    grain_basis: Basis | None = None
    department: str | None = None
    reached: tuple[Reached, ...] = ()
    through: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    disputed: str | None = None
    doubted: tuple[str, ...] = ()
    scale: str | None = None
    cuts: dict[str, tuple[str, ...]] = {}
    meant: dict[str, str] = {}


@dataclass
class Asking:
    """One reading, the asker and what is known. `forced` settles mentions (by text) on a metric id, a member's key or a
    dimension's id. `unresolved`, `open` and `open_cuts` are noted on the way: what was not understood, and members and
    dimensions that may be several things; `disputed`, the words on which feedback is at odds with itself; `doubted`,
    those whose meaning was rejected as the answer to this very question."""

    reading: Reading
    periods: Periods
    catalogue: Catalogue
    asker_department: str | None
    evidence: Evidence
    forced: dict[str, str]
    unresolved: list[Unresolved] = field(default_factory=list)
    open: dict[str, tuple[Mention, tuple[MemberValues, ...]]] = field(default_factory=dict)
    open_cuts: dict[str, tuple[Mention, tuple[str, ...]]] = field(default_factory=dict)
    disputed: set[str] = field(default_factory=set)
    doubted: set[str] = field(default_factory=set)

    @property
    def department(self) -> str | None:
        """The department whose meanings count."""
        return self.reading.department or self.asker_department
