"""A question with every part in its place: the thing measured, what it is cut, limited or compared by."""

from __future__ import annotations

from ecp.domain.answer import Kind
from ecp.domain.averages import Average
from ecp.domain.belonging import Belonging
from ecp.domain.changes import Change, ChangeBound
from ecp.domain.combined import Combined
from ecp.domain.governed import Governed
from ecp.domain.intent import TimeSpan
from ecp.domain.kept_since import Kept
from ecp.domain.language import Cue
from ecp.domain.matching import Target
from ecp.domain.meant_by import MeantBy
from ecp.domain.mentions import Mention, Role
from ecp.domain.numbers import NumberFilter
from ecp.domain.relations import RelationPath
from ecp.domain.running import Running
from ecp.domain.shares import Share
from ecp.domain.sources import Called
from ecp.domain.values import Value


class Reading(Value):
    """The question with every content word in its place, or in `left`. `compares` is the comparing word, which has
    to find two things to compare; `singular` that one thing is asked for, the first of a ranking, `within` the groups
    of which a first is told one by one, `each` those of which it cannot be told, `leading` those of whose first ones
    more is told, `together` that groups are ranked in pairs; `course` that a comparison or a ranking is told over time,
    `at_once` that one number is asked for, however long its time is ("how many", "the average", "in total"),
    `when` that the unit of time is asked for which comes first, `extreme` that a level's day is; `judges` that it is
    the best or the worst, `by_change` that a change decides; `adds` that what is said comes beside what was said before
    ("also"); `wanted` what the place of each text in `left` asks for: a member, a cut or a metric; `ranked_at` where
    what is ranked by begins; `counted` the groups of which it is asked how many there are; `scale` how large the
    numbers are to be; `listed` what it is asked of which members it has; `sources`, of which it is asked what is made
    from them, where they come from or how fresh they are; `of_dimensions`, that all that numbers are cut by is asked
    for; `of_an_owner`, what somebody owns; `of_relations`, that it is asked where `paths` lead to; `combined` asks how
    much all that come first are together; `of_data` what is known of the data, `of_issues` what is wrong with them;
    `of_cuts` by what something can be cut; `placed` is whose place in a ranking is asked for; `governed` asks for
    metrics as such, `belonging` for what is part of a member, `meant_by` for what departments mean, `kept` for how the
    data are kept."""

    kind: Kind
    mentions: tuple[Mention, ...] = ()
    times: tuple[TimeSpan, ...] = ()
    numbers: tuple[NumberFilter, ...] = ()
    ranking: Cue | None = None
    ranked_at: int | None = None
    left: tuple[str, ...] = ()
    compares: str | None = None
    singular: bool = False
    each: str | None = None
    within: tuple[str, ...] = ()
    leading: str | None = None
    together: bool = False
    course: bool = False
    when: bool = False
    at_once: bool = False
    asks_what_it_is: bool = False
    judges: bool = False
    by_change: Change | None = None
    adds: bool = False
    paths: tuple[RelationPath, ...] = ()
    share: Share | None = None
    average: Average | None = None
    running: Running | None = None
    combined: Combined | None = None
    changed: ChangeBound | None = None
    counted: Mention | None = None
    scale: str | None = None
    extreme: bool = False
    listed: tuple[str, ...] = ()
    sources: Called | None = None
    of_dimensions: bool = False
    of_an_owner: bool = False
    of_relations: bool = False
    of_data: bool = False
    of_issues: bool = False
    of_cuts: bool = False
    governed: Governed | None = None
    belonging: Belonging | None = None
    meant_by: MeantBy | None = None
    kept: Kept | None = None
    placed: str | None = None
    wanted: dict[str, str] = {}

    def of(self, *roles: Role) -> tuple[Mention, ...]:
        return tuple(m for m in self.mentions if m.role in roles)

    @property
    def department(self) -> str | None:
        """The department whose meaning the question itself asks for."""
        named = self.of("department")
        return next((t.asset_id for m in named for t in m.targets if t.kind == "department"), None)


__all__ = ["Mention", "Reading", "Role", "Target"]
