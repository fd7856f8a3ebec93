"""Lets the conformance runner drive this plugin's client, as `docs/conformance.md` says. Only an adapter."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from plugins_bridge.sublime.client.connect import connect
from plugins_bridge.sublime.client.errors import HiveSyncError
from plugins_bridge.sublime.client.events import EventStream

_PLATFORMS = {"darwin": "osx", "win32": "windows"}


class Driver:
    """One connection to the runner; each request is done in a thread of its own, since calls may overlap."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._writing = threading.Lock()
        self._session = connect(os.environ, _PLATFORMS.get(sys.platform, "linux"))
        self._stream: EventStream | None = None

    def run(self) -> None:
        """Serve until `stop`, or until the runner has gone."""
        with self._sock.makefile("r", encoding="utf-8") as lines:
            for line in lines:
                request = json.loads(line)
                if request["do"] == "stop":
                    self._stop(request["id"])
                    return
                threading.Thread(target=self._do, args=(request,), daemon=True).start()

    def _do(self, request: dict[str, Any]) -> None:
        try:
            told = {"call": self._call, "mode": self._mode, "events": self._events}[request["do"]](request)
        except HiveSyncError as error:
            told = {"error": {"code": error.code, "message": error.detail}}
        if told is not None:
            self._say({"id": request["id"], **told})

    def _call(self, request: dict[str, Any]) -> dict[str, Any]:
        answer = self._session.call(request["method"], request["path"], request.get("body"))
        return {"status": answer.status, "body": answer.json()}

    def _mode(self, request: dict[str, Any]) -> dict[str, Any]:
        mode, reason, _ = self._session.mode()
        return {"mode": mode, "reason": reason}

    def _events(self, request: dict[str, Any]) -> None:
        self._stream = EventStream(self._session, lambda event: self._say({"event": event}))

        def settled(error: HiveSyncError | None) -> None:
            told: dict[str, Any] = {"ok": True}
            if error is not None:
                told = {"error": {"code": error.code, "message": error.detail}}
            self._say({"id": request["id"], **told})

        self._stream.run(settled)

    def _stop(self, request_id: int) -> None:
        if self._stream is not None:
            self._stream.stop()
        self._session.close()
        self._say({"id": request_id, "ok": True})

    def _say(self, told: dict[str, Any]) -> None:
        with self._writing:
            self._sock.sendall(json.dumps(told).encode("utf-8") + b"\n")


def main() -> None:
    """Connect to the runner that the environment names."""
    host, _, port = os.environ["HIVESYNC_CONFORMANCE_ADDRESS"].rpartition(":")
    with socket.create_connection((host, int(port))) as sock:
        Driver(sock).run()


if __name__ == "__main__":
    main()
