"""`Idempotency-Key`: a request repeated by a nervous network is done once and answered alike.

A key is claimed in a transaction of its own, so that a second request sees it at once. The answer is
stored in the transaction of the work itself: both are there after a crash, or neither.

A claim is a lease, renewed while its request runs: of a process that was killed it ends within seconds. Being
right does not depend on it. A request whose claim was taken over can't store its answer, so it is undone.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Header
from hivesync_contract.errors import ErrorCode, HiveSyncError
from sqlalchemy import ColumnElement, CursorResult, ForeignKey, LargeBinary, String, Text, delete, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from starlette.requests import Request
from starlette.responses import Response

from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.tables import Id, Table, UtcTime
from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.resources import Resources, ResourcesDep, resources_of
from hivesync_server.retry_later import RetryLater

KEPT = timedelta(days=30)
LEASE = timedelta(seconds=5)
"""After this the work's process is taken for dead and the next request does it instead."""

RENEWAL_SECONDS = 1.5

_KEPT_HEADERS = ("content-type", "location")
_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
"""PUT as well: a late repetition must not undo what came after the first."""

_logger = logging.getLogger(__name__)


class IdempotencyConflict(HiveSyncError):
    """The key was used for another request."""

    code = ErrorCode.IDEMPOTENCY_CONFLICT


class StillRunning(RetryLater):
    """The first request with this key is not finished."""

    code = ErrorCode.CONFLICT

    def __init__(self) -> None:
        super().__init__("The first request with this Idempotency-Key is still running; ask again soon.", 1)


class Replay(Exception):
    """Not an error: the stored answer of an earlier request, thrown past the endpoint."""

    def __init__(self, response: Response) -> None:
        self.response = response


class IdempotencyRow(Table):
    """A key, who claims it, and the answer once there is one."""

    __tablename__ = "idempotency_keys"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    method: Mapped[str] = mapped_column(String(8), primary_key=True)
    path: Mapped[str] = mapped_column(String(512), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    body_hash: Mapped[bytes] = mapped_column(LargeBinary)
    claim: Mapped[str] = mapped_column(Id)
    claimed_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    status: Mapped[int | None]
    headers: Mapped[str | None] = mapped_column(Text)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


async def idempotent(
    request: Request,
    principal: CurrentPrincipal,
    resources: ResourcesDep,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255)] = None,
) -> None:
    """Claim the key, or raise `Replay`, `StillRunning` or `IdempotencyConflict`. A dependency of routers."""
    if idempotency_key is None or request.method not in _METHODS:
        return
    now = resources.clock()
    wanted = IdempotencyRow(
        user_id=principal.user_id,
        method=request.method,
        path=request.scope["path"][:512],
        key=idempotency_key,
        body_hash=hashlib.sha256(request.url.query.encode() + b"\0" + await request.body()).digest(),
        claim=new_id(),
        claimed_at=now,
    )
    try:
        async with resources.database.transaction() as transaction:
            claimed = await _claim(transaction.session, wanted, now)
    except IntegrityError as error:  # another request inserted the same key between our look and our write
        raise StillRunning from error
    request.state.idempotency = claimed
    request.state.renewal = Renewal.begin(resources, claimed)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What finds the claimed row again, and only as long as the claim is ours."""

    user_id: str
    method: str
    path: str
    key: str
    claim: str

    def rows(self) -> Iterator[ColumnElement[bool]]:
        for name in ("user_id", "method", "path", "key", "claim"):
            yield getattr(IdempotencyRow, name) == getattr(self, name)


async def _claim(session: AsyncSession, wanted: IdempotencyRow, now: datetime) -> _Claim:
    identity = (wanted.user_id, wanted.method, wanted.path, wanted.key)
    claim = _Claim(*identity, claim=wanted.claim)
    row = await session.get(IdempotencyRow, identity, with_for_update=True)
    if row is not None and row.claimed_at < now - KEPT:
        await session.delete(row)
        await session.flush()
        row = None
    if row is None:
        session.add(wanted)
        return claim
    if row.body_hash != wanted.body_hash:
        raise IdempotencyConflict("This Idempotency-Key was used for another request; make a new one.")
    if row.status is not None:
        raise Replay(Response(row.body, row.status, json.loads(row.headers or "{}")))
    if row.claimed_at > now - LEASE:
        raise StillRunning
    row.claim, row.claimed_at = wanted.claim, now
    return claim


@dataclass(slots=True)
class Renewal:
    """Keeps a claim from ending while its request runs."""

    _over: asyncio.Event
    _task: asyncio.Task[None]

    @classmethod
    def begin(cls, resources: Resources, claim: _Claim) -> Renewal:
        """Renew the claim until `end`."""
        over = asyncio.Event()
        return cls(over, asyncio.create_task(_renew(resources, claim, over), name="idempotency-renewal"))

    async def end(self) -> None:
        """Stop, and wait until the last renewal has let go of the database."""
        self._over.set()
        await self._task


async def _renew(resources: Resources, claim: _Claim, over: asyncio.Event) -> None:
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RENEWAL_SECONDS):
                await over.wait()
            return
        changes = {"claimed_at": resources.clock()}
        try:
            async with resources.database.transaction() as transaction:
                await transaction.session.execute(update(IdempotencyRow).where(*claim.rows()).values(changes))
        except (SQLAlchemyError, HiveSyncError):
            # On SQLite the request itself may hold the lock for long; then nobody can take its claim either.
            _logger.info("claim not renewed")


async def let_go(request: Request) -> None:
    """End the renewal of the request's claim, however the request ended."""
    renewal = getattr(request.state, "renewal", None)
    if renewal is not None:
        await renewal.end()


async def finish(request: Request, response: Response) -> None:
    """Store the answer in the request's own transaction; fail if another request took the claim over."""
    claim = getattr(request.state, "idempotency", None)
    if claim is None:
        return
    kept = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    body = _without_secrets(request, bytes(response.body))
    changes = {"status": response.status_code, "headers": json.dumps(kept), "body": body}
    session: AsyncSession = request.state.transaction.session
    result = await session.execute(update(IdempotencyRow).where(*claim.rows()).values(changes))
    if isinstance(result, CursorResult) and result.rowcount == 0:
        raise StillRunning


def show_once(request: Request, *fields: str) -> None:
    """Have these fields of the answer be null when it is repeated: a secret is not kept for 30 days."""
    request.state.shown_once = fields


def _without_secrets(request: Request, body: bytes) -> bytes:
    fields = getattr(request.state, "shown_once", ())
    return json.dumps(json.loads(body) | dict.fromkeys(fields)).encode() if fields else body


async def abandon(request: Request) -> None:
    """Free the key after a failure: nothing was done, so the same request may be tried again.

    An answer that is stored stays: a connection that broke during the commit says nothing about what became
    of the commit, and the work must not be done again.
    """
    claim = getattr(request.state, "idempotency", None)
    if claim is None:
        return
    unanswered = IdempotencyRow.status.is_(None)
    async with resources_of(request).database.transaction() as transaction:
        await transaction.session.execute(delete(IdempotencyRow).where(*claim.rows(), unanswered))


async def forget(session: AsyncSession, now: datetime) -> None:
    """Drop the keys whose time is over."""
    await session.execute(delete(IdempotencyRow).where(IdempotencyRow.claimed_at < now - KEPT))
