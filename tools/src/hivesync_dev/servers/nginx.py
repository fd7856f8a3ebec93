"""A real nginx with the site of `deploy/nginx` as it stands: only its ports are others."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from hivesync_dev.paths import ROOT
from hivesync_dev.stack.ports import free_ports

SITE = ROOT / "deploy" / "nginx" / "hivesync.conf"
_START_SECONDS = 10.0


class NginxServer:
    """Listens when entered; `upstream` is the port of the backend. `changes`: what an operator got wrong."""

    def __init__(
        self, program: str, folder: Path, upstream: int, changes: Mapping[str, str] | None = None
    ) -> None:
        self._program = program
        self._folder = folder
        self._upstream = upstream
        self._changes = changes or {}
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_ports(1)[0]

    @property
    def url(self) -> str:
        """Give the origin."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> NginxServer:
        self._folder.mkdir(parents=True, exist_ok=True)
        config = self._folder / "nginx.conf"
        config.write_text(self._config(), "utf-8")
        self._process = subprocess.Popen([self._program, "-c", str(config)])
        ends = time.monotonic() + _START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                if time.monotonic() > ends or self._process.poll() is not None:
                    self.__exit__(None, None, None)
                    raise
                time.sleep(0.02)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)

    def _config(self) -> str:
        folder = self._folder
        site = SITE.read_text("utf-8")
        for right, wrong in self._changes.items():
            site = site.replace(right, wrong)
        site = site.replace("listen 80;", f"listen 127.0.0.1:{self.port};")
        site = site.replace("127.0.0.1:8000", f"127.0.0.1:{self._upstream}")
        # Started by root, nginx gives up its rights, and could not write into a folder of mode 0700.
        user = "user root;" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
        temporary = "\n".join(
            f"{name}_temp_path {folder}/{name};"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        return (
            f"{user}\ndaemon off;\nworker_processes 1;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
            f"events {{}}\nhttp {{\naccess_log off;\n{temporary}\n{site}\n}}\n"
        )
