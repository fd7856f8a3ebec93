"""The folders that the user linked: watched while he is signed in, with their files for who asks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.events import EventType
from hivesync_contract.local_projects import (
    LocalProject,
    LocalProjectFiles,
    LocalProjectLink,
    PolledProject,
    ProjectChangedEvent,
    WatchMode,
)
from hivesync_contract.previews import FileEntry

from hivesync_agent.problems import InvalidInput, NotFound
from hivesync_agent.projects.admission import manifest_path
from hivesync_agent.projects.index.service import Changes, Indexes
from hivesync_agent.projects.links import Link, ProjectLinks, Scope
from hivesync_agent.projects.refusals import PathInvalid
from hivesync_agent.projects.root import Roots, Target
from hivesync_agent.projects.watch.watches import Watches

_AGAIN_SECONDS = 30.0
"""How soon it is asked again who is signed in, when the backend could not say."""

_QUIET_SECONDS = 300.0
"""How soon it is looked again for folders that have come back, such as those of a disk."""

_WORKSPACE_ROOTS = 16
_TOLD_FILES = 50
_TOLD_SKIPPED = 100


class Whose(Protocol):
    """Tells who is signed in."""

    async def scope(self) -> Scope: ...


class Events(Protocol):
    """Where changes are told."""

    def publish(self, event_type: str, payload: object) -> None: ...


class Tasks(Protocol):
    """Who owns background work."""

    def spawn(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]: ...


class SomethingHappened(Protocol):
    """An event of the agent's bus."""

    @property
    def type(self) -> str: ...


