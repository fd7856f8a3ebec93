"""One of everything that Ann can have, and the people who would like to have it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.jobs.tables import JobRow
from hivesync_server.mails.tables import MailRow
from sqlalchemy import select

CANARY = "zanzibar"
"""In every text of Ann's: it must be in no answer to a stranger."""

SignUp = Callable[[str], Awaitable[BackendUser]]
FILE = CANARY.encode()


@dataclass(frozen=True, slots=True)
class People:
    """Ann and who is around her project: Dan is a member, Cleo was one, Eve is invited, Bob a stranger."""

    ann: BackendUser
    bob: BackendUser
    cleo: BackendUser
    dan: BackendUser
    eve: BackendUser


@dataclass(frozen=True, slots=True)
class Belongings:
    """Ann's ids by the names that paths give them; Bob's own project; another project of Ann's."""

    ids: dict[str, str]
    bobs: dict[str, str]
    other_project: str


async def sent(user: BackendUser, method: str, path: str, body: object = None) -> Any:
    """Send a request that must go well, and give its answer."""
    answer = await user.client.request(method, f"/api/v1{path}", json=body)
    assert answer.is_success, f"{method} {path}: {answer.text}"
    return answer.json() if answer.content else None


async def people(sign_up: SignUp) -> People:
    """Sign all of them up."""
    return People(*[await sign_up(name) for name in ("ann", "bob", "cleo", "dan", "eve")])


async def belongings(who: People, backend: RunningBackend, hook_url: str) -> Belongings:
    """Make one of everything."""
    project = await _team(who)
    base = f"/projects/{project}"
    ids = {"project_id": project, "user_id": who.dan.profile["id"], "chore": "sweep", "what": "users"}
    ids |= await _planning(who, base) | await _work(who, project)
    ids |= await _support(who.ann)
    ids |= await _of_the_account(who, backend, project, hook_url)
    bobs = await who.bob.project("Bobs")
    task = await sent(who.bob, "POST", f"/projects/{bobs}/tasks", {"title": "Bob's"})
    question = await sent(who.bob, "POST", "/support/questions", {"question": "How do I begin?"})
    theirs = {"project_id": bobs, "task_id": task["id"], "question_id": question["id"]}
    return Belongings(ids, theirs, await who.ann.project("other"))


async def _team(who: People) -> str:
    project = await who.ann.project(f"Shop {CANARY}")
    for member in (who.cleo, who.dan):
        invite = await sent(
            who.ann, "POST", f"/projects/{project}/team/invites", {"username": member.username}
        )
        await sent(member, "POST", f"/invites/{invite['id']}/accept")
    await sent(who.cleo, "POST", f"/projects/{project}/comments", _comment("from Cleo"))
    await sent(who.ann, "DELETE", f"/projects/{project}/team/members/{who.cleo.profile['id']}")
    await sent(who.ann, "PUT", f"/projects/{project}/favorite")
    return project


async def _planning(who: People, base: str) -> dict[str, str]:
    invite = await sent(who.ann, "POST", f"{base}/team/invites", {"username": who.eve.username})
    label = await sent(who.ann, "POST", f"{base}/labels", {"name": CANARY})
    task = await sent(who.ann, "POST", f"{base}/tasks", {"title": CANARY, "label_ids": [label["id"]]})
    other = await sent(who.ann, "POST", f"{base}/tasks", {"title": f"{CANARY} too"})
    await sent(who.ann, "PUT", f"{base}/tasks/{task['id']}/dependencies/{other['id']}")
    await sent(who.dan, "PATCH", f"{base}/tasks/{task['id']}", {"assignee_id": who.ann.profile["id"]})
    comment = await sent(who.ann, "POST", f"{base}/comments", _comment(CANARY))
    await sent(who.ann, "PUT", f"{base}/comments/{comment['id']}/star")
    return {
        "invite_id": invite["id"],
        "label_id": label["id"],
        "task_id": task["id"],
        "other_id": other["id"],
        "comment_id": comment["id"],
        "attachment_id": await _uploaded(
            who.ann, f"{base}/tasks/{task['id']}/attachments", "attachment", {"name": f"{CANARY}.txt"}
        ),
        "notification_id": (await sent(who.ann, "GET", "/notifications"))["items"][0]["id"],
    }


