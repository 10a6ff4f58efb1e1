"""What people say of answers: taken for the answer's own asker, counted once approved."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal
from uuid import uuid4

from api.deps import RequestInfo
from api.paging import Page, behind, by_time
from api.problems import NotFound
from api.schemas import FeedbackBody, FeedbackPage, FeedbackRequest
from api.services.core import View, asker_of
from api.services.idempotency import Idempotency, digest_of
from api.services.stored import StoredResolutions
from ecp.domain.assets import Metric
from ecp.domain.corrections import Words, lifts_of, never_counted
from ecp.domain.question import Asker
from ecp.errors import FeedbackConflict, ValidationError
from ecp.stores.protocols import Decider, Feedback, GivenFeedback
from ecp.wiring import Stores

_NOTHING_REJECTED = "it was asked back, and nothing answered that could be rejected; choose an option, or correct it"
ANSWERED = frozenset({"complete", "disambiguation_required", "unresolved"})


class FeedbackOnAnswers(Idempotency, StoredResolutions):
    """Lists and decisions are limited to what speaks of nothing that the one who asks may not see."""

    async def give_feedback(self, sent: FeedbackRequest, request: RequestInfo) -> FeedbackBody:
        stored, feedback_id = await self._stored(sent.resolution_id), str(uuid4())
        if request.idempotency_key is not None:
            digest = digest_of("feedback", [sent.model_dump(mode="json")])
            feedback_id = await self._owner(stored.question, request.idempotency_key, digest, feedback_id)
        body = await self._visible(stored)
        if body.status not in ANSWERED or (sent.verdict == "accepted" and body.status != "complete"):
            raise FeedbackConflict(
                f"there is no answer that could be {sent.verdict}: the resolution is {body.status}",
                resolution_id=stored.resolution_id,
            )
        correction = sent.correction.model_dump(mode="json", exclude_defaults=True) if sent.correction else {}
        asker = stored.question.asker
        metrics, words = correction.get("metrics", []), stored.measured.words
        remark = await self._on_loop(lambda s: self._check(s, metrics, words, asker))
        made = Feedback(
            feedback_id=feedback_id,
            resolution_id=stored.resolution_id,
            verdict=sent.verdict,
            correction=correction,
            lifts=lifts_of(body, sent.verdict, metrics, words),
            note=sent.note,
            state="pending" if sent.verdict == "corrected" else "approved",
            asker=asker.model_dump(mode="json"),
            created_at=datetime.now(UTC),
        )
        await self._on_loop(lambda s: s.registry.add_feedback(made))
        given = await self._one(made.feedback_id, asker)
        nothing = sent.verdict == "rejected" and bool(body.options)
        return given.model_copy(update={"remark": _NOTHING_REJECTED if nothing else remark})

    async def feedback(self, state: str | None, page: Page, request: RequestInfo) -> FeedbackPage:
        listing = f"feedback/{state or ''}"
        place = behind(listing, page)
        view = await self._on_loop(lambda s: self._view(s, asker_of(request), lambda _: ()))
        found, total = await self._on_loop(
            lambda s: s.registry.list_feedback(
                state=state, hidden=sorted(view.denied), limit=page.limit + 1, after=place
            )
        )
        shown = by_time(listing, found, lambda f: (f.created_at, f.feedback_id), page)
        return FeedbackPage(feedback=tuple(map(_body, shown.entries)), total=total, next_cursor=shown.next_cursor)

    async def decide_feedback(
        self, feedback_id: str, state: Literal["approved", "declined"], request: RequestInfo
    ) -> FeedbackBody:
        asker = asker_of(request)
        await self._one(feedback_id, asker)
        by = Decider(asker=asker.model_dump(mode="json"), request_id=request.request_id)
        decided = await self._on_loop(lambda s: s.registry.decide_feedback(feedback_id, state, by))
        if decided is None or decided.state != state:
            raise FeedbackConflict(f"this feedback has been {decided.state if decided else 'taken away'} already")
        return await self._one(feedback_id, asker)

    async def _one(self, feedback_id: str, asker: Asker) -> FeedbackBody:
        view = await self._on_loop(lambda s: self._view(s, asker, lambda _: ()))
        found = await self._on_loop(lambda s: s.registry.one_feedback(feedback_id, hidden=sorted(view.denied)))
        if found is None:
            raise NotFound("There is no feedback with this id.")
        return _body(found)

    async def _check(self, stores: Stores, metrics: list[str], words: Words, asker: Asker) -> str | None:
        """A correction names metrics that there are and that its asker may see. Answers what is to be said of one that
        counts for no question by itself: for whoever decides it is told all the same."""
        if not metrics:
            return None
        view = await self._view(stores, asker, lambda _: (*metrics, *(m for pool in words.values() for m in pool)))
        unknown = [m for m in metrics if m in view.denied or view.catalogue.get(m, Metric) is None]
        if unknown:
            why = f"no such metric: {', '.join(unknown)}; GET /api/v1/metrics lists what there is"
            place = ["body", "correction", "metrics"]
            errors = [
                {"loc": [*place, at], "message": "no such metric"} for at, m in enumerate(metrics) if m in unknown
            ]
            raise ValidationError(why, errors=errors)
        idle = never_counted(metrics, words)
        return f"{', '.join(idle)}: {_could_be(words, view)}" if idle else None


def _could_be(words: Words, view: View) -> str:
    """What each word of the question can be corrected to, of what may be seen."""
    seen = {word: sorted(set(pool) - view.denied) for word, pool in words.items()}
    said = "; ".join(f"“{word}” can mean one of {', '.join(pool)}" for word, pool in seen.items() if pool)
    if not said:
        return "no word of this question was read as a metric, so none can be corrected; say what was meant in a note"
    return f"a correction never counts for what its words cannot mean; {said}"


def _body(given: GivenFeedback) -> FeedbackBody:
    return FeedbackBody(
        id=given.feedback_id,
        resolution_id=given.resolution_id,
        verdict=given.verdict,
        state=given.state,
        question=given.question,
        department=given.department,
        metrics=given.metrics,
        correction=given.correction,
        note=given.note,
        created_at=given.created_at.isoformat(),
        approved_version=_version(given.approved_version),
        withdrawn_version=_version(given.withdrawn_version),
    )


def _version(number: int | None) -> str | None:
    return None if number is None else str(number)
