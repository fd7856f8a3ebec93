"""Lets the conformance runner drive the client: one JSON object a line, a thread for each."""

from __future__ import annotations

import json
import os
import socket
import threading
from typing import Any

import hivesync_client as client


def main() -> None:
    """Connect, do what the runner says, end when told."""
    host, port = os.environ["HIVESYNC_CONFORMANCE_ADDRESS"].split(":")
    connection = socket.create_connection((host, int(port)))
    lock = threading.Lock()

    def say(message: dict[str, Any]) -> None:
        with lock:
            connection.sendall(json.dumps(message).encode() + b"\n")

    for line in connection.makefile("rb"):
        request = json.loads(line)
        if request["do"] == "stop":
            say({"id": request["id"], "ok": True})
            break
        threading.Thread(target=answer, args=(request, say), daemon=True).start()


def answer(request: dict[str, Any], say: Any) -> None:
    """Do one thing and tell what came of it."""
    said = {"id": request["id"]}
    try:
        if request["do"] == "call":
            status, body = client.call(request["method"], request["path"], request["body"])
            say({**said, "status": status, "body": body})
        elif request["do"] == "mode":
            mode, reason = client.mode()
            say({**said, "mode": mode, "reason": reason})
        elif request["do"] == "events":
            say({**said, "ok": True})
            for event in client.events():
                say({"event": event})
    except client.Failed as failed:
        say({**said, "error": {"code": failed.code, "message": str(failed)}})
    except Exception as bug:
        say({**said, "error": {"code": type(bug).__name__, "message": str(bug)}})
        raise


if __name__ == "__main__":
    main()
