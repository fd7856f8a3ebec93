"""What is Ann's stays hers: every route of the API, called with her ids by those who have no right to them.

No route escapes: one that the document describes and that is neither called here nor named with a reason
fails the first test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_dev.servers.webhook_receiver import WebhookReceiver

from tests.server.security.belongings import (
    CANARY,
    Belongings,
    People,
    SignUp,
    belongings,
    people,
    strangers,
)
from tests.server.security.routes import BODIES, Operation, body_of, with_ids
from tests.server.security.stored import changes, naming, stored

REFUSED = {401, 403, 404}

OF_THE_CALLER = {
    "the caller's account, named by the token alone": """
        GET /auth/me, GET /auth/sessions, GET /auth/totp, POST /auth/totp, POST /auth/totp/confirm,
        POST /auth/totp/disable, POST /auth/totp/recovery-codes, POST /auth/password/change,
        POST /auth/email/change, GET /profile, PATCH /profile, DELETE /profile, GET /profile/export,
        POST /profile/export, GET /notifications/settings, PATCH /notifications/settings
    """,
    "lists of what the caller may see, in which Ann's must not be": """
        GET /api-keys, GET /devices, GET /invites, GET /notifications, GET /notifications/unread,
        GET /projects, GET /webhooks, GET /search
    """,
    "makes or marks something of the caller; ids in the body are tested below": """
        POST /api-keys, POST /projects, POST /webhooks, POST /notifications/read,
        POST /support/questions, POST /support/bundles
    """,
    "asks for a secret that was mailed, or that only its holder knows": """
        POST /auth/email/resend, POST /auth/email/revert, POST /auth/email/verify, POST /auth/login,
        POST /auth/logout, POST /auth/password/forgot, POST /auth/password/reset, POST /auth/refresh,
        POST /auth/register, POST /auth/device/code, POST /auth/device/token
    """,
    "the same for everybody": """
        GET /health, GET /health/live, GET /health/ready, GET /projects/templates, GET /support/faq
    """,
    "a stream that does not end; tests/server/events shows that each gets their own events only": """
        GET /events
    """,
}
"""Routes that name nobody's things, by the reason."""

SMUGGLED = (
    ("POST /webhooks", {"url": "http://127.0.0.1:9/", "events": ["*"], "project_id": "{project_id}"}),
    ("POST /api-keys", {"name": "x", "project_ids": ["{project_id}"]}),
    ("POST /notifications/read", {"ids": ["{notification_id}"]}),
    ("POST /notifications/read", {"up_to": "{notification_id}"}),
    ("POST /support/questions/{bobs_question}/escalate", {"message": "x", "bundle_id": "{bundle_id}"}),
    ("POST /projects/{bobs}/tasks", {"title": "x", "label_ids": ["{label_id}"]}),
    ("POST /projects/{bobs}/tasks", {"title": "x", "assignee_id": "{user_id}"}),
    ("POST /projects/{bobs}/tasks", {"title": "x", "position": {"before": "{task_id}"}}),
    ("PATCH /projects/{bobs}/tasks/{bobs_task}", {"label_ids": ["{label_id}"]}),
    ("PATCH /projects/{bobs}/tasks/{bobs_task}", {"assignee_id": "{user_id}"}),
    ("PATCH /projects/{bobs}/tasks/{bobs_task}", {"position": {"after": "{task_id}"}}),
    ("PUT /projects/{bobs}/tasks/{bobs_task}/dependencies/{task_id}", None),
    ("POST /projects/{bobs}/tasks/batch", {"changes": [{"id": "{task_id}", "patch": {"title": "x"}}]}),
    ("POST /projects/{bobs}/comments", {"target": {"kind": "task", "task_id": "{task_id}"}, "body": "x"}),
    ("POST /projects/{bobs}/team/transfer", {"user_id": "{user_id}"}),
)
"""Bob's own routes with ids of Ann's things in their bodies."""

NOT_STORED_BY = (
    "sessions.last_used_at",
    "api_keys.last_used_at",
    "event_counters.value",
)
"""What changes by asking alone."""


def _names(routes: str) -> list[str]:
    return [name.strip() for name in routes.replace("\n", " ").split(",")]


EXEMPT = frozenset(name for routes in OF_THE_CALLER.values() for name in _names(routes))


@pytest.fixture
async def who(sign_up: SignUp) -> People:
    return await people(sign_up)


@pytest.fixture
async def things(who: People, backend: RunningBackend, receiver: WebhookReceiver) -> Belongings:
    return await belongings(who, backend, receiver.origin)


