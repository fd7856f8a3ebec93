"""The few calls the stack makes itself: register a user at the backend, talk to the agent's local API."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

import httpx
import msgspec
from hivesync_contract import headers
from hivesync_contract.discovery import DiscoveryFile
from hivesync_contract.errors import Problem
from hivesync_contract.local_api import LocalPreview, Session
from hivesync_contract.previews import FINAL_STATES

from hivesync_dev.stack.agent import CLIENT_NAME

_POLL_SECONDS = 0.1
Shape = TypeVar("Shape")


class CallRefused(Exception):
    """An API answered with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.code}: {problem.detail}")
        self.problem = problem


def register(server_url: str, email: str, username: str, password: str) -> None:
    """Make a user at the backend."""
    body = {"email": email, "username": username, "password": password}
    with httpx.Client(base_url=server_url, trust_env=False, timeout=30) as client:
        _checked(client.post("/api/v1/auth/register", json=body))


class AgentApi:
    """The local API as an editor calls it."""

    def __init__(self, discovery: DiscoveryFile) -> None:
        self.http = httpx.Client(
            base_url=discovery.url,
            headers={headers.CLIENT: CLIENT_NAME, "Authorization": f"Bearer {discovery.token}"},
            trust_env=False,
            timeout=30,
        )

    def __enter__(self) -> AgentApi:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    def sign_in(self, login: str, password: str) -> Session:
        """Sign in by password."""
        return self._call(Session, "POST", "/v1/session/login", {"login": login, "password": password})

    def start_preview(self, path: str, **options: Any) -> LocalPreview:
        """Ask for a preview; raise `CallRefused` when the agent refuses it at once."""
        return self._call(LocalPreview, "POST", "/v1/previews", {"path": path, **options})

    def preview(self, preview_id: str) -> LocalPreview:
        """Give a preview as it now is."""
        return self._call(LocalPreview, "GET", f"/v1/previews/{preview_id}")

    def wait_for_preview(
        self,
        preview_id: str,
        deadline_seconds: float,
        check_stop: Callable[[], None] = lambda: None,
        *,
        poll_seconds: float = _POLL_SECONDS,
    ) -> LocalPreview:
        """Wait until it is ready or failed; raise `TimeoutError` naming the state it hangs in."""
        ends = time.monotonic() + deadline_seconds
        while True:
            check_stop()
            preview = self.preview(preview_id)
            if preview.state in FINAL_STATES:
                return preview
            if time.monotonic() > ends:
                raise TimeoutError(f"the preview is still {preview.state} after {deadline_seconds:.0f} s")
            time.sleep(poll_seconds)

    def stop_preview(self, preview_id: str) -> LocalPreview:
        """End a live preview's saves."""
        return self._call(LocalPreview, "POST", f"/v1/previews/{preview_id}/stop")

    def _call(self, shape: type[Shape], method: str, path: str, body: Any = None) -> Shape:
        answer = (
            self.http.request(method, path, json=body)
            if body is not None
            else self.http.request(method, path)
        )
        return msgspec.json.decode(_checked(answer).content, type=shape)


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    if answer.headers.get("content-type", "").startswith("application/problem+json"):
        raise CallRefused(msgspec.json.decode(answer.content, type=Problem))
    answer.raise_for_status()
    raise httpx.HTTPError(f"{answer.request.url.path} answered {answer.status_code}")
