"""Routes of AI documentation."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from hivesync_contract.ai_docs import AiDocs
from hivesync_contract.pages import Page

from hivesync_server.ai_docs.schemas import AiDocsCreateBody
from hivesync_server.ai_docs.service import AiDocumentation, documentation_on
from hivesync_server.ai_docs.shapes import ai_docs_shape, entry_shape
from hivesync_server.http.fields import ResourceId
from hivesync_server.http.idempotency import idempotent
from hivesync_server.http.pagination import PageQuery
from hivesync_server.http.route import ApiRoute
from hivesync_server.projects.service import ProjectsDep
from hivesync_server.quotas.dependencies import QuotasDep
from hivesync_server.resources import ResourcesDep, TransactionDep

router = APIRouter(
    prefix="/projects/{project_id}/ai-docs",
    tags=["ai-docs"],
    route_class=ApiRoute,
    dependencies=[Depends(idempotent)],
)


async def _documentation(
    project_id: ResourceId,
    quotas: QuotasDep,
    projects: ProjectsDep,
    resources: ResourcesDep,
    transaction: TransactionDep,
) -> AiDocumentation:
    project = await projects.get(project_id, quotas.user_id)
    return documentation_on(resources, transaction, quotas, project)


AiDocumentationDep = Annotated[AiDocumentation, Depends(_documentation)]


@router.post("", status_code=202)
async def create(body: AiDocsCreateBody, documentation: AiDocumentationDep, response: Response) -> AiDocs:
    """Ask for the documentation of a file; one that was asked about before costs nothing."""
    row = await documentation.create(body)
    response.headers["Location"] = f"/api/v1/projects/{row.project_id}/ai-docs/{row.id}"
    return ai_docs_shape(row)


@router.get("")
async def list_ai_docs(documentation: AiDocumentationDep, page: PageQuery) -> Page[AiDocs]:
    """List the project's requests without their results, newest first, as far back as the tier shows."""
    history = documentation.quotas.limits.history_shown
    rows = await documentation.repository.page(documentation.project.id, page.after, page.limit, history)
    return page.page(rows, lambda row: row.id, entry_shape)


@router.get("/{ai_docs_id}")
async def get(ai_docs_id: ResourceId, documentation: AiDocumentationDep) -> AiDocs:
    """Give one request, with its result when it is ready."""
    return ai_docs_shape(await documentation.get(ai_docs_id))


@router.post("/{ai_docs_id}/retry", status_code=202)
async def retry(ai_docs_id: ResourceId, documentation: AiDocumentationDep) -> AiDocs:
    """Try a request of one's own that failed again."""
    return ai_docs_shape(await documentation.retry(ai_docs_id))


@router.delete("/{ai_docs_id}", status_code=204)
async def delete(ai_docs_id: ResourceId, documentation: AiDocumentationDep) -> None:
    """Take a request back or delete its result; for who asked, and for the project's owner."""
    await documentation.delete(ai_docs_id)
