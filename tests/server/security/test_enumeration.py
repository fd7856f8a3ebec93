"""Who has an account is told by no answer, and by no time: for known and unknown the same work is done.

Times are too unsteady to compare a millisecond; what takes them is not. Of every request the statements to
the database and the computed hashes are compared.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest
from hivesync_contract import headers
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.auth.tables import UserRow
from hivesync_server.logs import request_id
from hivesync_server.settings import Settings
from hivesync_server.settings.groups import AccountSettings
from sqlalchemy import event, update

WRONG = "not the password at all"


@dataclass(slots=True)
class Watched:
    """A backend where only confirmed accounts work, and what each request made it do."""

    backend: RunningBackend
    work: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _asked: int = 0

    def watch(self) -> None:
        engine = self.backend.resources.database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", lambda *given: self._note(" ".join(given[2].split())))
        hasher = self.backend.resources.passwords
        compute = hasher._compute

        async def noted(work: Any) -> Any:
            self._note("a hash")
            return await compute(work)

        hasher._compute = noted  # type: ignore[method-assign]

    def _note(self, step: str) -> None:
        # To keep something and to undo it take the same.
        self.work[request_id.get()].append(re.sub(r"^(ROLLBACK TO|RELEASE) ", "end ", step))

    async def ask(
        self, client: httpx.AsyncClient, path: str, *, page: bool = False, **sent: str
    ) -> tuple[tuple[object, ...], list[str]]:
        """Send a body or a form; give what its sender can see and what was done."""
        self._asked += 1
        identifier = f"enumeration-{self._asked}"
        given = {headers.REQUEST_ID: identifier, "X-Real-IP": f"203.0.{self._asked}.1"}
        body: dict[str, Any] = {"data": sent} if page else {"json": sent}
        answer = await client.post(path, headers=given, **body)
        seen = answer.status_code, _text(answer, sent), set(answer.headers)
        return seen, self.work[identifier]


def _text(answer: httpx.Response, sent: dict[str, str]) -> str:
    """Give the answer without what was sent, ids and times."""
    text = re.sub(r'"(id|request_id|created_at|expires_at)":"[^"]+"', "", answer.text)
    for value in sent.values():
        text = text.replace(value, "…")
    return text


@pytest.fixture
async def watched(settings: Settings) -> AsyncIterator[Watched]:
    async with RunningBackend(replace(settings, accounts=AccountSettings(confirmed_only=True))) as backend:
        watched = Watched(backend)
        watched.watch()
        yield watched


async def _sign_up(backend: RunningBackend, client: httpx.AsyncClient, name: str) -> BackendUser:
    user = BackendUser(client, name)
    account = {"email": user.email, "username": name, "password": PASSWORD}
    (await client.post("/api/v1/auth/register", json=account)).raise_for_status()
    async with backend.resources.database.transaction() as transaction:
        mine = UserRow.username == name
        await transaction.session.execute(update(UserRow).where(mine).values(email_verified=True))
    return user


async def test_known_and_unknown_cost_the_same_work_and_get_the_same_answer(watched: Watched) -> None:
    backend = watched.backend
    async with backend.client() as client, backend.client() as hers:
        ann = await (await _sign_up(backend, hers, "ann")).sign_in()
        bob = await _sign_up(backend, client, "bob")
        waiting = {"email": "eve@example.com", "username": "eve", "password": PASSWORD}
        (await client.post("/api/v1/auth/register", json=waiting)).raise_for_status()
        csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', (await client.get("/device")).text)
        assert csrf

        async def compare(known: dict[str, str], path: str, by: httpx.AsyncClient, **more: str) -> None:
            unknown = {
                name: value.replace("bob", "nobody").replace("eve", "noone") for name, value in known.items()
            }
            page = path.startswith("/device")
            seen = [await watched.ask(by, path, page=page, **sent, **more) for sent in (known, unknown)]
            (known_answer, known_work), (unknown_answer, unknown_work) = seen
            assert known_answer == unknown_answer, path
            assert "\n".join(known_work) == "\n".join(unknown_work), path
            assert len(known_work) > 2, f"{path}: nothing was done"

        for name in (bob.username, bob.email):
            await compare({"login": name}, "/api/v1/auth/login", client, password=WRONG)
            await compare({"login": name}, "/device/sign-in", client, password=WRONG, csrf=csrf[1])
        # Nor does a right password tell of an account that is not confirmed.
        await compare({"login": "eve"}, "/api/v1/auth/login", client, password=PASSWORD)
        await compare({"email": bob.email}, "/api/v1/auth/password/forgot", client)
        await compare({"email": bob.email}, "/api/v1/auth/email/resend", client)
        await compare({"email": waiting["email"]}, "/api/v1/auth/email/resend", client)
        await compare({"email": bob.email}, "/api/v1/auth/email/change", hers, password=PASSWORD)
        await compare({"email": bob.email}, f"/api/v1/projects/{await ann.project()}/team/invites", hers)
        team = f"/api/v1/projects/{await ann.project()}/team/invites"
        await compare({"username": bob.username}, team, hers)
        await compare({"username": waiting["username"]}, team, hers)
        register = {"email": bob.email, "username": "friend-of-bob"}
        await compare(register, "/api/v1/auth/register", client, password=PASSWORD)
