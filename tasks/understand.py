"""The stages that find out what a question means."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from ecp.domain.answer import Nearest, Option, ResolvedConcepts
from ecp.domain.catalogue import Catalogue
from ecp.domain.clarify import Pick, picked
from ecp.domain.conversation import Listener, Turn
from ecp.domain.follow import Asked, Taken, settled
from ecp.domain.intent import Intent, is_function_word, is_shouting, read_intent
from ecp.domain.limits import check_attributes
from ecp.domain.matching import NAMEABLE
from ecp.domain.periods import Periods, calendar_of, resolve_periods
from ecp.domain.precedent import Lift
from ecp.domain.question import Asker
from ecp.domain.reading import Reading
from ecp.domain.relations import Hop, Place, Related, RelationPath, arrived
from ecp.domain.selection import Evidence, Near, Selection, select
from ecp.domain.selection.nearest import is_spelled_like
from ecp.domain.selection.taken import Before, with_what_was_taken
from ecp.domain.subject import Measured, measured
from ecp.domain.templates import written_out
from ecp.domain.values import Value
from ecp.domain.words import normal_form
from ecp.errors import ValidationError
from ecp.run import Run
from ecp.stores.protocols import GraphHit, Hit, Precedent, StoredResolution
from tasks.stage import stage

_PHRASES_AT_MOST = 12
_LONGEST_CHAIN = 50
_GOES_ON_FROM_AN_EARLIER_ONE = "the question before was not understood, or denied; this goes on from the last that was"
EVIDENCE = frozenset({"confidence", "reason", "sources"})


class Found(Value):
    """What the registry makes of the question: every word in its place, and what is near those that have none; what it
    `measured`.
    `text` is what the reading's places are of, with the phrase of a `template` written out; `settled` what a followed
    question had its words stand for, and `before` what they stood for whoever asked; `notes` what differs from what the
    asker may expect."""

    reading: Reading
    nearest: tuple[Hit, ...] = ()
    text: str = ""
    settled: dict[str, str] = {}
    before: tuple[Before, ...] = ()
    taken: tuple[Taken, ...] = ()
    notes: tuple[str, ...] = ()
    template: str | None = None
    measured: Measured = Measured()


async def catalogue_of(run: Run) -> Catalogue:
    """The assets of the registry version this resolution is pinned to; the registry is asked for it once a run."""
    if run.catalogue is None:
        run.catalogue = await run.ask("registry", lambda: run.stores.registry.catalogue(run.registry_version))
    return run.catalogue


@stage("parse_intent", type="parse")
async def parse_intent(run: Run) -> Intent:
    return read_intent(run.question.text)


@stage("search_registry", type="resolve_concept", store="registry", depends_on=("parse_intent",))
async def search_registry(run: Run, intent: Intent) -> Found:
    catalogue = await catalogue_of(run)
    check_attributes(run.question.asker, catalogue)
    found = await _with_what_it_follows(run, intent, catalogue)
    reading = found.reading
    missing = [*reading.left, *(m.text for m in reading.mentions if not m.targets)]
    near: tuple[Hit, ...] = ()
    if missing:
        near = await run.ask("registry", lambda: run.stores.registry.search(missing, run.registry_version))
    return found.model_copy(update={"nearest": near, "measured": measured(found.text, reading, catalogue)})


async def _with_what_it_follows(run: Run, intent: Intent, catalogue: Catalogue) -> Found:
    """The question alone, or as one with those it goes on from, from the first of them on; what only says which of the
    options is meant that the last of them was answered with is that one, with the option chosen."""
    earlier = with_their_choices(await _followed(run))
    listener = Listener(catalogue, run.stores.is_word)
    if not earlier:
        return _alone(listener, intent)
    pick = picked_of(earlier[-1], intent.text)
    if pick is None:
        return _as_one(listener, earlier, Turn(text=intent.text, as_of=run.question.as_of), run.question.asker)
    *before, open_ = earlier
    found = _as_one(listener, before, _turn(open_), run.question.asker)
    settles = pick.option.settles if pick.option else {}
    told = () if pick.option else (f"“{intent.text.strip()}” {pick.why}",)
    return found.model_copy(
        update={"settled": {**found.settled, **open_.question.chosen, **settles}, "notes": (*found.notes, *told)}
    )


def _alone(listener: Listener, intent: Intent, asked: Asked | None = None) -> Found:
    """A question that goes on from none; `asked` is the same with its dates, where it was asked before."""
    written = written_out(intent, listener.catalogue, is_word=listener.is_word)
    return Found(
        reading=asked.reading if asked else listener.reading(written.intent),
        text=written.text,
        template=written.template,
        notes=tuple(f"“{typed}” was read as “{meant}”" for typed, meant in sorted(written.mended.items())),
    )


def _as_one(listener: Listener, earlier: list[StoredResolution], turn: Turn, asker: Asker) -> Found:
    if not earlier:
        return _alone(listener, read_intent(turn.text), listener.alone(turn))
    heard = listener.chain(map(_turn, earlier), turn)
    if heard.from_turn is None:
        return Found(reading=heard.asked.reading, text=heard.asked.text)
    last = earlier[heard.from_turn]
    before = ResolvedConcepts.model_validate((last.body or {}).get("resolved_concepts") or {})
    chosen = {mention: key for e in earlier[: heard.from_turn + 1] for mention, key in e.question.chosen.items()}
    inherited, whose = settled(before, heard.parts, chosen), _whose(last.question.asker, asker)
    return Found(
        reading=heard.asked.reading,
        text=heard.asked.text,
        settled={} if whose else inherited,
        before=tuple(
            Before(mention=m.mention, metric=m.id, whose=whose) for m in before.metrics if m.mention in inherited
        ),
        taken=heard.parts,
        notes=(_GOES_ON_FROM_AN_EARLIER_ONE,) if heard.skipped else (),
    )


def with_their_choices(earlier: Iterable[StoredResolution]) -> list[StoredResolution]:
    """The questions of a chain, each that only said which option was meant as the one that was answered with it: with
    what it came to, for whoever chose. A choice that came to no answer was none."""
    told: list[StoredResolution] = []
    for one in earlier:
        pick = picked_of(told[-1], one.question.text) if told else None
        if pick is None:
            told.append(one)
        elif one.status in ("complete", "disambiguation_required"):
            asked = told[-1].question
            chosen = {**asked.chosen, **(pick.option.settles if pick.option else {}), **one.question.chosen}
            question = one.question.model_copy(update={"text": asked.text, "as_of": asked.as_of, "chosen": chosen})
            told[-1] = one.model_copy(update={"question": question})
    return told


def picked_of(earlier: StoredResolution, said: str) -> Pick | None:
    """What is said of the options that an earlier question was answered with, if anything is."""
    if earlier.status != "disambiguation_required":
        return None
    return picked(tuple(Option.model_validate(o) for o in (earlier.body or {}).get("options") or ()), said)


def _turn(earlier: StoredResolution) -> Turn:
    asked = earlier.question
    return Turn(text=asked.text, as_of=asked.as_of, understood=earlier.status not in ("unresolved", "access_denied"))


def _whose(earlier: Asker, asker: Asker) -> str | None:
    """Who asked before, where that is somebody to whom words may mean other things."""
    own, other = (normal_form(a.department or "") for a in (asker, earlier))
    return None if own == other else f"somebody of {earlier.department or 'no department'}"


async def _followed(run: Run) -> list[StoredResolution]:
    """The resolutions this one goes on from, the first of them first. Raises `ValidationError` where they are too many
    to read them all: what the first of them say must not be dropped."""
    found: list[StoredResolution] = []
    follows = run.question.follows
    while follows and len(found) < _LONGEST_CHAIN:
        earlier = await run.ask("registry", partial(run.stores.registry.resolution, follows))
        if earlier is None:
            break
        found.insert(0, earlier)
        follows = earlier.question.follows
    if follows and len(found) == _LONGEST_CHAIN:
        raise ValidationError(
            f"A question goes on from at most {_LONGEST_CHAIN} others; ask a whole one, without `follows`.",
            errors=[{"loc": ["follows"], "message": "this goes on from too many questions"}],
        )
    return found


@stage("search_vectors", type="resolve_concept", store="vector", depends_on=("parse_intent",))
async def search_vectors(run: Run, intent: Intent) -> tuple[Hit, ...]:
    phrases = _content_phrases(intent)
    if not phrases:
        return ()
    return await run.ask("vector", lambda: run.stores.vector.search(phrases, run.registry_version))


@stage("search_keywords", type="resolve_concept", store="registry", depends_on=("parse_intent",))
async def search_keywords(run: Run, intent: Intent) -> tuple[Hit, ...]:
    """What stands in for the vector store."""
    phrases = _content_phrases(intent)
    if not phrases:
        return ()
    return await run.ask("registry", lambda: run.stores.registry.search(phrases, run.registry_version))


@stage("search_graph", type="resolve_concept", store="graph", depends_on=("parse_intent",))
async def search_graph(run: Run, intent: Intent) -> tuple[GraphHit, ...]:
    department = run.question.asker.department
    return await run.ask("graph", lambda: run.stores.graph.find(intent.forms, department, run.content_version))


@stage(
    "search_relations",
    type="resolve_concept",
    store="graph",
    depends_on=("search_registry",),
    without="who belongs to whom is not known, so what asks for it stays open",
)
async def search_relations(run: Run, reading: Reading) -> dict[str, tuple[Related, ...]]:
    """Where each path over relations arrives, hop by hop."""
    catalogue = await catalogue_of(run)
    return {path.text: await _walked(run, path, catalogue) for path in reading.paths if not path.is_too_long}


async def _walked(run: Run, path: RelationPath, catalogue: Catalogue) -> tuple[Related, ...]:
    found: list[dict[Place, tuple[Place, ...]]] = []
    places = path.starts
    for hop in path.hops:
        found.append(await (_steps if hop.repeated else _step)(run, places, hop))
        reached = (other for others in found[-1].values() for other in others)
        places = tuple(dict.fromkeys((*(places if hop.repeated else ()), *reached)))
    return arrived(path, found, catalogue)


async def _step(run: Run, places: tuple[Place, ...], hop: Hop) -> dict[Place, tuple[Place, ...]]:
    pairs = await run.ask("graph", partial(_linked, run, places, hop))
    onward = [(one, other) for one, other in pairs if other.entity == hop.to]
    return {one: tuple(o for s, o in onward if s == one) for one in places}


async def _steps(run: Run, places: tuple[Place, ...], hop: Hop) -> dict[Place, tuple[Place, ...]]:
    """Each step from the places and from all that is reached from them, as far as the relation goes."""
    known: dict[Place, tuple[Place, ...]] = {}
    ahead = places
    while ahead:
        known |= await _step(run, ahead, hop)
        reached = dict.fromkeys(o for place in ahead for o in known[place])
        ahead = tuple(place for place in reached if place not in known)
    return known


async def _linked(run: Run, places: tuple[Place, ...], hop: Hop) -> tuple[tuple[Place, Place], ...]:
    return await run.stores.graph.related(places, hop.relation, run.content_version, outgoing=hop.outgoing)


@stage(
    "find_precedents",
    type="resolve_concept",
    store="registry",
    depends_on=("search_registry",),
    without="feedback on questions like this one is not heeded; lower confidence",
)
async def find_precedents(run: Run, found: Found) -> tuple[Precedent, ...]:
    """None where nothing is measured: feedback speaks of words that are."""
    subject, department = found.measured.subject, run.question.asker.department
    if not subject:
        return ()
    (embedding,) = await run.ask("vector", lambda: run.stores.embedder.embed([subject]))
    return await run.ask(
        "registry",
        lambda: run.stores.registry.precedents(
            embedding,
            department=department,
            version=run.registry_version,
            question=run.question.text,
            subject=subject,
        ),
    )


@stage("resolve_period", type="resolve_concept", store="registry", depends_on=("search_registry",))
async def resolve_period(run: Run, found: Found) -> Periods:
    calendar, conventions = calendar_of(await catalogue_of(run))
    average = found.reading.average
    unit = average.unit if average else None
    return resolve_periods(found.text, found.reading.times, calendar, conventions, run.question.as_of, shared_over=unit)


@stage(
    "select_definitions",
    type="resolve_concept",
    store="registry",
    depends_on=(
        "search_registry",
        "search_vectors",
        "search_keywords",
        "search_graph",
        "search_relations",
        "find_precedents",
        "resolve_period",
    ),
    passive=EVIDENCE,
)
async def select_definitions(
    run: Run,
    found: Found,
    periods: Periods,
    graph: tuple[GraphHit, ...] | None,
    vector: tuple[Hit, ...] | None,
    precedents: tuple[Precedent, ...],
    related: dict[str, tuple[Related, ...]] | None = None,
) -> Selection:
    catalogue = await catalogue_of(run)
    evidence = Evidence(
        graph=None if graph is None else {h.asset_id: h.used_by_department for h in graph},
        vector=None if vector is None else {h.asset_id: h.score for h in vector},
        near=tuple(_near((*found.nearest, *(vector or ())), catalogue)),
        lifts=tuple(_lifts(precedents)),
        related=related,
    )
    forced = {**found.settled, **run.question.chosen, **run.forced}
    selection = select(found.reading, periods, catalogue, run.question.asker.department, evidence, forced)
    selection = with_what_was_taken(_asked_by(found.template, selection, catalogue), found.before)
    return selection.model_copy(update={"notes": (*selection.notes, *found.notes)})


def _asked_by(template: str | None, selection: Selection, catalogue: Catalogue) -> Selection:
    """Says of the metrics that a template asked for them."""
    asset = catalogue.assets.get(template or "")
    if asset is None:
        return selection
    metrics = tuple(
        m.model_copy(update={"reason": f"{m.reason}; asked for by the template “{asset.name}”"})
        for m in selection.concepts.metrics
    )
    return selection.model_copy(update={"concepts": selection.concepts.model_copy(update={"metrics": metrics})})


def _lifts(precedents: Iterable[Precedent]) -> Iterable[Lift]:
    for given in precedents:
        for mention, metrics in given.lifts.items():
            for metric in metrics:
                yield Lift(
                    mention=mention,
                    metric=metric,
                    verdict=given.verdict,
                    similarity=given.similarity,
                    same=given.same,
                )


def _content_phrases(intent: Intent) -> list[str]:
    """Content words in a row, and each of them alone."""
    taken = {at for t in intent.times for at in range(t.first, t.last + 1)}
    taken |= {at for c in intent.cues for at in range(c.first, c.last + 1)}
    shouting = is_shouting(intent.tokens)
    runs: list[list[str]] = [[]]
    for at, word in enumerate(intent.tokens):
        if at in taken or is_function_word(word, shouting=shouting):
            runs.append([])
        else:
            runs[-1].append(word.text)
    phrases = [" ".join(r) for r in runs if r] + [w for r in runs if len(r) > 1 for w in r]
    return list(dict.fromkeys(phrases))[:_PHRASES_AT_MOST]


def _near(hits: Iterable[Hit], catalogue: Catalogue) -> Iterable[Near]:
    for hit in hits:
        found = _named(hit, catalogue)
        if found is not None and _is_meant(hit, catalogue):
            yield Near(phrase=hit.phrase, found=found)


def _is_meant(hit: Hit, catalogue: Catalogue) -> bool:
    """What was found by letters alone, and not by meaning, has to be spelled like that."""
    names = catalogue.spellings(hit.asset_id, hit.member) if hit.method == "keyword" else ()
    return hit.method != "keyword" or any(is_spelled_like(hit.phrase, name) for name in names)


def _named(hit: Hit, catalogue: Catalogue) -> Nearest | None:
    """What was found, as it is shown; None for what nobody asks for by name."""
    asset = catalogue.assets.get(hit.asset_id)
    member = catalogue.member(hit.asset_id, hit.member) if hit.member else None
    score = round(min(max(hit.score, 0.0), 1.0), 4)
    if member is not None:
        return Nearest(id=member.id, kind="member", name=member.name, score=score)
    if asset is None or asset.kind not in NAMEABLE:
        return None
    return Nearest(id=asset.id, kind=asset.kind, name=asset.name, score=score)
