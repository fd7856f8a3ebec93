"""What each kind of job brings along: the domain that asks for the work and takes its outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from hivesync_contract.errors import ErrorCode
from hivesync_contract.jobs import AiDocsCallback, AiDocsWork, Callback, JobKind, PreviewBuild

from hivesync_server.jobs.tables import JobRow

AnyCallback = Callback | AiDocsCallback


@dataclass(frozen=True, slots=True)
class Parcel:
    """What the Worker is given: the payload of the job's kind, and the object that it names."""

    key: str
    content: str
    preview: PreviewBuild | None = None
    ai_docs: AiDocsWork | None = None


class JobHandler(Protocol):
    """A domain's side of its jobs, within the transaction that also changes the job.

    The subject may be gone: then there is no parcel, and every outcome is for nobody.
    """

    async def parcel(self, job: JobRow) -> Parcel | None:
        """Give what is to be delivered."""
        ...

    def owns(self, job: JobRow, key: str) -> bool:
        """Tell whether an object may be named as made by this job."""
        ...

    async def started(self, job: JobRow) -> None:
        """Note that the Worker has the job."""
        ...

    async def finish(self, job: JobRow, callback: AnyCallback) -> None:
        """Apply what the Worker reported."""
        ...

    async def fail(self, job: JobRow, code: ErrorCode, message: str) -> None:
        """Note that the job ended without a report."""
        ...

    async def note_delay(self, job: JobRow) -> None:
        """Say, once, that the job waits for a Worker that can't be reached."""
        ...


Handlers = Mapping[JobKind, JobHandler]
