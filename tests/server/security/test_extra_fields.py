"""Mass assignment: no route takes a field that is not its own, wherever in its body, and whoever sends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

import pytest
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_dev.servers.webhook_receiver import WebhookReceiver

from tests.server.security.belongings import SignUp, belongings, people
from tests.server.security.routes import Operation, body_of
from tests.server.security.stored import changes, stored

NOT_THEIRS = {
    "is_admin": True,
    "role": "owner",
    "owner_id": "0190b2f0-0000-7000-8000-000000000001",
    "author_id": "0190b2f0-0000-7000-8000-000000000001",
    "created_at": "2001-01-01T00:00:00Z",
    "updated_at": "2001-01-01T00:00:00Z",
    "deleted_at": None,
    "password_hash": "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAA",
    "disabled_at": None,
    "key_prefix": "hsk_",
    "secret": "whsec_AAAA",
    "state": "ready",
    "__class__": {"tier": "premium"},
    "__proto__": {"is_admin": True},
    "IS_ADMIN": True,
    " tier": "premium",
}
"""What a table has and no body may set, and how a careless program would spell it."""

SOMETIMES_THEIRS = {
    "id": "0190b2f0-0000-7000-8000-000000000001",
    "user_id": "0190b2f0-0000-7000-8000-000000000001",
    "project_id": "0190b2f0-0000-7000-8000-000000000001",
    "tier": "premium",
    "status": "done",
    "email_verified": True,
    "name": "taken over",
}
"""Fields of some bodies: where a body has one, its own value stays."""


@pytest.mark.any_database
@pytest.mark.timeout(120)
async def test_every_body_refuses_what_it_does_not_know_and_nothing_changes(
    sign_up: SignUp,
    owner: BackendUser,
    backend: RunningBackend,
    receiver: WebhookReceiver,
    all_operations: Sequence[Operation],
) -> None:
    who = await people(sign_up)
    things = await belongings(who, backend, receiver.origin)
    before = await stored(backend)
    wrong, levels = [], 0
    for operation in all_operations:
        if operation.schema is None or operation.path.startswith("/api/v1/workers/"):
            continue  # the Worker signs what it sends
        user = owner if operation.path.startswith("/api/v1/admin/") else who.ann
        for body in _with_extra_fields(body_of(operation, things.ids)):
            levels += 1
            answer = await user.client.request(operation.method, operation.at(things.ids), json=body)
            problem = answer.json()
            named = {error["field"].rpartition(".")[2] for error in problem.get("errors", [])}
            if (answer.status_code, problem.get("code")) != (422, "VALIDATION_ERROR"):
                wrong.append(f"{operation} {answer.status_code} {answer.text}")
            elif taken := NOT_THEIRS.keys() - named:
                wrong.append(f"{operation} takes {taken}")
    after = await stored(backend)
    assert wrong == []
    assert levels > 50
    assert changes(before, after, ("sessions.last_used_at",)) == []
    assert after.keys() == before.keys(), "a row was made"


def _with_extra_fields(body: Any) -> Iterator[Any]:
    """Give the body once for each object in it, with the fields in that object."""
    for path in _objects(body):
        changed = deepcopy(body)
        place = changed
        for step in path:
            place = place[step]
        place.update({**NOT_THEIRS, **SOMETIMES_THEIRS, **place})
        yield changed


def _objects(value: Any) -> Iterator[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, dict):
        yield ()
    for step, part in inner:
        yield from ((step, *path) for path in _objects(part))
