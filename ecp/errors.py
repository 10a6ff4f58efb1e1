"""Every error of ours, with the HTTP status and the problem type a caller sees.

ECPError
├── StoreError                 503  a store did not serve us
│   ├── StoreUnavailable       503  connection refused, reset, 5xx             retried
│   │   └── StoreKnownDown     503  known to be down; the store was not asked
│   ├── StoreTimeout           504  no answer in the time it was given         retried
│   ├── StoreMalformed         503  an answer that is not of the agreed shape
│   ├── StoreRejected          503  the store refused what we asked
│   └── CircuitOpen            503  the breaker is open; the store was not asked
├── ResolutionError            400
│   ├── ResolutionNotFound     404
│   ├── ResolutionConflict     409  the resolution is not in a state for this
│   │   ├── AlreadyRunning     409
│   │   ├── ResolutionCancelled 409 somebody ended it before it had its answer
│   │   ├── NothingToCancel    409  nothing of it is running
│   │   └── NothingToRerun     409  nothing failed and nothing was missing
│   ├── FeedbackConflict       409  decided otherwise, or nothing was answered that it could be about
│   ├── DeadlineExceeded       504
│   └── Interrupted            503
├── ValidationError            422  readable and invalid
│   └── PackInvalid            422  a context pack: file, line, field
├── AuthenticationError        401
├── AuthorizationError         403
│   ├── AccessDenied           403  the policy said no
│   └── PolicyUnavailable      403  the policy could not be evaluated; nothing is allowed
└── RateLimited                429
"""

from __future__ import annotations

from typing import Any, ClassVar


class ECPError(Exception):
    """Base of the tree. `detail` is for the caller: no stack, host, SQL or Cypher in it."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal"
    title: ClassVar[str] = "Internal error"
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra


class StoreError(ECPError):
    """A store did not serve us. `store` is the contract's component name; `named` what the store lacks as it says it,
    for the log alone; `asked_at` when it was asked what it did not answer, in monotonic seconds, where it is known."""

    status = 503
    slug = "store-unavailable"
    title = "A store is unavailable"
    kind: ClassVar[str] = "error"

    def __init__(self, store: str, detail: str, **extra: Any) -> None:
        super().__init__(detail, **extra)
        self.store = store
        self.counted = False
        self.named: str | None = None
        self.asked_at: float | None = None


class StoreUnavailable(StoreError):
    kind = "unavailable"
    retryable = True


class StoreKnownDown(StoreUnavailable):
    kind = "known_down"
    retryable = False


class StoreTimeout(StoreError):
    status = 504
    slug = "store-timeout"
    title = "A store did not answer in time"
    kind = "timeout"
    retryable = True


class StoreMalformed(StoreError):
    slug = "store-malformed"
    title = "A store answered with something unreadable"
    kind = "malformed"


class StoreRejected(StoreError):
    slug = "store-rejected"
    title = "A store refused the request"
    kind = "rejected"


class CircuitOpen(StoreError):
    slug = "circuit-open"
    title = "A store is not asked while its circuit breaker is open"
    kind = "circuit_open"


class ResolutionError(ECPError):
    status = 400
    slug = "resolution"
    title = "The resolution cannot be served"


class ResolutionNotFound(ResolutionError):
    status = 404
    slug = "resolution-not-found"
    title = "No such resolution"


class ResolutionConflict(ResolutionError):
    status = 409
    slug = "resolution-conflict"
    title = "The resolution is not in a state for this"


class FeedbackConflict(ResolutionError):
    status = 409
    slug = "feedback-conflict"
    title = "The feedback cannot be taken now"


class AlreadyRunning(ResolutionConflict):
    slug = "already-running"
    title = "The resolution is running"


class ResolutionCancelled(ResolutionConflict):
    slug = "cancelled"
    title = "The resolution was cancelled"


class NothingToCancel(ResolutionConflict):
    slug = "nothing-to-cancel"
    title = "There is nothing to cancel"


class NothingToRerun(ResolutionConflict):
    slug = "nothing-to-rerun"
    title = "There is nothing to rerun"


class DeadlineExceeded(ResolutionError):
    status = 504
    slug = "deadline-exceeded"
    title = "The resolution did not finish before its deadline"


class Interrupted(ResolutionError):
    status = 503
    slug = "interrupted"
    title = "The resolution was interrupted"


class ValidationError(ECPError):
    status = 422
    slug = "validation"
    title = "The request is readable but invalid"


class PackInvalid(ValidationError):
    slug = "pack-invalid"
    title = "The context pack is invalid"


class AuthenticationError(ECPError):
    status = 401
    slug = "authentication"
    title = "Authentication is required"


class AuthorizationError(ECPError):
    status = 403
    slug = "forbidden"
    title = "Not allowed"


class AccessDenied(AuthorizationError):
    slug = "access-denied"
    title = "The policy denies this"


class PolicyUnavailable(AuthorizationError):
    slug = "policy-unavailable"
    title = "The policy could not be evaluated, so nothing is allowed"


class RateLimited(ECPError):
    status = 429
    slug = "rate-limited"
    title = "Too many requests"
