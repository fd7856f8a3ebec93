"""Runs the application by uvicorn, in this process or in several."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import uvicorn

from hivesync_server import logs
from hivesync_server.adapters.clock import Clock
from hivesync_server.app import App, create_app
from hivesync_server.graceful import Farewell, GracefulServer
from hivesync_server.migrations.configured import prepare
from hivesync_server.settings import Settings, safety
from hivesync_server.supervising import Supervisor, end_with_parent

SHUTDOWN_SECONDS = 20
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a server listens. The port is the real one, also when 0 was asked for."""

    url: str
    port: int


@dataclass(frozen=True, slots=True)
class BoundServer:
    """A server whose port is taken, though it does not answer yet. `settings` have the real port."""

    app: App
    server: GracefulServer
    listener: socket.socket
    settings: Settings

    async def run(self) -> None:
        """Serve until told to stop."""
        await self.server.serve([self.listener])


def bind(
    settings: Settings,
    announce: Callable[[Listening], None],
    clock: Clock | None = None,
    listener: socket.socket | None = None,
) -> BoundServer:
    """Take the port, unless it comes as `listener`, and assemble the application for it."""
    listener = listener or _listen(settings)
    settings = settings.on_port(int(listener.getsockname()[1]))
    app = create_app(settings, clock)
    farewell = Farewell(app.asgi)
    config = uvicorn.Config(
        farewell,
        http=_protocol(),
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        # Who the client is, is decided by `http.client_address` and `TRUSTED_PROXIES` alone.
        proxy_headers=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    server = GracefulServer(config, farewell, app.stop_streams, lambda: announce(_address(settings)))
    return BoundServer(app, server, listener, settings)


async def serve(settings: Settings, announce: Callable[[Listening], None]) -> None:
    """Serve until SIGTERM or SIGINT; `announce` is called once requests are answered."""
    logs.configure(settings.log_level, settings.log_format == "text")
    for warning in safety.warnings(settings):
        _logger.warning(warning)
    await prepare(settings)
    if settings.http.workers == 1:
        await bind(settings, announce).run()
        return
    listener = _listen(settings)
    here = _address(settings.on_port(int(listener.getsockname()[1])))
    await Supervisor(listener, settings.http.host, settings.http.workers, lambda _: announce(here)).run()


async def serve_inherited(settings: Settings, descriptor: int, announce: Callable[[Listening], None]) -> None:
    """Serve as one of several processes, on the socket that the parent has opened."""
    logs.configure(settings.log_level, settings.log_format == "text")
    end_with_parent()
    await bind(settings, announce, listener=socket.socket(fileno=descriptor)).run()


def _protocol() -> type[asyncio.Protocol] | Literal["h11"]:
    if sys.platform == "win32":
        return "h11"  # slower, with limits of its own
    from hivesync_server.http.stalls import UnstalledConnection

    return UnstalledConnection


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.http.host else socket.AF_INET
    listener = socket.create_server((settings.http.host, settings.http.port), family=family, backlog=2048)
    # asyncio sets this only on sockets that name their protocol, as this one does not; without it head
    # and body of an answer wait for one another, 40 ms each time. Accepted connections inherit it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _address(settings: Settings) -> Listening:
    port = settings.http.port
    host = f"[{settings.http.host}]" if ":" in settings.http.host else settings.http.host
    return Listening(f"http://{host}:{port}", port)
