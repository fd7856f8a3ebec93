"""Deletes sources of projects that no preview has used for long, and never one that a preview may still read.

A source goes in two steps, and only while no build of the project is under way and no upload to it can be:

1. It is marked. From now on nobody is told that it is stored; who needs it sends it again, and the report of
   that build takes the mark away.
2. What is still marked is deleted from the store, then its row. While the store is asked no transaction is
   open: a lease on the project keeps others from sweeping it, and from beginning or completing a preview that
   would store the same names anew. A crash in between leaves the marks, and the step is done again.

A lease of which it is not known whether the store is still at the deletion is not given back; it runs out.

The outbox of deletions can't do this: between its look and its call the same name may be stored anew.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from hivesync_contract.jobs import source_key

from hivesync_server.adapters.clock import Clock
from hivesync_server.adapters.db import Database
from hivesync_server.adapters.ids import new_id
from hivesync_server.adapters.objects import ObjectStore
from hivesync_server.background.loop import Loop
from hivesync_server.object_deletions.service import SETTLES_AFTER
from hivesync_server.previews.repository import PreviewRepository
from hivesync_server.projects.sources import SourceRepository

UNUSED = timedelta(days=7)
"""Much longer than a preview lives: what was used last before that is in no manifest that can be read."""

PAUSE_SECONDS = 600.0
LEASE = timedelta(seconds=90)
"""Longer than a call of the store can go on, also one that we no longer wait for."""

_PROMPT_SECONDS = 10.0
"""Who gets to the call later than this after taking the lease was asleep, and may no longer have it."""

_PROJECTS = 20
_SOURCES = 500
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SourceSweeper:
    """One background task; any number may run."""

    database: Database
    objects: ObjectStore
    clock: Clock
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    lease: str = field(default_factory=new_id)

    async def run(self) -> None:
        """Sweep now and then, until cancelled."""
        await Loop("source sweeper", self.step, self.wake, PAUSE_SECONDS).run()

    async def step(self) -> bool:
        """Do one step for some projects; tell whether there was anything."""
        async with self.database.transaction(writes=False) as transaction:
            sources = SourceRepository(transaction.session)
            projects = await sources.projects_to_sweep(self.clock() - UNUSED, _PROJECTS)
        swept = [await self._sweep(project_id) for project_id in projects]
        return any(swept)

    async def _sweep(self, project_id: str) -> bool:
        began = time.monotonic()
        async with self.database.transaction() as transaction:
            sources, now = SourceRepository(transaction.session), self.clock()
            project = await sources.hold_all(project_id, now)
            if project is None:
                return False
            if await PreviewRepository(transaction.session).is_busy(project_id, now - SETTLES_AFTER):
                return False
            marked = await sources.marked(project_id, _SOURCES)
            if not marked:
                return await sources.mark(project_id, now - UNUSED, now, _SOURCES) > 0
            names = await sources.objects_of(project_id, marked)
            project.sweep_lease, project.swept_until = self.lease, now + LEASE
        if time.monotonic() - began > _PROMPT_SECONDS:
            return await self._settle(project_id, (), 0)
        kept = await self.objects.delete([source_key(project_id, name) for name in names]) if names else ()
        return await self._settle(project_id, () if kept else marked, len(kept))

    async def _settle(self, project_id: str, deleted: Sequence[str], kept: int) -> bool:
        """Forget what is gone, and let the project go; tell whether anything is gone."""
        if kept:
            _logger.warning("sources not deleted yet", extra={"project": project_id, "count": kept})
        async with self.database.transaction() as transaction:
            sources = SourceRepository(transaction.session)
            project = await sources.swept_by(project_id, self.lease)
            if project is None:
                return False
            project.sweep_lease = project.swept_until = None
            await sources.delete(project_id, deleted)
        return bool(deleted)
