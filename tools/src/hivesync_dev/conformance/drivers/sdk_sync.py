"""The synchronous client, driven line by line: a thread for each thing it was told to do."""

from __future__ import annotations

import os
import socket
import sys
import threading
from typing import Any

from hivesync import Client

from hivesync_dev.conformance.drivers.lines import (
    address,
    encoded,
    error_line,
    event_line,
    read,
    response_line,
)


class Driver:
    """One client, shared by all threads."""

    def __init__(self, client: Client, connection: socket.socket) -> None:
        self._client = client
        self._connection = connection
        self._lock = threading.Lock()

    def run(self) -> None:
        """Do what the lines say until `stop`."""
        with self._connection.makefile("rb") as lines:
            for line in lines:
                request = read(line)
                if request["do"] == "stop":
                    self._say({"id": request["id"], "ok": True})
                    return
                threading.Thread(target=self._do, args=(request,), daemon=True).start()

    def _do(self, request: dict[str, Any]) -> None:
        try:
            self._say({"id": request["id"], **self._answer(request)})
        except Exception as exc:
            self._say({"id": request["id"], **error_line(exc)})

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        match request["do"]:
            case "call":
                return response_line(
                    self._client.request(request["method"], request["path"], json=request["body"])
                )
            case "mode":
                chosen = self._client.mode()
                return {"mode": chosen.mode, "reason": chosen.reason}
            case _:
                threading.Thread(target=self._follow, daemon=True).start()
                return {"ok": True}

    def _follow(self) -> None:
        for event in self._client.events():
            self._say(event_line(event))

    def _say(self, message: dict[str, Any]) -> None:
        with self._lock:
            self._connection.sendall(encoded(message))


def main() -> int:
    """Connect, serve, end."""
    with socket.create_connection(address()) as connection:
        Driver(Client(name="hivesync-sdk/0.1.0"), connection).run()
    sys.stdout.flush()
    # Threads may still wait for the agent: the interpreter's end would wait for them.
    os._exit(0)


if __name__ == "__main__":
    main()
