"""Routes of health. Cheap and public: they ask no other service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from fastapi import APIRouter
from hivesync_contract import API_MAX, API_MIN
from hivesync_contract.health import Health

from hivesync_server import __version__
from hivesync_server.resources import ResourcesDep

router = APIRouter(prefix="/health", tags=["health"])


@dataclass(frozen=True, slots=True)
class Live:
    """The process answers."""

    status: Literal["ok"] = "ok"


@router.get("")
async def health(resources: ResourcesDep) -> Health:
    """Tell who we are, and the only places that uploads and room sockets may go to."""
    settings = resources.settings
    urls = [settings.objects.endpoint, settings.worker.url, settings.worker.preview_public_url]
    return Health(
        "ok",
        __version__,
        settings.env,
        upload_origins=list(dict.fromkeys(map(_origin, urls))),
        worker_origin=_origin(settings.worker.preview_public_url),
        api_min=API_MIN,
        api_max=API_MAX,
    )


@router.get("/live")
async def live() -> Live:
    """Answer a watchdog."""
    return Live()


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
