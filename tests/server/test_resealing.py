"""After a change of JWT_SECRET everything sealed is sealed anew, so that the former secret can go."""

from __future__ import annotations

import asyncio
import secrets

import pytest
from hivesync_dev.paths import ROOT
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.adapters.sealing import Sealer
from hivesync_server.alerts.slack import SLACK_PURPOSE
from hivesync_server.alerts.tables import AlertSettingsRow
from hivesync_server.checks import State
from hivesync_server.checks.keys import keys
from hivesync_server.resealing import service
from hivesync_server.resealing.service import Resealer, Sealed
from hivesync_server.settings import load
from hivesync_server.settings.secrets import Secret

HOOK = {"url": "http://127.0.0.1:49999/in", "events": ["*"], "project_id": None}


async def test_everything_is_sealed_anew_by_two_at_once_after_one_was_ended_in_the_middle(
    environ: dict[str, str], ann: BackendUser, backend: RunningBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, old = backend.resources.database, Secret(environ["JWT_SECRET"])
    hooks = [(await ann.client.post("/api/v1/webhooks", json=HOOK)).json()["webhook"]["id"] for _ in range(4)]
    assert (await ann.client.post(f"/api/v1/webhooks/{hooks[0]}/secret")).is_success
    assert (await ann.client.post("/api/v1/auth/totp", json={"password": "correct horse battery"})).is_success
    slack = Sealer([old]).seal("https://hooks.slack.com/x", SLACK_PURPOSE)
    row = AlertSettingsRow(
        id=1, slack_url=slack, emails="[]", kinds="[]", updated_at=backend.resources.clock()
    )
    async with database.transaction() as transaction:
        await transaction.session.merge(row)
    new = Secret(secrets.token_urlsafe(32))
    both = Resealer(database, Sealer([new, old]))
    changed = environ | {"JWT_SECRET": new.reveal()}

    async def told(environ: dict[str, str]) -> tuple[State, str]:
        finding = next(each for each in await keys(load(environ)) if each.name == "sealed")
        return finding.state, finding.detail

    assert await both.count() == Sealed(former=7)
    rotated = changed | {"JWT_SECRET_PREVIOUS": old.reveal()}
    assert ((await told(changed))[0], (await told(rotated))[0]) == (State.FAIL, State.WARN)
    assert (await told(rotated))[1].startswith("7 stored")

    monkeypatch.setattr(service, "_PAGE", 1)
    exchange = Resealer._exchange

    async def killed_at_the_third(*arguments: object) -> int:
        if (await both.count()).present == 2:
            raise asyncio.CancelledError
        return await exchange(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(Resealer, "_exchange", killed_at_the_third)
        with pytest.raises(asyncio.CancelledError):
            await both.step()
    assert await both.count() == Sealed(present=2, former=5)
    await asyncio.gather(both.step(), Resealer(database, Sealer([new, old])).step())
    assert await Resealer(database, Sealer([new])).count() == Sealed(present=7)
    assert (await told(changed))[0] is State.OK
    assert "opens nothing any more" in (await told(rotated))[1]


@pytest.mark.any_database
async def test_what_a_request_changes_meanwhile_is_not_put_back(
    ann: BackendUser, backend: RunningBackend, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    database, old = backend.resources.database, Secret(environ["JWT_SECRET"])
    hook = (await ann.client.post("/api/v1/webhooks", json=HOOK)).json()["webhook"]["id"]
    resealer = Resealer(database, Sealer([Secret("a new one, just as long as the other"), old]))
    exchange = Resealer._exchange

    async def exchange_late(*arguments: object) -> int:
        await ann.client.post(f"/api/v1/webhooks/{hook}/secret")
        return await exchange(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Resealer, "_exchange", exchange_late)
    await resealer.step()
    assert (await resealer.count()).former == 2, "both secrets are those of the request"


def test_all_that_is_sealed_is_known_here() -> None:
    """Who seals something somewhere else adds the column to `resealing.places`, and the file here."""
    source = ROOT / "server/src/hivesync_server"
    sealing = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if "sealer.seal(" in path.read_text()
    }
    assert sealing == {
        "alerts/service.py",
        "auth/totp/service.py",
        "resealing/service.py",
        "webhooks/secrets.py",
    }
