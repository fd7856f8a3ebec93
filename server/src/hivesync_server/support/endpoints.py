"""Routes of support."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from hivesync_contract.pages import Page
from hivesync_contract.support import BundleCreated, FaqEntry, Question, UploadedBundle

from hivesync_server.auth.dependencies import CurrentPrincipal
from hivesync_server.http.fields import Prose, ResourceId
from hivesync_server.http.idempotency import idempotent
from hivesync_server.http.route import ApiRoute
from hivesync_server.mails.outbox import OutboxMailer
from hivesync_server.object_deletions.service import ObjectDeletionsDep
from hivesync_server.resources import ResourcesDep, TransactionDep
from hivesync_server.support import faq
from hivesync_server.support.bundles import Bundles
from hivesync_server.support.questions import Questions, question_shape, search
from hivesync_server.support.repository import BundleRepository, QuestionRepository
from hivesync_server.support.schemas import (
    BundleCreateBody,
    QuestionCreateBody,
    QuestionEscalateBody,
    QuestionFeedbackBody,
)

router = APIRouter(prefix="/support", tags=["support"], route_class=ApiRoute)
_own = APIRouter(route_class=ApiRoute, dependencies=[Depends(idempotent)])


async def _questions(
    principal: CurrentPrincipal, resources: ResourcesDep, transaction: TransactionDep
) -> Questions:
    session, now = transaction.session, resources.clock()
    return Questions(
        repository=QuestionRepository(session),
        bundles=BundleRepository(session),
        mailer=OutboxMailer(session, now),
        user_id=principal.user_id,
        support_email=resources.settings.mail.support_address,
        now=now,
    )


async def _bundles(
    principal: CurrentPrincipal,
    resources: ResourcesDep,
    transaction: TransactionDep,
    deletions: ObjectDeletionsDep,
) -> Bundles:
    return Bundles(
        session=transaction.session,
        database=resources.database,
        store=resources.objects.artifacts,
        deletions=deletions,
        user_id=principal.user_id,
        now=resources.clock(),
    )


QuestionsDep = Annotated[Questions, Depends(_questions)]
BundlesDep = Annotated[Bundles, Depends(_bundles)]


@router.get("/faq")
async def list_faq(
    search_for: Annotated[Prose | None, Query(alias="search", max_length=200)] = None,
    topic: Annotated[Prose | None, Query(max_length=100)] = None,
) -> Page[FaqEntry]:
    """List the FAQ in its order; with `search` those entries that fit, best first. There is one page.

    Everybody may read it: who can't sign in needs it most.
    """
    entries = search(search_for) if search_for else [source.entry for source in faq.load()]
    return Page([entry for entry in entries if topic in (None, entry.topic)], None)


@_own.post("/questions", status_code=201)
async def ask(body: QuestionCreateBody, questions: QuestionsDep, response: Response) -> Question:
    """Ask the FAQ, which answers if it has an answer and says so if it has none."""
    question = await questions.ask(body.question)
    response.headers["Location"] = f"/api/v1/support/questions/{question.id}"
    return question


@_own.get("/questions/{question_id}")
async def get_question(question_id: ResourceId, questions: QuestionsDep) -> Question:
    """Give one's own question, with its answer."""
    return question_shape(await questions.get(question_id))


@_own.post("/questions/{question_id}/feedback")
async def feedback(question_id: ResourceId, body: QuestionFeedbackBody, questions: QuestionsDep) -> Question:
    """Say whether the answer helped; the last word counts."""
    row = await questions.get(question_id, lock=True)
    row.helpful = body.helpful
    return question_shape(row)


@_own.post("/questions/{question_id}/escalate")
async def escalate(
    question_id: ResourceId, questions: QuestionsDep, body: QuestionEscalateBody | None = None
) -> Question:
    """Pass a question on to the people who run this server, once; they answer by mail."""
    return question_shape(await questions.escalate(question_id, body or QuestionEscalateBody()))


@_own.post("/bundles", status_code=201)
async def create_bundle(body: BundleCreateBody, bundles: BundlesDep, response: Response) -> BundleCreated:
    """Begin to upload a support bundle; the answer says where to send it before `complete`."""
    created = await bundles.create(body)
    response.headers["Location"] = f"/api/v1/support/bundles/{created.bundle.id}"
    return created


@_own.get("/bundles/{bundle_id}")
async def get_bundle(bundle_id: ResourceId, bundles: BundlesDep) -> UploadedBundle:
    """Give one's own support bundle."""
    return await bundles.get(bundle_id)


@_own.post("/bundles/{bundle_id}/complete")
async def complete_bundle(bundle_id: ResourceId, bundles: BundlesDep) -> UploadedBundle:
    """Say that the upload is done; 409 if the object store does not have the announced bytes."""
    return await bundles.complete(bundle_id)


@_own.delete("/bundles/{bundle_id}", status_code=204)
async def delete_bundle(bundle_id: ResourceId, bundles: BundlesDep) -> None:
    """Take a support bundle back; it is deleted from the object store."""
    await bundles.delete(bundle_id)


router.include_router(_own)
