"""The way to the backend without an agent. Follows no redirect, so a token goes to one origin only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx

from hivesync._async._reading import read_whole
from hivesync._async._tokens import TokenSource
from hivesync._body import ENCODINGS
from hivesync._call import Call
from hivesync._errors import Offline
from hivesync._trust import backend_ssl_context, no_trust
from hivesync.credentials.refresh import Refresher
from hivesync.credentials.steps import Answer, Post
from hivesync.settings import Settings, is_loopback

_HEALTH = "/api/v1/health"


class DirectLink:
    """Sends calls to the configured origin with the shared session or an API key."""

    def __init__(
        self,
        settings: Settings,
        refresher: Refresher,
        user_agent: str,
        timeout: httpx.Timeout,
        ask_agent: Callable[[], Awaitable[None]],
    ) -> None:
        self.origin = settings.server_url
        self._user_agent = user_agent
        self._timeout = timeout
        self._http: httpx.AsyncClient | None = None
        self.tokens = TokenSource(settings.token, refresher, self.post, ask_agent)

    async def send(
        self, call: Call, *, stream: bool = False, read_seconds: float | None = None
    ) -> httpx.Response:
        """Send the call; renew once when the token was refused.

        Raises `SignedOut`, a keychain's error, `AnswerTooLong` or `httpx.TransportError`.
        """
        if call.path == _HEALTH:
            return await self._transmit(call, None, stream, read_seconds)
        token = await self.tokens.get()
        response = await self._transmit(call, token, stream, read_seconds)
        if response.status_code != 401 or not self.tokens.is_renewable:
            return response
        await response.aclose()
        token = await self.tokens.get(refused=token)
        return await self._transmit(call, token, stream, read_seconds)

    async def send_public(self, call: Call) -> httpx.Response:
        """Send the call with no token but the one it may carry itself."""
        return await self._transmit(call, None, False, None)

    async def aclose(self) -> None:
        """Close all connections."""
        http, self._http = self._http, None
        if http is not None:
            await http.aclose()

    async def _transmit(
        self, call: Call, token: str | None, stream: bool, read_seconds: float | None
    ) -> httpx.Response:
        http = self._open()
        headers = dict(call.headers)
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        request = http.build_request(
            call.method,
            self.origin + call.path,
            params=dict(call.params) or None,
            content=call.body,
            headers=headers,
        )
        if read_seconds is not None:
            request.extensions["timeout"]["read"] = read_seconds
        response = await http.send(request, stream=True)
        return response if stream else await read_whole(response)

    async def post(self, post: Post) -> Answer:
        """Send a step of a flow; raise `Offline` or `AnswerTooLong`."""
        http = self._open()
        request = http.build_request(
            "POST",
            self.origin + post.path,
            content=post.body,
            headers={"Content-Type": "application/json"},
        )
        try:
            response = await read_whole(await http.send(request, stream=True))
        except httpx.TransportError as exc:
            raise Offline(f"The backend {self.origin} can't be reached.") from exc
        return Answer(response.status_code, response.content)

    def _open(self) -> httpx.AsyncClient:
        if self._http is None:
            secure = self.origin.startswith("https:")
            self._http = httpx.AsyncClient(
                verify=backend_ssl_context() if secure else no_trust(),
                # The proxy of HTTPS_PROXY is for the backend, never for this machine.
                trust_env=not is_loopback(httpx.URL(self.origin).host),
                follow_redirects=False,
                timeout=self._timeout,
                headers={"User-Agent": self._user_agent, "Accept-Encoding": ENCODINGS},
            )
        return self._http
