"""The count: what was accepted, beside what is stored, what was told, mailed, sent and built."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from hivesync_server.activity.tables import ActivityRow
from hivesync_server.adapters.clock import utc_now
from hivesync_server.adapters.db import Database, open_database
from hivesync_server.ai_docs.tables import AiDocsRow
from hivesync_server.comments.tables import CommentRow
from hivesync_server.exports.tables import ExportJobRow
from hivesync_server.jobs.tables import JobRow, OutboxRow
from hivesync_server.mails.tables import MailDeliveryRow
from hivesync_server.object_deletions.tables import ObjectDeletionRow
from hivesync_server.previews.tables import PreviewRow
from hivesync_server.settings import load
from hivesync_server.tasks.attachments.tables import AttachmentRow
from hivesync_server.tasks.tables import LabelRow, TaskRow
from hivesync_server.team.tables import InviteRow
from hivesync_server.webhooks.tables import WebhookTurnRow
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bench.soak.server.account_audit import accounts_wrong, credentials_wrong, mails_missing
from bench.soak.server.asking import Asked
from bench.soak.server.reporting import Reports
from bench.soak.server.stage import USERS, Stage

_TABLES: dict[str, Any] = {
    "task": TaskRow,
    "comment": CommentRow,
    "attachment": AttachmentRow,
    "preview": PreviewRow,
    "docs": AiDocsRow,
    "invite": InviteRow,
}
_LEASED = (OutboxRow, MailDeliveryRow, WebhookTurnRow, ObjectDeletionRow, ExportJobRow)
_SETTLE_SECONDS = 90.0
_ASKED_AGAIN = 300
_ID_SECONDS = 60.0
"""A request's rows have the time that it began at."""


async def let_time_pass(stage: Stage) -> None:
    """Have the leases of killed servers end, and pauses after failures."""
    database = open_database(load(stage.environ).database)
    try:
        async with database.transaction() as transaction:
            now = utc_now()
            for table in _LEASED:
                held = update(table).where(table.leased_until.is_not(None))
                await transaction.session.execute(held.values(leased_until=now - timedelta(seconds=1)))
                if table is not ObjectDeletionRow:  # some of those wait on purpose
                    await transaction.session.execute(update(table).values(available_at=now))
    finally:
        await database.close()


async def audit(stage: Stage, reports: Reports) -> list[str]:
    """Give all that is wrong, in words."""
    database = open_database(load(stage.environ).database)
    try:
        stage.progress.turn_to("waiting for mails, webhooks, jobs")
        wrong = await _settled(stage, database)
        stage.progress.turn_to("counting")
        wrong += [
            *await _stored(stage, database),
            *_applied(reports),
            *await _told(stage),
        ]
        stage.progress.turn_to("asking again")
        wrong += await _asked_again(stage)
        stage.progress.turn_to("trying what must let in, and what must not")
        return wrong + await credentials_wrong(stage.lives)
    finally:
        await database.close()


async def _settled(stage: Stage, database: Database) -> list[str]:
    """Wait until nothing waits any more, then compare what went out."""
    invites, tasks = stage.ledger.names["invite"], stage.ledger.names["task"]

    def mails() -> Counter[str]:
        return Counter(to for mail in stage.resend.carried for to in mail["to"] if to.startswith("friend-"))

    def hooks() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for message in stage.receiver.messages:
            subject = message.payload["data"]["activity"]["subject_id"]
            found.setdefault(subject, set()).add(message.id)
        return {subject: ids for subject, ids in found.items() if subject in tasks}

    wrong = []
    try:
        async with asyncio.timeout(_SETTLE_SECONDS):
            while len(mails()) < len(invites) or len(hooks()) < len(tasks):  # noqa: ASYNC110 - others work
                await asyncio.sleep(0.2)
            while mails_missing(stage.lives):  # noqa: ASYNC110 - others work
                await asyncio.sleep(0.2)
            async with database.transaction(writes=False) as transaction:
                waiting = select(func.count()).select_from(OutboxRow)
                while await transaction.session.scalar(waiting):  # noqa: ASYNC110 - in another process
                    await asyncio.sleep(0.2)
    except TimeoutError:
        unheard = len(tasks) - len(hooks()), len(invites) - len(mails()), mails_missing(stage.lives)
        wrong.append(
            f"after {_SETTLE_SECONDS:.0f} s (webhooks, invites, mails) are missing: {unheard}; "
            "or a job's row waits"
        )
    if mails() != dict.fromkeys(invites.values(), 1):
        wrong.append(f"mails: {mails() - Counter(invites.values())} too many, {invites} accepted")
    wrong += [
        f"webhook: task {task} was told under {len(ids)} ids" for task, ids in hooks().items() if len(ids) > 1
    ]
    return wrong