def _comment(body: str) -> dict[str, Any]:
    return {"target": {"kind": "project"}, "body": body}


async def _uploaded(user: BackendUser, path: str, kind: str, named: dict[str, str]) -> str:
    sha256 = hashlib.sha256(FILE).hexdigest()
    begun = await sent(user, "POST", path, {**named, "size": len(FILE), "sha256": sha256})
    put = begun["upload"]["put"]
    async with httpx.AsyncClient(trust_env=False) as store:
        (await store.put(put["url"], content=FILE, headers=put["headers"])).raise_for_status()
    uploaded = str(begun[kind]["id"])
    await sent(user, "POST", f"{path}/{uploaded}/complete")
    return uploaded


async def _work(who: People, project: str) -> dict[str, str]:
    preview = (await who.ann.preview(project))["preview"]
    docs = await who.ann.ask_docs(project, path=f"{CANARY}.js")
    docs.raise_for_status()
    return {"preview_id": preview["id"], "ai_docs_id": docs.json()["id"]}


async def _support(user: BackendUser) -> dict[str, str]:
    question = await sent(user, "POST", "/support/questions", {"question": f"What is {CANARY}?"})
    path = "/support/bundles"
    return {"question_id": question["id"], "bundle_id": await _uploaded(user, path, "bundle", {})}


async def _of_the_account(
    who: People, backend: RunningBackend, project: str, hook_url: str
) -> dict[str, str]:
    hook = {"url": hook_url, "events": ["*"], "project_id": project, "description": CANARY}
    webhook = (await sent(who.ann, "POST", "/webhooks", hook))["webhook"]["id"]
    delivery = (await sent(who.ann, "POST", f"/webhooks/{webhook}/test"))["id"]
    await sent(who.ann, "POST", "/profile/export")
    async with backend.client(headers={"User-Agent": "another device"}) as elsewhere:
        await BackendUser(elsewhere, who.ann.username).sign_in()
        second = await BackendUser(elsewhere, who.ann.username).sign_in()
        sessions = (await sent(second, "GET", "/auth/sessions"))["items"]
        devices = (await sent(second, "GET", "/devices"))["items"]
    async with backend.resources.database.transaction(writes=False) as transaction:
        mail = await transaction.session.scalar(select(MailRow.id).limit(1))
        job = await transaction.session.scalar(select(JobRow.id).limit(1))
    return {
        "webhook_id": webhook,
        "delivery_id": delivery,
        "session_id": next(item["id"] for item in sessions if item["current"]),
        "device_id": next(item["id"] for item in devices if item["current"]),
        "api_key_id": (await who.ann.api_key(name=CANARY))["api_key"]["id"],
        "mail_id": str(mail),
        "job_id": str(job),
    }


@asynccontextmanager
async def strangers(
    who: People, backend: RunningBackend, things: Belongings
) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """Give who may not reach Ann's project, by what they are."""
    async with AsyncExitStack() as stack:

        async def with_key(user: BackendUser, **limits: Any) -> httpx.AsyncClient:
            client = await stack.enter_async_context(backend.client())
            key = (await user.api_key(scope="write", **limits))["key"]
            client.headers["Authorization"] = f"Bearer {key}"
            return client

        yield {
            "nobody": await stack.enter_async_context(backend.client()),
            "a stranger": who.bob.client,
            "a removed member": who.cleo.client,
            "a stranger's key": await with_key(who.bob),
            "a key of Ann's limited to another project": await with_key(
                who.ann, project_ids=[things.other_project]
            ),
        }
