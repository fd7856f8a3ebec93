"""Routes of attachments."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from hivesync_contract.attachments import Attachment, AttachmentCreated, AttachmentDownload
from hivesync_contract.pages import Page

from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.events.publisher import EventPublisher
from hivesync_server.http.fields import ResourceId
from hivesync_server.http.idempotency import idempotent
from hivesync_server.http.pagination import PageQuery
from hivesync_server.http.route import ApiRoute
from hivesync_server.object_deletions.service import ObjectDeletionsDep
from hivesync_server.projects.service import ProjectsDep
from hivesync_server.resources import ResourcesDep, TransactionDep
from hivesync_server.tasks.attachments.news import AttachmentNews
from hivesync_server.tasks.attachments.schemas import AttachmentCompleteBody, AttachmentCreateBody
from hivesync_server.tasks.attachments.service import Attachments, Place

router = APIRouter(
    prefix="/projects/{project_id}/tasks/{task_id}/attachments",
    tags=["attachments"],
    route_class=ApiRoute,
    dependencies=[Depends(idempotent)],
)


async def _attachments(
    project_id: ResourceId,
    task_id: ResourceId,
    principal: CurrentPrincipal,
    projects: ProjectsDep,
    resources: ResourcesDep,
    transaction: TransactionDep,
    deletions: ObjectDeletionsDep,
) -> Attachments:
    events = EventPublisher(transaction, resources.hub, projects.now)
    return Attachments(
        place=Place(project_id, task_id, principal.user_id),
        session=transaction.session,
        database=resources.database,
        store=resources.objects.artifacts,
        deletions=deletions,
        news=AttachmentNews(principal.user_id, projects.team, events, projects.activity),
        limits=resources.settings.tiers[principal.tier],
        now=projects.now,
    )


AttachmentsDep = Annotated[Attachments, Depends(_attachments)]


@router.get("")
async def list_attachments(attachments: AttachmentsDep, page: PageQuery) -> Page[Attachment]:
    """List the files of a task, newest first, and the caller's own that are still on their way."""
    return await attachments.page(page)


@router.post("", status_code=201)
async def create(
    body: AttachmentCreateBody, attachments: AttachmentsDep, response: Response
) -> AttachmentCreated:
    """Begin to attach a file; the answer says where to send it before `complete`, within 15 minutes."""
    created = await attachments.create(body)
    place = attachments.place
    path = f"/api/v1/projects/{place.project_id}/tasks/{place.task_id}/attachments"
    response.headers["Location"] = f"{path}/{created.attachment.id}"
    return created


@router.get("/{attachment_id}")
async def get(
    attachment_id: ResourceId, attachments: AttachmentsDep, response: Response
) -> AttachmentDownload:
    """Give one file, with an address that downloads it for five minutes."""
    response.headers["Cache-Control"] = "no-store"
    return await attachments.download(attachment_id)


@router.post("/{attachment_id}/complete")
async def complete(
    attachment_id: ResourceId, attachments: AttachmentsDep, body: AttachmentCompleteBody | None = None
) -> Attachment:
    """Say that the upload is done; 409 if the object store does not have the announced bytes."""
    return await attachments.complete(attachment_id, body.parts if body else [])


@router.delete("/{attachment_id}", status_code=204)
async def delete(attachment_id: ResourceId, attachments: AttachmentsDep) -> None:
    """Delete a file; who attached it may, and the project's owner."""
    await attachments.delete(attachment_id)
