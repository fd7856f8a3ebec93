"""The life of one preview, from `preparing` to `ready` or `failed`. Never ends without one of the two,
unless it is cancelled or the agent stops; then its record continues it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from hivesync_contract.errors import HiveSyncError
from hivesync_contract.previews import PreviewState

from hivesync_agent.previews.account import Account
from hivesync_agent.previews.delivery import Delivery
from hivesync_agent.previews.follow import Follower
from hivesync_agent.previews.live import Live
from hivesync_agent.previews.patience import Patience
from hivesync_agent.previews.saved_files import Show
from hivesync_agent.previews.store import StateNotWritable
from hivesync_agent.previews.tracked import Tracked
from hivesync_agent.upstream import OtherAccount

_log = logging.getLogger("hivesync.previews")


@dataclass(frozen=True, slots=True)
class Flow:
    """Runs previews; the steps themselves are in `Delivery` and `Follower`."""

    account: Account
    delivery: Delivery
    follower: Follower
    patience: Patience
    live: Live

    async def run(self, tracked: Tracked) -> None:
        """Run, or continue, one preview until its end: a live one until it is stopped, or can't go on."""
        if not tracked.record.is_settled:
            await self._version(tracked, self._run)
        if tracked.record.live:
            await self._version(tracked, self._live)
            await tracked.end_live()

    async def _live(self, tracked: Tracked) -> None:
        await self.live.follow(tracked, lambda show: self._version(tracked, partial(self._next, show=show)))

    async def _next(self, tracked: Tracked, *, show: Show) -> None:
        """Make the next version, unless the files that count are as they were, or are shown without."""
        await self._check_account(tracked)
        if await self.delivery.deliver_next(tracked, show):
            await self._follow(tracked)

    async def _version(self, tracked: Tracked, work: Callable[[Tracked], Awaitable[None]]) -> None:
        """Do something for a preview; what goes wrong becomes its outcome."""
        try:
            try:
                await work(tracked)
            except HiveSyncError as error:
                _log.info("preview failed", extra={"preview": tracked.record.id, "code": error.code})
                await tracked.fail(error)
            except Exception:
                _log.exception("preview broke", extra={"preview": tracked.record.id})
                await tracked.fail_unexpectedly()
        except StateNotWritable:
            # The disk is full: the record on it still says "unfinished", so a restart will try again.
            _log.warning("preview outcome not written", extra={"preview": tracked.record.id})

    async def _run(self, tracked: Tracked) -> None:
        if tracked.resumed:
            await self._check_account(tracked)
        if tracked.record.state is not PreviewState.BUILDING:
            await self.delivery.deliver(tracked)
        await self._follow(tracked)

    async def _follow(self, tracked: Tracked) -> None:
        async for preview in self.follower.news(tracked.record):
            await tracked.hear(preview)
        # Without the reason, which may quote the user's code.
        record = tracked.record
        ended = {"preview": record.id, "version": record.version, "state": record.state}
        _log.info("preview ended", extra=ended)

    async def _check_account(self, tracked: Tracked) -> None:
        """Refuse to continue for somebody else what one user has asked for."""
        scope = await self.patience.call(self.account.scope, wait_for_session=True)
        if scope != tracked.record.scope:
            raise OtherAccount("Another account is signed in now; start the preview again.")
