"""Watches: saved questions of their owners, and what came of them, shown as far as it may be seen now."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from uuid import uuid4

from api.deps import RequestInfo
from api.paging import Page, behind, by_time
from api.problems import NotFound
from api.services.core import asker_of, body_of
from api.services.idempotency import Idempotency, digest_of
from api.services.stored import StoredResolutions
from api.watch_schemas import Notify, WatchBody, WatchChange, WatchPage, WatchRequest, WatchRunBody, WatchRunPage
from ecp.domain.limits import check_attributes
from ecp.domain.question import ANONYMOUS, Asker, Question
from ecp.domain.targets import check_target
from ecp.domain.watch import Watch, WatchRun, changed, scheduled
from ecp.domain.watch_review import EVERYTHING, withheld, without
from ecp.errors import AccessDenied, ValidationError

WEBHOOK = ["body", "notify", "webhook"]


class Watches(Idempotency, StoredResolutions):
    """Who names themselves has their own watches; a call that names nobody acts, like one on a resolution, as the
    owner of each."""

    async def add_watch(self, sent: WatchRequest, request: RequestInfo) -> WatchBody:
        owner = sent.user_context or asker_of(request)
        await self._check_watch(owner, sent.notify)
        watch_id = str(uuid4())
        if request.idempotency_key is not None:
            asked = Question(text=sent.concept, asker=owner, as_of=date.min)
            digest = digest_of("watch", [sent.model_dump(mode="json"), owner.model_dump(mode="json")])
            watch_id = await self._owner(asked, request.idempotency_key, digest, watch_id)
        now = datetime.now(UTC)
        made = Watch(
            watch_id=watch_id,
            concept=sent.concept,
            owner=owner,
            execute=sent.execute,
            schedule=sent.schedule,
            webhook=sent.notify.webhook if sent.notify else None,
            tolerance=sent.tolerance,
            paused=sent.paused,
            created_at=now,
            since=now,
        )
        await self._on_loop(lambda s: s.registry.add_watch(scheduled(made, now)))
        return _body(await self._own_watch(watch_id, None))

    async def watches(self, page: Page, request: RequestInfo) -> WatchPage:
        place = behind("watches", page)
        found, total = await self._on_loop(
            lambda s: s.registry.watches(request.asker, limit=page.limit + 1, after=place)
        )
        shown = by_time("watches", found, lambda w: (w.created_at, w.watch_id), page)
        return WatchPage(watches=tuple(map(_body, shown.entries)), total=total, next_cursor=shown.next_cursor)

    async def watch(self, watch_id: str, request: RequestInfo) -> WatchBody:
        return _body(await self._own_watch(watch_id, request.asker))

    async def change_watch(self, watch_id: str, sent: WatchChange, request: RequestInfo) -> WatchBody:
        await self._own_watch(watch_id, request.asker)
        await self._check_watch(sent.user_context, sent.notify)
        change = partial(changed, changes=_changes(sent), now=datetime.now(UTC))
        after = await self._on_loop(lambda s: s.registry.change_watch(watch_id, change))
        if after is None:
            raise _not_found()
        return _body(after)

    async def remove_watch(self, watch_id: str, request: RequestInfo) -> None:
        await self._own_watch(watch_id, request.asker)
        if not await self._on_loop(lambda s: s.registry.remove_watch(watch_id)):
            raise _not_found()

    async def watch_runs(self, watch_id: str, page: Page, request: RequestInfo) -> WatchRunPage:
        watch, listing = await self._own_watch(watch_id, request.asker), f"watches/{watch_id}/runs"
        place = behind(listing, page)
        found, total = await self._on_loop(lambda s: s.registry.watch_runs(watch_id, limit=page.limit + 1, after=place))
        shown = by_time(listing, found, lambda run: (run.at, run.due_at.isoformat()), page)
        runs = tuple([await self._run_body(run, watch.owner) for run in shown.entries])
        return WatchRunPage(runs=runs, total=total, next_cursor=shown.next_cursor)

    async def _own_watch(self, watch_id: str, asker: Asker | None) -> Watch:
        found = await self._on_loop(lambda s: s.registry.watch(watch_id, asker))
        if found is None:
            raise _not_found()
        return found

    async def _check_watch(self, owner: Asker | None, notify: Notify | None) -> None:
        if owner is not None and owner != ANONYMOUS:
            check_attributes(owner, await self._on_loop(lambda s: s.registry.catalogue()))
        if notify is None:
            return
        try:
            check_target(notify.webhook, self._settings.webhook_hosts)
        except ValueError as error:
            raise ValidationError(str(error), errors=[{"loc": WEBHOOK, "message": str(error)}]) from None
        if self._settings.webhook_secret is None:
            message = "webhooks are signed; whoever operates the platform sets the key as ECP_WEBHOOK_SECRET"
            raise ValidationError(message, errors=[{"loc": WEBHOOK, "message": message}])

    async def _run_body(self, run: WatchRun, owner: Asker) -> WatchRunBody:
        hidden = await self._hidden(run, owner) if run.differences else frozenset[str]()
        shown = without(run, hidden)
        return WatchRunBody(
            resolution_id=run.resolution_id,
            at=run.at.isoformat(),
            due_at=run.due_at.isoformat(),
            outcome=run.outcome,
            differences=shown.differences,
            missed=run.missed,
            detail=run.detail,
            withheld=shown != run,
        )

    async def _hidden(self, run: WatchRun, owner: Asker) -> frozenset[str]:
        """What the owner may no longer see of the two answers that were compared."""
        ids = [i for i in (run.resolution_id, run.before_id) if i is not None]
        return frozenset().union(*[await self._hidden_of(i, owner) for i in ids])

    async def _hidden_of(self, resolution_id: str, owner: Asker) -> frozenset[str]:
        stored = await self._on_loop(lambda s: s.registry.resolution(resolution_id))
        if stored is None:
            return EVERYTHING
        newest = await self._on_loop(lambda s: s.registry.version())
        question = stored.question.model_copy(update={"asker": owner})
        own = stored.model_copy(update={"question": question, "registry_version": newest})
        try:
            return withheld(body_of(stored), await self._visible(own))
        except AccessDenied:
            return EVERYTHING


def _changes(sent: WatchChange) -> dict[str, Any]:
    given = {name: getattr(sent, name) for name in sent.model_fields_set}
    if "user_context" in given:
        given["owner"] = given.pop("user_context")
    if "notify" in given:
        notify = given.pop("notify")
        given["webhook"] = notify.webhook if notify else None
    return given


def _not_found() -> NotFound:
    return NotFound("There is no watch with this id.")


def _body(watch: Watch) -> WatchBody:
    return WatchBody(
        id=watch.watch_id,
        concept=watch.concept,
        user_context=None if watch.owner == ANONYMOUS else watch.owner,
        execute=watch.execute,
        schedule=watch.schedule.sent,
        notify=Notify(webhook=watch.webhook) if watch.webhook else None,
        tolerance=watch.tolerance,
        paused=watch.paused,
        created_at=watch.created_at.isoformat(),
        next_at=watch.next_at.isoformat() if watch.next_at else None,
        last_outcome=watch.last_outcome,
    )
