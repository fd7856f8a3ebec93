"""How callers prove who they are, and which operations ask for what."""

from __future__ import annotations

from typing import Any

from hivesync_server.api_keys.powers import RESOURCES, SINGLE_ROUTES
from hivesync_server.openapi.routes import Operation

SCHEMES: dict[str, Any] = {
    "accessToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "Of `auth/login`, `auth/refresh` or `auth/device/token`; it lasts for 15 minutes.",
    },
    "apiKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "Of `POST /api/v1/api-keys`; for scripts and CI, with the powers that it was given.",
    },
    "workerSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks over the body, with the secret that backend and Worker share.",
    },
}
_PREFIX = "/api/v1"


def describe(described: dict[str, Any], operation: Operation) -> None:
    """Say what an operation asks for."""
    path = operation.path.removeprefix(_PREFIX)
    described.pop("security", None)
    if path.startswith("/workers/"):
        described["security"] = [{"workerSignature": []}]
    elif operation.needs_sign_in:
        by_key = path.split("/")[1] in RESOURCES or (operation.method, path) in SINGLE_ROUTES
        described["security"] = [{"accessToken": []}, *([{"apiKey": []}] if by_key else [])]
