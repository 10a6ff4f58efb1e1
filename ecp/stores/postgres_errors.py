"""What each error of the Postgres driver and its pool is to us."""

from __future__ import annotations

import psycopg
import psycopg_pool
from psycopg import errors as pg

from ecp.errors import StoreError, StoreMalformed, StoreRejected, StoreTimeout, StoreUnavailable

BY_TYPE: dict[type[Exception], type[StoreError]] = {
    psycopg_pool.PoolTimeout: StoreUnavailable,
    psycopg_pool.PoolClosed: StoreUnavailable,
    psycopg_pool.TooManyRequests: StoreUnavailable,
    pg.ConnectionTimeout: StoreTimeout,
    pg.CancellationTimeout: StoreTimeout,
    pg._WaitTimeout: StoreTimeout,
    pg.PipelineAborted: StoreRejected,
    psycopg.OperationalError: StoreUnavailable,
    psycopg.InterfaceError: StoreUnavailable,
    psycopg.DataError: StoreRejected,
    psycopg.IntegrityError: StoreRejected,
    psycopg.InternalError: StoreRejected,
    psycopg.ProgrammingError: StoreRejected,
    psycopg.NotSupportedError: StoreRejected,
    psycopg.DatabaseError: StoreRejected,
    psycopg.Error: StoreRejected,
    TimeoutError: StoreTimeout,
    OSError: StoreUnavailable,
}
"""Errors without an SQLSTATE, most specific first."""

BY_STATE: dict[str, type[StoreError]] = {
    "25P03": StoreTimeout,  # idle in transaction
    "25P04": StoreTimeout,  # transaction timeout
    "55P03": StoreTimeout,  # lock not available
    "57014": StoreTimeout,  # statement timeout
    "XX001": StoreMalformed,  # data corrupted
    "XX002": StoreMalformed,  # index corrupted
}

_REJECTED = (
    "02 03 09 0A 0B 0F 0L 0P 0Z 10 20 21 22 23 24 25 26 27 28 2B 2D 2F 34 38 39 3B 3D 3F 42 44 54 55 72 F0 HV P0 XX"
)
_UNAVAILABLE = "08 40 53 57 58"
BY_STATE_CLASS: dict[str, type[StoreError]] = {
    **dict.fromkeys(_REJECTED.split(), StoreRejected),
    **dict.fromkeys(_UNAVAILABLE.split(), StoreUnavailable),
}
"""The first two characters of an SQLSTATE (PostgreSQL manual, appendix A)."""

NAMING = ("42703", "42P01", "3F000", "42883", "42501")
"""No such column, table, schema or function, or no right to it: what these say has names in it, and no values."""

DETAILS: dict[type[StoreError], str] = {
    StoreUnavailable: "the database cannot be reached",
    StoreTimeout: "the database did not answer in time",
    StoreMalformed: "the database answered with something unreadable",
    StoreRejected: "the database refused the request",
}


def mapped(error: type[Exception], state: str | None) -> type[StoreError] | None:
    """The error of ours for a driver's error class, or None when the tables lack it."""
    if state:
        return BY_STATE.get(state) or BY_STATE_CLASS.get(state[:2])
    return next((BY_TYPE[base] for base in error.__mro__ if base in BY_TYPE), None)


def translated(store: str, error: Exception) -> StoreError:
    state = getattr(error, "sqlstate", None)
    ours = mapped(type(error), state) or StoreRejected
    told = ours(store, DETAILS[ours])
    if state in NAMING and isinstance(error, psycopg.Error):
        told.named = error.diag.message_primary
    return told