@pytest.mark.any_database
def test_every_route_is_called_or_named_with_a_reason(all_operations: Sequence[Operation]) -> None:
    missing = {str(operation) for operation in all_operations if operation.schema} - set(BODIES)
    assert missing == set(), "give each a valid body in `routes.BODIES`"
    known = {str(operation) for operation in all_operations}
    assert known >= EXEMPT, "no longer there"
    unnamed = {str(operation) for operation in all_operations if not operation.parameters} - EXEMPT
    # These name nobody, and are called all the same: they are no stranger's at all.
    others = "/admin/", "/workers/", "/health/deep"
    assert {name for name in unnamed if not name.split()[1].startswith(others)} == set()


@pytest.mark.timeout(240)
async def test_nobody_reaches_what_is_anns_and_nothing_of_it_changes(
    who: People, things: Belongings, backend: RunningBackend, all_operations: Sequence[Operation]
) -> None:
    async with strangers(who, backend, things) as callers:
        before = await stored(backend)
        wrong = []
        for caller, client in callers.items():
            for operation in _with_ids(all_operations):
                for ids in _spellings(operation, things, caller):
                    body = body_of(operation, ids | things.ids)
                    answer = await client.request(operation.method, operation.at(ids), json=body)
                    if answer.status_code not in REFUSED or CANARY in answer.text:
                        wrong.append(f"{caller}: {operation} {answer.status_code} {answer.text}")
        after = await stored(backend)
    assert wrong == []
    assert changes(before, after, NOT_STORED_BY) == []
    assert naming(before, after, _anns_ids(who, things)) == []


async def test_ids_in_bodies_and_lists_open_nothing_either(
    who: People, things: Belongings, backend: RunningBackend, all_operations: Sequence[Operation]
) -> None:
    ids = {**things.ids, "bobs": things.bobs["project_id"], "bobs_task": things.bobs["task_id"]}
    ids["bobs_question"] = things.bobs["question_id"]
    before = await stored(backend)
    for route, body in SMUGGLED:
        method, path = with_ids(route, ids).split()
        answer = await who.bob.client.request(method, f"/api/v1{path}", json=with_ids(body, ids))
        harmless = path == "/notifications/read" and answer.json()["count"] == 0
        assert answer.status_code in {400, 403, 404, 409, 422} or harmless, f"{route} {answer.text}"
        assert CANARY not in answer.text
    for operation in all_operations:
        if operation.method == "GET" and str(operation) in EXEMPT - {"GET /events"}:
            query = {"q": CANARY} if operation.path.endswith("/search") else {}
            shown = await who.bob.client.get(operation.path, params=query)
            assert CANARY not in shown.text.replace(f'"{CANARY}"', ""), operation
    after = await stored(backend)
    assert changes(before, after, NOT_STORED_BY) == []
    assert naming(before, after, _anns_ids(who, things)) == []


@pytest.mark.any_database
async def test_the_same_requests_are_anns_to_make(
    who: People, things: Belongings, all_operations: Sequence[Operation]
) -> None:
    """Else the refusals above would show nothing but wrong ids."""
    calls = [operation for operation in _with_ids(all_operations) if not _not_anns(operation)]
    for operation in sorted(calls, key=_last_what_ends):
        user = who.eve if operation.path.startswith("/api/v1/invites/") else who.ann
        body = body_of(operation, things.ids)
        answer = await user.client.request(operation.method, operation.at(things.ids), json=body)
        assert answer.status_code not in REFUSED | {422, 500}, f"{operation} {answer.text}"


def _with_ids(all_operations: Sequence[Operation]) -> list[Operation]:
    return [operation for operation in all_operations if str(operation) not in EXEMPT]


def _spellings(operation: Operation, things: Belongings, caller: str) -> Iterator[dict[str, str]]:
    """Give Ann's ids; and for who has a project of their own, hers below that."""
    yield dict(things.ids)
    if "project_id" in operation.parameters and len(operation.parameters) > 1:
        if caller in {"a stranger", "a stranger's key"}:
            yield {**things.ids, "project_id": things.bobs["project_id"]}
        if "limited" in caller:
            yield {**things.ids, "project_id": things.other_project}


def _not_anns(operation: Operation) -> bool:
    """Tell what is for admins and the Worker, and what would give the project away."""
    others = "/admin/", "/workers/", "/health/deep", "/transfer"
    return any(part in operation.path for part in others)


def _last_what_ends(operation: Operation) -> tuple[bool, bool, int]:
    is_project = operation.path.endswith("/{project_id}")
    return operation.method == "DELETE", is_project, -operation.path.count("/")


def _anns_ids(who: People, things: Belongings) -> list[str]:
    fixed = {"what", "chore", "user_id", "mail_id"}
    return [who.ann.profile["id"], *(value for name, value in things.ids.items() if name not in fixed)]
