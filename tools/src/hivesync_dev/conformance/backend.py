"""The backend on the stage: sign-in is real, the rest is scripted, every request goes to the transcript."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web

from hivesync_dev.conformance.transcript import Transcript
from hivesync_dev.servers.fake_backend import FakeBackend
from hivesync_dev.servers.scripted import Recorded

_OF_SIGN_IN = "/api/v1/auth/"


@dataclass
class StagedBackend(FakeBackend):
    """`calls` are the requests that a client was told to make, without those of its sign-in."""

    transcript: Transcript = field(default_factory=Transcript)

    @property
    def calls(self) -> list[Recorded]:
        """Give what was asked, in order; how a client gets its token is its own affair."""
        return [each for each in self.requests if not each.path.startswith(_OF_SIGN_IN)]

    def _arrived(self, request: web.Request, recorded: Recorded) -> None:
        self.transcript.note("backend", f"← {request.method} {recorded.path} {recorded.query}".rstrip())

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        response = await super()._handle(request)
        self.transcript.note("backend", f"→ {response.status}")
        return response