class LinkedProjects:
    """Links, indexes and watches of one user; `listen` gives a stream of the bus's events."""

    def __init__(
        self,
        *,
        whose: Whose,
        links: ProjectLinks,
        roots: Roots,
        indexes: Indexes,
        watches: Watches,
        events: Events,
        tasks: Tasks,
        listen: Callable[[], AsyncIterator[SomethingHappened]],
    ) -> None:
        self._whose = whose
        self._links = links
        self._roots = roots
        self._indexes = indexes
        self._watches = watches
        self._events = events
        self._tasks = tasks
        self._listen = listen
        self._watched: dict[Link, asyncio.Task[None]] = {}
        self._following: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch what is linked, now and whenever the session changes."""
        self._following = self._tasks.spawn("linked-projects", self._follow_session())

    async def stop(self) -> None:
        """End all watches."""
        tasks = [*self._watched.values(), *([self._following] if self._following else [])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def list(self) -> list[LocalProject]:
        """Give the linked folders of the signed-in user."""
        return [self._shown(link) for link in await self._links.linked(await self._whose.scope())]

    def polled(self) -> Iterator[PolledProject]:
        """Give the watched folders of which the system tells nothing. Asks nobody."""
        for root in sorted({root for link in self._watched for root in (link.root, *link.workspace_roots)}):
            state = self._watches.state(Path(root))
            if state.mode is WatchMode.POLLING:
                yield PolledProject(root, state.reason)

    async def link(self, wanted: LocalProjectLink) -> LocalProject:
        """Link a folder and begin to watch it; again for the same folder changes its settings."""
        scope = await self._whose.scope()
        if len(wanted.workspace_roots) > _WORKSPACE_ROOTS:
            raise InvalidInput(f"A project has at most {_WORKSPACE_ROOTS} workspace roots.")
        target = await asyncio.to_thread(self._roots.find_folder, wanted.path)
        approved = [await asyncio.to_thread(self._roots.find_folder, each) for each in wanted.workspace_roots]
        for each in approved:
            await asyncio.to_thread(self._roots.check_approved, target.root, each.root)
        link = await self._links.link(scope, target.root, wanted.project_id, [each.root for each in approved])
        await self._end(each for each in self._watched if each.root == link.root and each != link)
        await self._watch(link)
        return self._shown(link)

    async def unlink(self, project_id: str) -> None:
        """Forget the link of a folder and its index, or raise `NotFound`; the project itself stays."""
        link = await self._links.unlink(await self._whose.scope(), project_id)
        if link is None:
            raise _not_linked()
        await self._end((link,))
        with contextlib.suppress(PathInvalid):
            await self._indexes.drop(Target(Path(link.root), Path(link.root)))

    async def files(self, project_id: str, after: str | None, limit: int) -> LocalProjectFiles:
        """Give a page of a project's files, as they are now, or raise `NotFound`.

        The files of its workspace roots come after its own.
        """
        links = await self._links.linked(await self._whose.scope())
        link = next((each for each in links if each.project_id == project_id), None)
        if link is None:
            raise _not_linked()
        number, folder = _place(after)
        roots = (link.root, *link.workspace_roots)
        if number >= len(roots):
            raise InvalidInput("The cursor is not one of this project's pages.")
        target = await asyncio.to_thread(self._roots.find_folder, roots[number])
        if folder is None:
            await self._indexes.of(target).refresh()
        page = await asyncio.to_thread(self._page, link, target, folder, limit)
        return replace(page, next_cursor=_cursor(number, page.next_cursor, len(roots)))

    def _page(self, link: Link, target: Target, after: str | None, limit: int) -> LocalProjectFiles:
        """Give whole folders until the page is full: a folder's files belong together in the index."""
        store = self._indexes.of(target).store
        files: list[FileEntry] = []
        for folder, row in store.pages(after):
            if len(files) >= limit:
                break
            after = folder
            files += (
                FileEntry(manifest_path(f"{folder}/{name}" if folder else name), size, digest.hex())
                for name, size, digest in row.files()
            )
        else:
            after = None
        skipped = store.skipped(_TOLD_SKIPPED)
        return LocalProjectFiles(link.project_id, str(target.root), files, skipped, after)

    async def _follow_session(self) -> None:
        while True:
            listening = self._listen()
            try:
                pause = _QUIET_SECONDS if await self._watch_all() else _AGAIN_SECONDS
                async with asyncio.timeout(pause):
                    async for event in listening:
                        if event.type == EventType.SESSION_CHANGED:
                            break
            except TimeoutError:
                continue

    async def _watch_all(self) -> bool:
        """Watch what the signed-in user has linked; tell whether that is known."""
        try:
            links = await self._links.linked(await self._whose.scope())
        except HiveSyncError as error:
            await self._end(list(self._watched))
            return error.code is ErrorCode.AUTH_REQUIRED
        wanted = [link for link in links if link.by_user]
        await self._end([link for link in self._watched if link not in wanted])
        for link in wanted:
            await self._watch(link)
        return True

    async def _end(self, links: Iterable[Link]) -> None:
        ending = [self._watched.pop(link) for link in tuple(links) if link in self._watched]
        for task in ending:
            task.cancel()
        if ending:
            await asyncio.wait(ending)

    async def _watch(self, link: Link) -> None:
        if link in self._watched and not self._watched[link].done():
            return
        targets = await asyncio.to_thread(self._present, link)
        if targets:
            self._watched[link] = self._tasks.spawn("linked-project", self._tell(link, targets))

    def _present(self, link: Link) -> Iterable[Target]:
        """Give the folders of a link that are there: one may be gone, for now at least."""
        found = []
        for root in (link.root, *link.workspace_roots):
            with contextlib.suppress(HiveSyncError):
                found.append(self._roots.find_folder(root))
        return found

    async def _tell(self, link: Link, targets: Iterable[Target]) -> None:
        async with contextlib.AsyncExitStack() as watched:
            for target in targets:
                publish = partial(self._publish, link, target)
                await watched.enter_async_context(self._watches.listening(target, publish))
            await asyncio.Event().wait()

    def _publish(self, link: Link, target: Target, changes: Changes) -> None:
        if not changes.changed:
            return
        names = [manifest_path(name) for name in (changes.changed_files or ())[:_TOLD_FILES]]
        event = ProjectChangedEvent(link.project_id, str(target.root), changes.changed, names)
        self._events.publish(EventType.PROJECT_CHANGED, event)

    def _shown(self, link: Link) -> LocalProject:
        state = self._watches.state(Path(link.root))
        return LocalProject(link.project_id, link.root, link.name, list(link.workspace_roots), state)


def _place(cursor: str | None) -> tuple[int, str | None]:
    """Give the number of a root, and the folder in it that was told last. No folder's path has a colon."""
    if cursor is None or not cursor.startswith(":"):
        return 0, cursor
    number, colon, folder = cursor[1:].partition(":")
    if not number.isascii() or not number.isdecimal():
        raise InvalidInput("The cursor is not one of this project's pages.")
    return int(number), folder if colon else None


def _cursor(number: int, folder: str | None, roots: int) -> str | None:
    if folder is not None:
        return f":{number}:{folder}" if number else folder
    return f":{number + 1}" if number + 1 < roots else None


def _not_linked() -> NotFound:
    return NotFound("No folder of this machine is linked to that project.")
