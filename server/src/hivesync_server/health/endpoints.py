"""Routes of health. All but `deep` are public, and cheap: they ask no other service than the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Response
from hivesync_contract import API_MAX, API_MIN
from hivesync_contract.health import Health

from hivesync_server import __version__
from hivesync_server.health.deep import DeepHealth, examine
from hivesync_server.health.readiness import obstacle
from hivesync_server.monitoring.access import Watcher
from hivesync_server.resources import ResourcesDep

router = APIRouter(prefix="/health", tags=["health"])


@dataclass(frozen=True, slots=True)
class Live:
    """The process answers."""

    status: Literal["ok"] = "ok"


@dataclass(frozen=True, slots=True)
class Ready:
    """Whether requests are welcome, and else why not."""

    ready: bool
    reason: str


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


@router.get("/ready", responses={503: {"model": Ready}})
async def ready(resources: ResourcesDep, response: Response) -> Ready:
    """Tell a load balancer whether to send requests here."""
    reason = await obstacle(resources)
    if reason:
        response.status_code = 503
    return Ready(not reason, reason)


@router.get("/deep", dependencies=[Watcher], responses={503: {"model": DeepHealth}})
async def deep(resources: ResourcesDep, response: Response) -> DeepHealth:
    """Examine database, Redis, object store, Worker and mail key. For admins, and for `METRICS_TOKEN`."""
    health = await examine(resources.settings)
    if not health.ok:
        response.status_code = 503
    return health


@router.get("/live")
async def live() -> Live:
    """Answer a watchdog."""
    return Live()


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
