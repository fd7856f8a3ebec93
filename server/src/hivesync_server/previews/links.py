"""The phone link: a page's address, and in its fragment a token made anew at each reading."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime

import jwt
from hivesync_contract.identity import Tier
from hivesync_contract.limits import PREVIEW_OPEN_SECONDS
from hivesync_contract.preview_token import ALGORITHM, PreviewClaims, PreviewRole, key_id
from hivesync_contract.previews import Preview
from hivesync_contract.rooms import RoomAccess

from hivesync_server.settings.groups import WorkerSettings

_STEP_SECONDS = 30
"""A link stays the same for this long, so that an unchanged preview has an unchanged ETag."""


@dataclass(frozen=True, slots=True)
class PreviewLinks:
    """Makes links for one user."""

    worker: WorkerSettings
    user_id: str
    tier: Tier
    now: datetime

    def add_to(self, preview: Preview) -> Preview:
        """Give the preview with a link that can be opened for ten minutes, or with none if it has ended."""
        page = f"{self.worker.preview_public_url}/p/{preview.id}"
        if preview.expires_at <= self.now:
            return replace(preview, preview_url=page)
        return replace(preview, preview_url=f"{page}#{self._token(preview)}")

    def room(self, preview: Preview) -> RoomAccess:
        """Give the agent's way into the preview's room, open for ten minutes."""
        claims = replace(self._claims(preview), role=PreviewRole.PUBLISHER, use="publish")
        return RoomAccess(f"{self.worker.url}/p/{preview.id}/room", self._signed(claims))

    def _token(self, preview: Preview) -> str:
        return self._signed(self._claims(preview))

    def _claims(self, preview: Preview) -> PreviewClaims:
        now = int(self.now.timestamp())
        ends = int(preview.expires_at.timestamp())
        return PreviewClaims(
            preview_id=preview.id,
            project_id=preview.project_id,
            user_id=self.user_id,
            version=preview.version,
            platform=preview.platform,
            tier=self.tier,
            role=PreviewRole.VIEWER,
            exp=min(now - now % _STEP_SECONDS + PREVIEW_OPEN_SECONDS, ends),
            expires_at=ends,
            devices=self.worker.devices[self.tier],
        )

    def _signed(self, claims: PreviewClaims) -> str:
        key = self.worker.preview_key()
        # The link becomes a QR code, which must fit a terminal: what goes without saying stays out.
        return jwt.encode(_told(claims), key, ALGORITHM, headers={"kid": key_id(key), "typ": None})


def _told(claims: PreviewClaims) -> dict[str, object]:
    """Give the claims that differ from their defaults."""
    defaults = {field.name: field.default for field in fields(claims)}
    return {name: value for name, value in asdict(claims).items() if value != defaults[name]}
