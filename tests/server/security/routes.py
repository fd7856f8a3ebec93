"""Every operation of the API, and a body that each takes: what a test about all of them needs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from hivesync_dev.servers.backend_user import GREETING, PASSWORD, SOURCE, manifest

_PARAMETER = re.compile(r"\{(\w+)\}")
_SHA256 = hashlib.sha256(GREETING.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, and the schema of its JSON body if it takes one."""

    method: str
    path: str
    schema: Mapping[str, Any] | None

    def __str__(self) -> str:
        return f"{self.method} {self.path.removeprefix('/api/v1')}"

    @property
    def parameters(self) -> list[str]:
        return _PARAMETER.findall(self.path)

    def at(self, ids: Mapping[str, str]) -> str:
        """Give the path with these ids in it; one that is missing is a `KeyError`."""
        return _PARAMETER.sub(lambda found: ids[found[1]], self.path)


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """Give what an OpenAPI document describes."""
    schemas = document["components"]["schemas"]
    return [
        Operation(method.upper(), path, _body_schema(operation, schemas))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _body_schema(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any] | None:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    schema: Mapping[str, Any] = content["schema"]
    named = schema.get("$ref") or next(
        (part["$ref"] for part in schema.get("anyOf", []) if "$ref" in part), None
    )
    return schemas[named.rpartition("/")[2]] if named else schema


BODIES: Mapping[str, Any] = {
    "PATCH /admin/alerts/settings": {"password": PASSWORD, "emails": []},
    "POST /admin/alerts/test": {"password": PASSWORD},
    "POST /admin/jobs/{job_id}/retry": {"password": PASSWORD},
    "POST /admin/mails/{mail_id}/requeue": {"password": PASSWORD},
    "POST /admin/maintenance/{chore}": {"password": PASSWORD},
    "POST /admin/webhook-deliveries/{delivery_id}/redeliver": {"password": PASSWORD},
    "PATCH /admin/users/{user_id}": {"password": PASSWORD, "tier": "premium"},
    "POST /admin/users/{user_id}/revoke-sessions": {"password": PASSWORD},
    "POST /api-keys": {"name": "mine"},
    "POST /auth/email/change": {"email": "new@example.com", "password": PASSWORD},
    "POST /auth/email/resend": {"email": "ann@example.com"},
    "POST /auth/email/revert": {"token": "x" * 43},
    "POST /auth/email/verify": {"token": "x" * 43},
    "POST /auth/login": {"login": "nobody", "password": PASSWORD},
    "POST /auth/logout": {"refresh_token": "x" * 43},
    "POST /auth/password/change": {"current_password": "not it at all", "new_password": PASSWORD},
    "POST /auth/password/forgot": {"email": "ann@example.com"},
    "POST /auth/password/reset": {"password": PASSWORD, "token": "x" * 43},
    "POST /auth/refresh": {"refresh_token": "x" * 43},
    "POST /auth/register": {"email": "new@example.com", "username": "newcomer", "password": PASSWORD},
    "POST /auth/totp": {"password": "not it at all"},
    "POST /auth/totp/confirm": {"code": "000000"},
    "POST /auth/totp/disable": {"password": "not it at all"},
    "POST /auth/totp/recovery-codes": {"password": "not it at all"},
    "POST /notifications/read": {"ids": []},
    "PATCH /notifications/settings": {"digest": "daily"},
    "PATCH /notifications/{notification_id}": {"read": True},
    "DELETE /profile": {"password": "not it at all"},
    "PATCH /profile": {"display_name": "Somebody"},
    "POST /projects": {"name": "mine"},
    "PATCH /projects/{project_id}": {"name": "taken over"},
    "PUT /projects/{project_id}/tags": {"tags": ["web"]},
    "POST /projects/{project_id}/ai-docs": {"path": "greet.js", "content": GREETING, "sha256": _SHA256},
    "POST /projects/{project_id}/comments": {"target": {"kind": "project"}, "body": "I was here"},
    "PATCH /projects/{project_id}/comments/{comment_id}": {"body": "taken over"},
    "POST /projects/{project_id}/labels": {"name": "theirs"},
    "PATCH /projects/{project_id}/labels/{label_id}": {"name": "taken over"},
    "POST /projects/{project_id}/previews": manifest(SOURCE),
    "POST /projects/{project_id}/previews/{preview_id}/versions": manifest(SOURCE),
    "POST /projects/{project_id}/tasks": {"title": "theirs"},
    "PATCH /projects/{project_id}/tasks/{task_id}": {"title": "taken over"},
    "POST /projects/{project_id}/tasks/batch": {"changes": [{"id": "{task_id}", "patch": {"title": "x"}}]},
    "POST /projects/{project_id}/tasks/{task_id}/attachments": {"name": "a", "size": 1, "sha256": _SHA256},
    "POST /projects/{project_id}/tasks/{task_id}/attachments/{attachment_id}/complete": {},
    "POST /projects/{project_id}/team/invites": {"username": "eve"},
    "POST /projects/{project_id}/team/transfer": {"user_id": "{user_id}"},
    "POST /support/bundles": {"size": 1, "sha256": _SHA256},
    "POST /support/questions": {"question": "How does a preview begin?"},
    "POST /support/questions/{question_id}/escalate": {"message": "taken over", "bundle_id": "{bundle_id}"},
    "POST /support/questions/{question_id}/feedback": {"helpful": True},
    "POST /webhooks": {"url": "http://127.0.0.1:9/hook", "events": ["task.*"]},
    "PATCH /webhooks/{webhook_id}": {"enabled": False},
}
"""A valid body of every operation that takes one. `{name}` in it stands for an id."""


def body_of(operation: Operation, ids: Mapping[str, str]) -> Any:
    """Give a valid body with these ids in it, or None where none is taken; an unknown one is a `KeyError`."""
    return None if operation.schema is None else with_ids(deepcopy(BODIES[str(operation)]), ids)


def with_ids(value: Any, ids: Mapping[str, str]) -> Any:
    """Give `value` with every `{name}` replaced."""
    match value:
        case dict():
            return {name: with_ids(inner, ids) for name, inner in value.items()}
        case list():
            return [with_ids(inner, ids) for inner in value]
        case str():
            return _PARAMETER.sub(lambda found: ids[found[1]], value)
    return value
