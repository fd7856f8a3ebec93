"""Where file events come from, as the watch sees it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Noticed:
    """Folders, relative to the root, in which something happened; `everything` when events were lost.

    `is_over`: nothing more comes of it, as of a file that was there before, and was written and closed.
    """

    folders: frozenset[str]
    everything: bool = False
    is_over: bool = False


class WatchLimit(Exception):
    """The system watches no more; the text says why and what to do."""


class EventSource(Protocol):
    """Watches folders and tells of them by `notice`, in the event loop."""

    async def watch(self, folders: Collection[str]) -> frozenset[str]:
        """Watch exactly these folders from now on and give those that were not; raise `WatchLimit`."""

    async def close(self) -> None:
        """End, and give everything back."""


MakeSource = Callable[[Path, Callable[[Noticed], None]], EventSource]
