"""Makes requests as a client does, and keeps each with its answer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from hivesync_dev.transcripts.masking import SHOWN, Mask, masked_header

_POLL_SECONDS = 0.1
_DEADLINE_SECONDS = 60.0


@dataclass(slots=True)
class Recorder:
    """One chapter. `secrets`: what is sent in the place of a name in angle brackets."""

    origin: str
    secrets: Mapping[str, str]
    mask: Mask
    exchanges: list[dict[str, Any]] = field(default_factory=list)

    def ask(
        self,
        why: str,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: Any = None,
        *,
        until: Callable[[Any], bool] = lambda _: True,
    ) -> Any:
        """Ask until the answer is the one that is meant, keep that exchange, and give its decoded body."""
        end = time.monotonic() + _DEADLINE_SECONDS
        while True:
            answer = self._send(method, target, headers, body)
            content = json.loads(answer.content) if answer.content else None
            if until(content):
                break
            if time.monotonic() > end:
                raise TimeoutError(f"{why} was not answered as it should be, at last by {answer.status_code}")
            time.sleep(_POLL_SECONDS)
        self.exchanges.append(self._exchange(why, method, target, headers, body, answer, content))
        return content

    def _send(self, method: str, target: str, headers: Mapping[str, str], body: Any) -> httpx.Response:
        url = target if "://" in target else self.origin + target
        sent = {name: self._filled(value) for name, value in headers.items()}
        raw = {"content": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
        with httpx.Client(trust_env=False, timeout=30) as http:
            return http.request(method, url, headers=sent, **raw)

    def _filled(self, value: str) -> str:
        for name, secret in self.secrets.items():
            value = value.replace(name, secret)
        return value

    def _exchange(
        self,
        why: str,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: Any,
        answer: httpx.Response,
        content: Any,
    ) -> dict[str, Any]:
        shown = {name: masked_header(name, answer.headers[name]) for name in SHOWN if name in answer.headers}
        sent = body.decode() if isinstance(body, bytes) else body
        host = self.mask.text(f"//{urlsplit(str(answer.url)).netloc}").removeprefix("//")
        return {
            "why": why,
            "request": {
                "method": method,
                "target": self.mask.text(target),
                "headers": {"Host": host, **headers},
                "body": self.mask.json(sent),
            },
            "answer": {
                "status": answer.status_code,
                "headers": shown,
                "body": self.mask.json(content),
            },
        }
