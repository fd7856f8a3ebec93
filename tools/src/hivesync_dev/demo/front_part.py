"""The LAN front as a part of the demo: a process of its own, so a stuck phone can't hold the demo up."""

from __future__ import annotations

import sys
from pathlib import Path

from hivesync_dev.stack.environment import clean_env
from hivesync_dev.stack.part import Part
from hivesync_dev.stack.ports import is_free
from hivesync_dev.stack.processes import Command


class LanFront(Part):
    """`hivesync_dev.demo.lan_front` in front of one Worker."""

    name = "LAN front"

    def __init__(self, host: str, port: int, upstream: str, log: Path) -> None:
        super().__init__()
        self._host = host
        self._port = port
        self._upstream = upstream
        self._log = log

    def command(self) -> Command:
        module = "hivesync_dev.demo.lan_front"
        arguments = [sys.executable, "-m", module, self._host, str(self._port), self._upstream]
        return Command(self.name, arguments, clean_env(), self._log.parent, self._log)

    def is_ready(self) -> bool:
        return not is_free(self._port, self._host)