async def _stored(stage: Stage, database: Database) -> list[str]:
    wrong = []
    async with database.transaction(writes=False) as transaction:
        session = transaction.session
        for kind, table in _TABLES.items():
            stored = set(await session.scalars(select(table.id)))
            accepted = {*stage.ledger.names[kind]}
            if kind == "task":
                accepted |= {*stage.everybody[0].shared}
            if kind == "invite":  # the one by which the project's second member came
                stored -= set(await session.scalars(select(InviteRow.id).where(InviteRow.login == USERS[1])))
            wrong += [f"lost: {kind} {each}" for each in accepted - stored]
            wrong += [f"invented: {kind} {each}" for each in stored - accepted]
        if left := await session.scalar(select(func.count()).select_from(LabelRow)):
            wrong.append(f"{left} labels were deleted and are there")
        changed = select(ActivityRow.subject_id, func.count()).where(ActivityRow.verb == "changed")
        done = {row[0]: row[1] for row in await session.execute(changed.group_by(ActivityRow.subject_id))}
        for task_id, times in stage.ledger.task_changes.items():
            if done.get(task_id, 0) != times:
                wrong.append(
                    f"task {task_id} was changed {done.get(task_id, 0)} times, {times} were accepted"
                )
        wrong += await accounts_wrong(session, stage.lives)
        for kind in ("task", "comment"):
            wrong += await _late(session, _TABLES[kind])
        for job in await session.scalars(select(JobRow).where(JobRow.state != "succeeded")):
            wrong.append(f"job {job.id} is {job.state} after attempt {job.attempt}: {job.error_code}")
    return wrong


async def _late(session: AsyncSession, table: Any) -> list[str]:
    """Give rows whose ids tell another time than the one they were made at: lists go by ids."""
    rows = (await session.execute(select(table.id, table.created_at))).all()
    return [
        f"id {row.id} was made at {row.created_at}"
        for row in rows
        if abs((UUID(row.id).int >> 80) / 1000 - row.created_at.timestamp()) > _ID_SECONDS
    ]


def _applied(reports: Reports) -> Iterator[str]:
    for job_id, times in reports.applied.items():
        if times > 1:
            yield f"job {job_id} was applied {times} times"


async def _told(stage: Stage) -> list[str]:
    """Read a user's stream from its beginning: no number is missing, and each new task is told once."""
    tasks = stage.ledger.names["task"]
    told, numbers = Counter[str](), list[int]()
    async with stage.servers[0].client() as client:
        headers = {"Authorization": stage.everybody[0].client.authorization, "Last-Event-ID": "0"}
        async with (
            asyncio.timeout(_SETTLE_SECONDS),
            client.stream("GET", "/api/v1/events", headers=headers) as answer,
        ):
            async for line in answer.aiter_lines():
                if line.startswith("id:"):
                    numbers.append(int(line[3:]))
                if line.startswith("data:") and (task := json.loads(line[5:]).get("task")):
                    told[task["id"]] += 1
                if len(told.keys() & tasks.keys()) == len(tasks):
                    break
    wrong = [f"task {task} was told {told[task]} times" for task in tasks if told[task] != 1]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        wrong.append("the numbers of events have gaps")
    return wrong


async def _asked_again(stage: Stage) -> list[str]:
    """Ask for things a second time: under the same key they get the same answer."""
    gone = {life.client.user for life in stage.lives.lived if life.is_deleted}
    asked = [each for each in stage.ledger.asked if each.asking.is_keyed and each.client.user not in gone]
    some = stage.chance.sample(asked, min(len(asked), _ASKED_AGAIN))
    return [wrong for each in some if (wrong := await _ask_again(stage, each))]


async def _ask_again(stage: Stage, asked: Asked) -> str:
    asking, who = asked.asking, asked.client
    async with stage.chance.choice(stage.servers).client() as http:
        answer = await who.send(http, asking)
        if answer.status_code == 401:  # the token's time is over
            await who.sign_in()
            answer = await who.send(http, asking)
    expected = asked.answer
    if asking.shown_once:
        expected = json.dumps(json.loads(expected) | {asking.shown_once: None}).encode()
    if (answer.status_code, answer.content) == (asked.status, expected):
        return ""
    return f"{asking.method} {asking.path} was answered differently: {answer.status_code} {answer.text[:200]}"
