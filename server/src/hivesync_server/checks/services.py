"""Checks of the services that the server calls: the Worker, its AI engine and the mail provider."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from hivesync_contract import headers
from hivesync_contract.ai_docs import AiDocsState
from hivesync_contract.errors import ErrorCode
from hivesync_contract.limits import SIGNATURE_TOLERANCE_SECONDS
from hivesync_contract.signing import sign
from sqlalchemy import func, or_, select
from sqlalchemy.exc import DBAPIError

from hivesync_server.adapters.db import open_database
from hivesync_server.adapters.ids import new_id
from hivesync_server.ai_docs.tables import AiDocsRow
from hivesync_server.checks.finding import Finding, fail, ok, skip, warn
from hivesync_server.jobs.tables import JobRow
from hivesync_server.mails.provider import MailAway, MailHeldBack
from hivesync_server.mails.resend_provider import ResendProvider
from hivesync_server.settings import Settings
from hivesync_server.settings.safety import is_loopback
from hivesync_server.workers.tables import WorkerHeartbeatRow

_SECONDS = 10.0


async def worker(settings: Settings) -> list[Finding]:
    """Look whether it answers and shares our secret: it has to refuse a signed message for being no job."""
    url = settings.worker.url
    async with httpx.AsyncClient(timeout=_SECONDS, trust_env=not is_loopback(httpx.URL(url).host)) as client:
        try:
            answer = await client.post(f"{url}/jobs", content=b"{}", headers=_signed(settings, b"{}"))
        except httpx.HTTPError as error:
            detail = f"{url} does not answer: {type(error).__name__}."
            return [fail("worker", detail, "Check WORKER_URL, and deploy the Worker (npm run deploy).")]
    findings = [_secret(answer)]
    if clock := _clock(answer):
        findings.append(clock)
    return findings


def _signed(settings: Settings, body: bytes) -> dict[str, str]:
    identifier, timestamp = f"check-{new_id()}", int(datetime.now(UTC).timestamp())
    return {
        "Content-Type": "application/json",
        headers.WEBHOOK_ID: identifier,
        headers.WEBHOOK_TIMESTAMP: str(timestamp),
        headers.WEBHOOK_SIGNATURE: sign(settings.worker.shared_secret, identifier, timestamp, body),
    }


def _secret(answer: httpx.Response) -> Finding:
    if answer.status_code == 401:
        remedy = "Give both the same WORKER_SHARED_SECRET (npx wrangler secret put NAME --env production)."
        return fail("worker", "It refuses our signature.", remedy)
    if answer.status_code in (400, 422):
        return ok("worker", "It answers, and accepts our signature.")
    remedy = (
        "Look whether WORKER_URL is the Worker's, and into its logs (npx wrangler tail --env production)."
    )
    return fail("worker", f"It answers with status {answer.status_code}.", remedy)


def _clock(answer: httpx.Response) -> Finding | None:
    try:
        there = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return None
    skew = abs((datetime.now(UTC) - there).total_seconds())
    if skew > SIGNATURE_TOLERANCE_SECONDS / 2:
        detail = f"This machine's is {skew:.0f} seconds away from the Worker's."
        return fail("clock", detail, "Let this machine follow NTP (timedatectl set-ntp true).")
    return ok("clock", "It agrees with the Worker's.")


async def callback(settings: Settings) -> list[Finding]:
    """Look whether jobs came back: only a real one shows that the Worker reaches us."""
    database = open_database(settings.database)
    try:
        async with database.snapshot() as connection:
            rows = (
                await connection.execute(
                    select(JobRow.state, func.count(), func.max(JobRow.finished_at)).group_by(JobRow.state)
                )
            ).all()
    except (DBAPIError, OSError):
        return [skip("callback", "The database does not answer.")]
    finally:
        await database.close()
    by_state = {state: (count, last) for state, count, last in rows}
    if "succeeded" in by_state:
        last = f"{by_state['succeeded'][1]:%Y-%m-%d %H:%M} UTC"
        return [ok("callback", f"The last job that succeeded came back on {last}.")]
    if not by_state:
        remedy = "Make a preview once everything else is well."
        return [warn("callback", "No job was ever sent.", remedy)]
    remedy = "Check the Worker's BACKEND_URL, and that nginx passes /api/v1/workers/callback on."
    return [fail("callback", "Jobs were sent, and none has ever succeeded.", remedy)]


async def ai(settings: Settings) -> list[Finding]:
    """Look which engine documents code: the Worker alone knows, and tells it with what it makes."""
    known = or_(
        AiDocsRow.state == AiDocsState.READY.value,
        AiDocsRow.error.contains(f'"{ErrorCode.AI_JOB_FAILED.value}"'),
    )
    newest = select(AiDocsRow.result, AiDocsRow.error).where(known).order_by(AiDocsRow.id.desc()).limit(1)
    database = open_database(settings.database)
    try:
        async with database.snapshot() as connection:
            last = (await connection.execute(newest)).one_or_none()
    except (DBAPIError, OSError):
        return [skip("ai", "The database does not answer.")]
    finally:
        await database.close()
    if last is None:
        remedy = "Have a file documented once everything else is well (hivesync docs FILE)."
        return [warn("ai", "No file was ever documented.", remedy)]
    if last.result is None:
        remedy = "Check AI_ENGINE and what belongs to it (docs/ai-docs.md), and the Worker's logs."
        return [fail("ai", f"The last documentation failed: {json.loads(last.error)['message']}", remedy)]
    engine = json.loads(last.result)["engine"]
    if engine == "outline" and settings.env != "local":
        remedy = "If you did not choose it: `npm run deploy` binds Workers AI, and AI_ENGINE must be unset."
        return [warn("ai", "The last documentation was made without a model, by outline.", remedy)]
    return [ok("ai", f"The last documentation was made by {engine}.")]


async def heartbeat(settings: Settings) -> list[Finding]:
    """Look how long ago a Worker told that it lives."""
    database = open_database(settings.database)
    try:
        async with database.snapshot() as connection:
            last = await connection.scalar(select(func.max(WorkerHeartbeatRow.received_at)))
    except (DBAPIError, OSError):
        return [skip("heartbeat", "The database does not answer.")]
    finally:
        await database.close()
    remedy = "Look at the Worker's cron trigger, its BACKEND_URL, and its logs (npx wrangler tail)."
    if last is None:
        if settings.env == "local":
            return [skip("heartbeat", "No Worker has sent one; locally none does by itself.")]
        return [warn("heartbeat", "No Worker has ever sent one.", remedy)]
    minutes = (datetime.now(UTC) - last).total_seconds() / 60
    if minutes > settings.worker_watch.down_minutes:
        return [fail("heartbeat", f"The last one came {minutes:.0f} minutes ago.", remedy)]
    return [ok("heartbeat", "A Worker told within the last minutes that it lives.")]


async def mail(settings: Settings) -> list[Finding]:
    """Look whether the provider knows our key."""
    if settings.mail.provider == "outbox":
        if settings.env == "local":
            return [skip("mail", "Mails are kept, and shown at /dev/outbox.")]
        remedy = "Set EMAIL_PROVIDER=resend and RESEND_API_KEY."
        return [fail("mail", "Mails are kept and never sent, so nobody can confirm an address.", remedy)]
    async with httpx.AsyncClient(timeout=_SECONDS) as client:
        try:
            await ResendProvider(client, settings.mail).check_key()
        except MailHeldBack:
            return [fail("mail", "Resend refuses the key.", "Check RESEND_API_KEY.")]
        except MailAway:
            return [warn("mail", "Resend does not answer.", "Try again; mails wait until it does.")]
    return [ok("mail", "Resend knows the key.")]
