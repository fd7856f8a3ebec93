"""The count of accounts: each is as its owner was last told, and the log has what was done, once."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from typing import Any

import httpx
from hivesync_server.audit.tables import AuditRow
from hivesync_server.auth.tables import UserRow
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bench.soak.server.accounts import READY, SWEEP, Life, Lives

_ADMINS_ACTS = frozenset({"admin.user_changed", "admin.maintained"})


def mails_missing(lives: Lives) -> list[str]:
    """Give which mails have not gone out yet."""
    carried = _carried(lives)
    late = [str(mail) for life in lives.lived for mail in life.mails - carried]
    return late + [life.client.user for life in lives.lived if life.export_id and not _told(life, carried)]


def _told(life: Life, carried: Counter[tuple[str, str]]) -> int:
    """Give how often somebody was told that the export is ready."""
    return sum(carried[address, READY] for address in life.addresses)


def _carried(lives: Lives) -> Counter[tuple[str, str]]:
    return Counter((to, mail["subject"]) for mail in lives.resend.carried for to in mail["to"])


async def accounts_wrong(session: AsyncSession, lives: Lives) -> list[str]:
    """Compare what is stored with what was accepted."""
    living = {life.id: life for life in lives.lived if not life.is_deleted}
    stored = {row.id: row for row in await session.scalars(select(UserRow))}
    made = {row.id for row in stored.values() if row.username not in ("ann", "bob", lives.admin.user)}
    wrong = [f"lost: account {each}" for each in living.keys() - made]
    wrong += [f"invented, or deleted and there: account {each}" for each in made - living.keys()]
    for each in living.keys() & made:
        life, row = living[each], stored[each]
        if (row.email, row.tier) != (life.client.login, life.tier):
            wrong.append(f"account {each} has {row.email}, {row.tier}; was {life.client.login}, {life.tier}")
    carried = _carried(lives)
    for life in lives.lived:
        wrong += [
            f"mailed {carried[mail]} times, {times} were due: {mail}"
            for mail, times in life.mails.items()
            if carried[mail] != times
        ]
        if (told := _told(life, carried)) != bool(life.export_id):
            wrong.append(f"{life.client.user} was told {told} times that the export is ready")
    return wrong + list(_log_wrong(lives, await _log(session)))


async def _log(session: AsyncSession) -> Counter[tuple[str, str]]:
    """Give how many entries there are, by whose account it is about, or who did it, and the action."""
    log = Counter[tuple[str, str]]()
    for row in await session.scalars(select(AuditRow)):
        whose = row.subject_id if row.action in _ADMINS_ACTS else row.actor_id
        log[whose or "", row.action] += 1
    return log


def _log_wrong(lives: Lives, log: Counter[tuple[str, str]]) -> Iterator[str]:
    repeated = lives.admin.ledger.repeated
    for life in lives.lived:
        for action, times in life.audit.items():
            if log[life.id, action] != times:
                yield f"{action} of {life.client.user}: {log[life.id, action]} entries, {times} accepted"
        most = life.tier_changes + repeated[f"/api/v1/admin/users/{life.id}"]
        if not life.tier_changes <= log[life.id, "admin.user_changed"] <= most:
            yield f"tier of {life.client.user}: {log[life.id, 'admin.user_changed']} entries, at most {most}"
    if not lives.sweeps <= log["", "admin.maintained"] <= lives.sweeps + repeated[SWEEP]:
        yield f"sweeps: {log['', 'admin.maintained']} entries, {lives.sweeps} accepted"


async def credentials_wrong(lives: Lives) -> list[str]:
    """Try what must work, and what must not any more."""
    wrong = []
    async with lives.admin.servers[0].client() as http:
        for number, life in enumerate(lives.lived):
            # One network each: wrong passwords are counted for a network, and so many owners share none.
            http.headers["X-Real-IP"] = f"10.{number >> 8 & 255}.{number & 255}.1"
            wrong += [f"{life.client.user}: {each}" for each in [w async for w in _tried(http, life)]]
    return wrong


async def _answered(http: httpx.AsyncClient, method: str, path: str, **request: Any) -> httpx.Response:
    """Ask until it is decided: who is told to wait has been neither let in nor turned away."""
    while True:
        answer = await http.request(method, path, **request)
        if answer.status_code != HTTPStatus.TOO_MANY_REQUESTS:
            return answer
        await asyncio.sleep(float(answer.headers["Retry-After"]))


async def _tried(http: httpx.AsyncClient, life: Life) -> AsyncIterator[str]:
    async def status(authorization: str) -> int:
        headers = {"Authorization": authorization}
        return (await _answered(http, "GET", "/api/v1/projects", headers=headers)).status_code

    async def signs_in(password: str) -> bool:
        body = {"login": life.client.login, "password": password}
        return (await _answered(http, "POST", "/api/v1/auth/login", json=body)).is_success

    for token in (*life.ended_keys, *life.ended_tokens):
        if await status(token if " " in token else f"Bearer {token}") != 401:
            yield "what was ended still lets in"
    if life.old_passwords and await signs_in(life.old_passwords[-1]):
        yield "the password before the last one still signs in"
    is_changed = life.old_passwords or life.is_deleted or len(life.addresses) > 1
    if is_changed and await signs_in(life.client.password) is life.is_deleted:
        yield "the password does not do what it should"
    if life.is_deleted:
        return
    for key in filter(None, life.keys.values()):
        if await status(f"Bearer {key}") != 200:
            yield "an API key does not let in"
    if life.export_id:
        await life.client.sign_in()
        export = await life.client.look("/api/v1/profile/export")
        if (export["id"], export["state"]) != (life.export_id, "ready"):
            yield f"the export {life.export_id} was told to be ready; there is {export}"
            return
        archive = zipfile.ZipFile(io.BytesIO((await http.get(export["download_url"])).content))
        (profile,) = json.loads(archive.read("profile.json"))
        if profile["id"] != life.id:
            yield "the export is another one's"
