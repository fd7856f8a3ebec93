"""Devices: one entry for each machine or program, however often it signed in; signed out as a whole."""

from __future__ import annotations

import json

import httpx
import pytest
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.event_reader import EndOfStream, listening
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server.auth.devices.tables import DeviceRow
from hivesync_server.housekeeping import Housekeeping
from sqlalchemy import func, select

DEVICES = "/api/v1/devices"
ME = "/api/v1/auth/me"


async def sign_in(client: httpx.AsyncClient, name: str, agent: str) -> str:
    body = {"login": name, "password": PASSWORD}
    answer = await client.post("/api/v1/auth/login", json=body, headers={"User-Agent": agent})
    return f"Bearer {answer.json()['access_token']}"


async def test_a_device_is_listed_once_and_signed_out_as_a_whole(
    ann: BackendUser, client: httpx.AsyncClient
) -> None:
    phones = [await sign_in(client, "ann", "phone") for _ in range(2)]
    laptop = await sign_in(client, "ann", "laptop")
    first = (await ann.client.get(DEVICES, params={"limit": 2})).json()
    assert [(item["name"], item["sessions"], item["current"]) for item in first["items"]] == [
        ("laptop", 1, False),
        ("phone", 2, False),
    ]
    rest = (await ann.client.get(DEVICES, params={"cursor": first["next_cursor"]})).json()
    assert [(item["current"], rest["next_cursor"]) for item in rest["items"]] == [(True, None)]

    phone = f"{DEVICES}/{first['items'][1]['id']}"
    assert (await ann.client.delete(phone)).status_code == 204
    for token, status in (*((token, 401) for token in phones), (laptop, 200)):
        assert (await client.get(ME, headers={"Authorization": token})).status_code == status
    assert (await ann.client.delete(phone)).status_code == 404
    # It is the same device when it comes back.
    await sign_in(client, "ann", "phone")
    ids = [item["id"] for item in (await ann.client.get(DEVICES)).json()["items"]]
    assert first["items"][1]["id"] in ids
    sessions = (await ann.client.get("/api/v1/auth/sessions", params={"limit": 2})).json()
    assert [item["label"] for item in sessions["items"]] == ["phone", "laptop"]
    assert sessions["next_cursor"]


@pytest.mark.any_database
async def test_nobody_sees_or_ends_the_devices_of_another_and_no_key_reaches_any(
    ann: BackendUser, bob: BackendUser
) -> None:
    [device] = (await ann.client.get(DEVICES)).json()["items"]
    assert device["id"] not in (await bob.client.get(DEVICES)).text
    assert (await bob.client.delete(f"{DEVICES}/{device['id']}")).status_code == 404
    assert (await ann.client.get(ME)).status_code == 200
    key = await ann.api_key(scope="write")
    headers = {"Authorization": f"Bearer {key['key']}"}
    assert (await ann.client.delete(f"{DEVICES}/{device['id']}", headers=headers)).status_code == 403


async def test_only_the_programs_of_a_session_are_told_that_it_ended(
    ann: BackendUser, client: httpx.AsyncClient, backend: RunningBackend
) -> None:
    phone = await sign_in(client, "ann", "phone")
    async with backend.client() as other:
        other.headers["Authorization"] = phone
        async with listening(other) as ended, listening(ann.client) as going_on:
            await ended.next()
            await going_on.next()
            [device] = [
                item for item in (await ann.client.get(DEVICES)).json()["items"] if item["name"] == "phone"
            ]
            await ann.client.delete(f"{DEVICES}/{device['id']}")
            message = await ended.next_event()
            assert (message.event, json.loads(message.data)["signed_in"]) == ("session.changed", False)
            with pytest.raises(EndOfStream):
                await ended.next_event()
            created = await ann.preview(await ann.project())
            assert (await going_on.next_event()).preview()["id"] == created["preview"]["id"]


async def test_a_device_is_forgotten_with_its_last_session(
    ann: BackendUser, backend: RunningBackend, clock: MovableClock
) -> None:
    clock.advance(days=61)
    await Housekeeping(backend.resources.database, clock).sweep()
    async with backend.resources.database.transaction(writes=False) as transaction:
        assert await transaction.session.scalar(select(func.count()).select_from(DeviceRow)) == 0
