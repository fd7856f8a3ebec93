# Generated from hivesync/_async by `make generate`; do not edit.
"""The account itself: profile, devices, API keys. Passwords and second factors are in `_security`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from hivesync_contract.accounts import Device, Export, Profile, ProtectedRequest
from hivesync_contract.api_keys import ApiKey, ApiKeyCreate, ApiKeyCreated, ApiKeyScope

from hivesync._options import UNSET, Unset, given
from hivesync._paths import segment
from hivesync._sync._resource import Resource


class OwnProfile(Resource):
    """`client.profile`."""

    def get(self) -> Profile:
        """Give the signed-in user's profile."""
        return self._decoded("GET", "", Profile)

    def update(
        self,
        *,
        display_name: str | Unset = UNSET,
        locale: str | Unset = UNSET,
        timezone: str | Unset = UNSET,
        if_match: str | None = None,
    ) -> Profile:
        """Change what is given."""
        body = given(display_name=display_name, locale=locale, timezone=timezone)
        return self._decoded("PATCH", "", Profile, body, if_match=if_match)

    def delete(self, proof: ProtectedRequest) -> None:
        """End the account with all that is its alone. There is no way back."""
        self._sent("DELETE", "", proof)

    def start_export(self) -> Export:
        """Have a copy made of all that the backend knows about the user."""
        return self._decoded("POST", "/export", Export)

    def export(self) -> Export:
        """Give that copy as it now is; `download_url` lasts five minutes."""
        return self._decoded("GET", "/export", Export)


class Devices(Resource):
    """`client.devices`."""

    def list(self) -> Iterator[Device]:
        """Give what is signed in, once each."""
        return self._items("", Device)

    def sign_out(self, device_id: str) -> None:
        """End every session of a device."""
        self._sent("DELETE", f"/{segment(device_id)}")


class ApiKeys(Resource):
    """`client.api_keys`. The agent relays no writes here, so those need a session of this machine."""

    def list(self) -> Iterator[ApiKey]:
        """Give every key, without the keys themselves."""
        return self._items("", ApiKey)

    def create(
        self,
        name: str,
        *,
        scope: ApiKeyScope = ApiKeyScope.READ,
        project_ids: Sequence[str] | None = None,
        expires_at: datetime | None = None,
    ) -> ApiKeyCreated:
        """Create a key; `key` in the answer is shown once."""
        limited = None if project_ids is None else [*project_ids]
        return self._directly("POST", "", ApiKeyCreated, ApiKeyCreate(name, scope, limited, expires_at))

    def delete(self, api_key_id: str) -> None:
        """End a key."""
        self._sent_directly("DELETE", f"/{segment(api_key_id)}")
