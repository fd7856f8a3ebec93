"""Accounts, and what their owners and administrators change of them; each change may be broken off by a kill.

Not every request can carry an Idempotency-Key: who registers has no account yet, who has deleted it has none
any more, and administrators' acts are the same when done twice. There a refusal that only an earlier try
explains counts as its answer.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import PASSWORD
from hivesync_dev.servers.fake_resend import FakeResend

from bench.soak.server.asking import Asking, Client

SWEEP = "/api/v1/admin/maintenance/sweep"
READY = "Your HiveSync data is ready"
CHANGED = "Your password was changed"
DELETED = "Your HiveSync account was deleted"
CONFIRM = "Confirm your new email address"

_ADDRESS_CHANGES_MAX = 6
"""A network may ask for few such mails an hour."""

_MAIL_LOOKS, _LOOK_SECONDS = 20, 0.25
_TIERS = ("pro", "premium")
_TOKEN = re.compile(r"/account/[a-z-]+#(hsm_[A-Za-z0-9_-]+)")


@dataclass(slots=True)
class Life:
    """An account as its owner and the administrators were told that it is."""

    client: Client
    id: str = ""
    tier: str = "premium"
    keys: dict[str, str | None] = field(default_factory=dict)
    """Those that are there; None where the one answer that showed it got lost."""

    ended_keys: list[str] = field(default_factory=list)
    ended_tokens: list[str] = field(default_factory=list)
    old_passwords: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    """All that it had: a mail goes to the one that it has when the mail is written."""

    export_id: str = ""
    is_deleted: bool = False
    audit: Counter[str] = field(default_factory=Counter)
    """Entries that its owner's changes must have left, by action."""

    tier_changes: int = 0
    mails: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Mails that must have been sent, by address and subject."""


Step = Callable[["Life", BackendProcess | None], Awaitable[None]]


@dataclass(slots=True)
class Lives:
    """All accounts that are made, and who administers them."""

    admin: Client
    resend: FakeResend
    lived: list[Life] = field(default_factory=list)
    sweeps: int = 0
    _idle: list[Life] = field(default_factory=list)
    _address_changes: int = 0

    @property
    def steps(self) -> list[Step]:
        """Give all that can happen to an account."""
        of_owner = [self._key, self._end_key, self._password, self._device, self._export, self._address]
        return [*of_owner, self._tier, self._delete]

    async def change(self, step: Step, name: str, first: BackendProcess | None) -> None:
        """Do that to some account, or make another one if all have something done to them."""
        if not self._idle:
            await self.register(name, first)
            return
        life = self._idle.pop(0)
        await step(life, first)
        if not life.is_deleted:
            self._idle.append(life)

    async def register(self, name: str, first: BackendProcess | None) -> None:
        """Make an account."""
        admin = self.admin
        user = re.sub(r"[^a-z0-9]+", "-", name.lower())[-30:].strip("-")
        client = Client(user, admin.servers, admin.chance, admin.ledger)
        account = {"email": client.login, "username": user, "password": PASSWORD}
        await client.ask(
            Asking("POST", "/api/v1/auth/register", account, first, means_done=409, is_keyed=False)
        )
        await client.sign_in()
        identifier = (await client.look("/api/v1/profile"))["id"]
        life = Life(client, identifier, addresses=[client.login])
        self.lived.append(life)
        self._idle.append(life)

    async def sweep(self, first: BackendProcess | None) -> None:
        """Have an administrator's chore done."""
        await self.admin.ask(Asking("POST", SWEEP, {"password": PASSWORD}, first, is_keyed=False))
        self.sweeps += 1

    async def _key(self, life: Life, first: BackendProcess | None) -> None:
        asking = Asking("POST", "/api/v1/api-keys", {"name": "CI"}, first, shown_once="key")
        made = await life.client.ask(asking)
        life.keys[made["api_key"]["id"]] = made["key"]
        life.audit["api_key.created"] += 1

    async def _end_key(self, life: Life, first: BackendProcess | None) -> None:
        if not life.keys:
            await self._key(life, first)
        identifier, key = life.keys.popitem()
        await life.client.ask(Asking("DELETE", f"/api/v1/api-keys/{identifier}", None, first))
        life.ended_keys += [key] if key else []
        life.audit["api_key.deleted"] += 1

    async def _password(self, life: Life, first: BackendProcess | None) -> None:
        client = life.client
        body = {"current_password": client.password, "new_password": f"{PASSWORD} {len(life.old_passwords)}"}
        await client.ask(Asking("POST", "/api/v1/auth/password/change", body, first))
        life.old_passwords.append(client.password)
        client.password = body["new_password"]
        life.audit["password.changed"] += 1
        life.mails[client.login, CHANGED] += 1

    async def _device(self, life: Life, first: BackendProcess | None) -> None:
        """Sign another machine in, and out as a whole."""
        laptop = replace(life.client, agent="laptop of the soak")
        await laptop.sign_in()
        devices = (await life.client.look("/api/v1/devices"))["items"]
        (device,) = [device["id"] for device in devices if not device["current"]]
        await life.client.ask(Asking("DELETE", f"/api/v1/devices/{device}", None, first))
        life.ended_tokens.append(laptop.authorization)
        life.audit["device.signed_out"] += 1

    async def _tier(self, life: Life, first: BackendProcess | None) -> None:
        tier = self.admin.chance.choice(_TIERS)
        body = {"password": PASSWORD, "tier": tier}
        path = f"/api/v1/admin/users/{life.id}"
        await self.admin.ask(Asking("PATCH", path, body, first, is_keyed=False))
        life.tier = tier
        life.tier_changes += 1

    async def _export(self, life: Life, first: BackendProcess | None) -> None:
        """Ask for one, once: whether it was made is counted in the end."""
        if not life.export_id:
            life.export_id = "asked for"
            asked = await life.client.ask(Asking("POST", "/api/v1/profile/export", None, first))
            life.export_id = asked["id"]
            life.audit["export.asked"] += 1

    async def _address(self, life: Life, first: BackendProcess | None) -> None:
        if self._address_changes >= _ADDRESS_CHANGES_MAX:
            return
        self._address_changes += 1
        client, fresh = life.client, f"new-{life.client.login}"
        body = {"email": fresh, "password": client.password}
        await client.ask(Asking("POST", "/api/v1/auth/email/change", body, first))
        life.mails[fresh, CONFIRM] += 1
        if not (token := await self._mailed_token(fresh)):
            return  # the mail is late: nobody confirms
        verify = Asking("POST", "/api/v1/auth/email/verify", {"token": token}, first, "", 404, is_keyed=False)
        await client.ask(verify)
        client.login = fresh
        life.addresses.append(fresh)
        life.audit["email.changed"] += 1

    async def _mailed_token(self, address: str) -> str | None:
        for _ in range(_MAIL_LOOKS):
            for mail in self.resend.carried:
                if mail["to"] == [address] and (found := _TOKEN.search(mail["text"])):
                    return found[1]
            await asyncio.sleep(_LOOK_SECONDS)
        return None

    async def _delete(self, life: Life, first: BackendProcess | None) -> None:
        if life.export_id:
            return  # whether it comes is to be seen
        life.is_deleted = True
        body = {"password": life.client.password}
        await life.client.ask(
            Asking("DELETE", "/api/v1/profile", body, first, means_done=401, is_keyed=False)
        )
        life.audit["account.deleted"] += 1
        life.mails[life.client.login, DELETED] += 1
