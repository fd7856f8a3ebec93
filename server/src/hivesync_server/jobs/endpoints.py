"""Where the Worker reports. The one route that believes a shared secret instead of a user's token."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_server.http.route import SignedRoute
from hivesync_server.jobs.callback import CallbackInvalid, WorkerProof, check_belongs, read_callback
from hivesync_server.jobs.services import outcomes_on
from hivesync_server.resources import ResourcesDep, TransactionDep

router = APIRouter(route_class=SignedRoute)


class JobUnknown(HiveSyncError):
    """The job is not ours, or its project was deleted."""

    code = ErrorCode.NOT_FOUND


@dataclass(frozen=True, slots=True)
class CallbackTaken:
    """Answer to a callback. `applied` is false for a repetition and for an answer that came too late."""

    applied: bool


@router.post("/callback")
async def callback(request: Request, resources: ResourcesDep, transaction: TransactionDep) -> CallbackTaken:
    """Take the outcome of a job."""
    body = await request.body()
    WorkerProof(resources.settings.worker).check(request.headers, body, resources.clock())
    report = read_callback(request.headers, body)
    outcomes = outcomes_on(resources, transaction)
    job = await outcomes.jobs.locked(_job_id(report.job_id))
    if job is None:
        raise JobUnknown("There is no such job.")
    check_belongs(report, job, outcomes.handler_of(job))
    return CallbackTaken(await outcomes.apply(job, report))


def _job_id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as error:
        raise CallbackInvalid("The callback's job_id is not one of ours.") from error
