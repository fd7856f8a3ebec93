"""A model's server that always says the same: OpenAI's `POST /v1/chat/completions` on a real socket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

DOCUMENTATION = {
    "summary": "The counter of the start page.\n\nIt keeps its count in React's state.",
    "key_concepts": ["React state", "event handlers"],
    "explanations": [
        {
            "symbol": "Counter",
            "line_start": 3,
            "line_end": 6,
            "text": "Shows a button and how often it was pressed.",
        }
    ],
    "suggested_diff": (
        "--- a/src/Counter.tsx\n+++ b/src/Counter.tsx\n@@ -1,4 +1,5 @@\n"
        " import { useState } from 'react'\n \n"
        "+/** A button that counts how often it was pressed. */\n"
        " export function Counter() {\n   const [count, setCount] = useState(0)\n"
    ),
}


ASKED: list[str] = []
"""What the model was asked, as it came."""


class _Answer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        ASKED.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        message = {"role": "assistant", "content": json.dumps(DOCUMENTATION)}
        body = json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def model_server() -> Iterator[str]:
    """Give its base URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answer)
    thread = Thread(target=server.serve_forever, name="model")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
