"""`/v1/session`: sign in, look, sign out. Never answers with a token."""

from __future__ import annotations

import asyncio

from hivesync_contract.errors import ErrorCode
from hivesync_contract.local_api import LoginStart, Session

from hivesync_agent.json_body import read_json
from hivesync_agent.local_api.request import LocalRequest
from hivesync_agent.local_api.route import Route, delete, get, post
from hivesync_agent.problems import InvalidInput, json_response
from hivesync_agent.response import Response
from hivesync_agent.session.profile import Profile
from hivesync_agent.session.protocol import SessionAccess
from hivesync_agent.session.revocations import Revocations
from hivesync_agent.session.sign_in import SignIn
from hivesync_agent.session.vault import Vault
from hivesync_agent.settings import AgentSettings


class SessionRoutes:
    """The routes of the session."""

    def __init__(
        self,
        *,
        settings: AgentSettings,
        access: SessionAccess,
        sign_in: SignIn,
        revocations: Revocations,
        vault: Vault,
        profile: Profile,
    ) -> None:
        self._settings = settings
        self._access = access
        self._sign_in = sign_in
        self._revocations = revocations
        self._vault = vault
        self._profile = profile

    def routes(self) -> list[Route]:
        """Give the route table."""
        refusals = (ErrorCode.VALIDATION_ERROR, ErrorCode.AUTH_INVALID, ErrorCode.UPSTREAM_UNREACHABLE)
        return [
            post(
                "/v1/session/login",
                self.login,
                {200: Session, 202: Session},
                body=LoginStart,
                errors=refusals,
            ),
            get("/v1/session", self.show, {200: Session}),
            delete("/v1/session", self.sign_out, {200: Session}),
        ]

    async def login(self, request: LocalRequest) -> Response:
        """Sign in with a password, or start a device-code sign-in (202: the user's turn)."""
        start = await read_json(request, LoginStart)
        if self._settings.api_key is not None:
            raise InvalidInput("HIVESYNC_TOKEN is set, so there is no session to sign in to.")
        if start.login is not None and start.password is not None:
            await self._sign_in.with_password(start.login, start.password)
            return json_response(await self._session())
        if start.login is not None or start.password is not None:
            raise InvalidInput("Send both login and password, or neither.")
        await self._sign_in.with_device_code()
        return json_response(await self._session(), status=202)

    async def show(self, request: LocalRequest) -> Response:
        """Tell who is signed in. While nobody is, the store is read again."""
        return json_response(await self._session())

    async def sign_out(self, request: LocalRequest) -> Response:
        """Forget the session and have it revoked."""
        await self._sign_in.sign_out()
        return json_response(await self._session())

    async def _session(self) -> Session:
        user = await self._profile.user()
        signed_in = self._access.signed_in
        return Session(
            signed_in=signed_in,
            server_url=self._settings.server_url,
            profile=self._settings.profile,
            keychain=await asyncio.to_thread(self._vault.state),
            stored_in=self._vault.kind,
            user=user,
            pending=self._sign_in.pending,
            error=None if signed_in else self._sign_in.error or self._access.ended,
            revocations_waiting=self._revocations.waiting,
        )
