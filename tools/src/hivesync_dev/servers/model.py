"""A model's server that always says the same: OpenAI's `POST /v1/chat/completions` on a real socket."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass(frozen=True)
class Model:
    """A server that runs. `asked`: what the model was asked, as it came."""

    url: str
    asked: list[str] = field(default_factory=list)

    @property
    def worker_variables(self) -> dict[str, str]:
        """Give what a Worker needs to ask it."""
        return {"AI_ENGINE": "openai-compatible", "OPENAI_BASE_URL": self.url, "AI_MODEL": "test-model"}


@contextmanager
def model_server(documentation: Mapping[str, Any]) -> Iterator[Model]:
    """Run a model that answers every question with this documentation of a file."""
    message = {"role": "assistant", "content": json.dumps(documentation)}
    body = json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]}).encode()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            model.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    model = Model(f"http://127.0.0.1:{server.server_port}/v1")
    thread = Thread(target=server.serve_forever, name="model")
    thread.start()
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
