"""The way to the backend, broken at each of its steps by real sockets: the step is named, and what to do."""

from __future__ import annotations

import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp import web
from hivesync_agent.cli.checks.finding import Finding, Grade, first_cause
from hivesync_contract.health import Health
from hivesync_dev.diagnosis import Doctor
from hivesync_dev.servers.connect_proxy import ConnectProxy
from hivesync_dev.servers.fake_backend import FakeBackend
from hivesync_dev.servers.scripted import json_answer
from hivesync_dev.servers.upstream_backend import UpstreamBackend
from hivesync_dev.stack.ports import free_ports

NAME = "api.hivesync.example"
PASSWORD = "canary-of-the-proxy"
HEALTH = "/api/v1/health"
Serve = Callable[..., AbstractAsyncContextManager[UpstreamBackend]]


@pytest.fixture
def authority() -> trustme.CA:
    """A company's own certificate authority."""
    return trustme.CA(organization_name="Example Works")


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust that authority, as a user does by SSL_CERT_FILE."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


@pytest.fixture
def serve(authority: trustme.CA) -> Serve:
    """Serve the backend by TLS, with a certificate of that authority."""

    @asynccontextmanager
    async def serve(name: str = "127.0.0.1", **validity: Any) -> AsyncIterator[UpstreamBackend]:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(name, **validity).configure_cert(context)
        backend = UpstreamBackend(tls=context)
        await backend.start()
        yield backend
        await backend.stop()

    return serve


def cause(found: dict[str, Finding]) -> Finding:
    first = first_cause(list(found.values()))
    assert first is not None
    assert first.remedy
    assert PASSWORD not in repr(found)
    return first


# --- the proxy ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("trusted")
async def test_all_is_well_through_a_proxy(
    doctor: Doctor, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serve(NAME) as backend, ConnectProxy(backend.port, credentials=f"ada:{PASSWORD}") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url(f"ada:{PASSWORD}"))
        found = await doctor.look(f"https://{NAME}")
    assert found["proxy"].text == f"http://127.0.0.1:{proxy.port} (with credentials) lets us through"
    for check in ("DNS", "connection", "certificate", "backend", "clock"):
        assert found[check].grade is Grade.OK, found[check]
    assert PASSWORD not in repr(found)


@pytest.mark.parametrize(
    ("typed", "text"),
    [(None, "asks for a user name and password"), ("ada:wrong", "refuses its user name and password")],
)
async def test_a_proxy_that_wants_other_credentials(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, typed: str | None, text: str
) -> None:
    async with ConnectProxy(free_ports(1)[0], credentials=f"ada:{PASSWORD}") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url(typed))
        first = cause(await doctor.look(f"https://{NAME}"))
    assert first.check == "proxy"
    assert text in first.text
    assert "HTTPS_PROXY=http://user:password@host:port" in first.remedy


async def test_a_proxy_that_forbids_the_backend(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    async with ConnectProxy(free_ports(1)[0], refusal=b"403 Forbidden") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url())
        first = cause(await doctor.look(f"https://{NAME}"))
    assert (first.check, f"forbids connections to {NAME}" in first.text) == ("proxy", True)


async def test_a_proxy_that_is_not_there(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://ada:{PASSWORD}@127.0.0.1:{free_ports(1)[0]}")
    found = await doctor.look(f"https://{NAME}")
    assert cause(found).check == "proxy"
    assert "Connection refused" in cause(found).text
    assert found["Worker"].follows_from == "proxy"


@pytest.mark.parametrize("typed", ["socks5://127.0.0.1:1080", "proxy.example", "http://"])
async def test_a_proxy_whose_address_is_none(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", typed)
    first = cause(await doctor.look(f"https://{NAME}"))
    assert (first.check, "HTTPS_PROXY" in first.remedy) == ("proxy", True)


async def test_a_proxy_is_not_asked_about_this_machine(
    doctor: Doctor, backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_ports(1)[0]}")
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_ports(1)[0]}")
    found = await doctor.look(backend.origin)
    assert found["backend"].grade is Grade.OK


# --- name and connection --------------------------------------------------------------------------------


async def test_a_name_that_does_not_resolve(doctor: Doctor) -> None:
    found = await doctor.look("https://api.hivesync.invalid")
    assert cause(found).check == "DNS"
    assert "api.hivesync.invalid" in cause(found).text
    assert found["connection"].grade is Grade.UNKNOWN


async def test_a_port_where_nobody_listens(doctor: Doctor) -> None:
    port = free_ports(1)[0]
    first = cause(await doctor.look(f"http://127.0.0.1:{port}"))
    assert (first.check, first.text) == ("connection", f"127.0.0.1, port {port}: Connection refused")


# --- certificates ---------------------------------------------------------------------------------------


async def test_a_private_authority_that_is_not_trusted_is_named(doctor: Doctor, serve: Serve) -> None:
    async with serve() as backend:
        found = await doctor.look(backend.url)
    first = cause(found)
    assert first.check == "certificate"
    assert "“Example Works”, whom this machine does not trust" in first.text
    assert "SSL_CERT_FILE" in first.remedy
    assert backend.journal == []  # looking at a certificate that is not trusted asks nothing


@pytest.mark.usefixtures("trusted")
async def test_a_private_authority_that_is_trusted(doctor: Doctor, serve: Serve) -> None:
    async with serve() as backend:
        found = await doctor.look(backend.url)
    assert found["certificate"].grade is found["backend"].grade is Grade.OK


@pytest.mark.usefixtures("trusted")
async def test_a_certificate_that_has_ended(doctor: Doctor, serve: Serve) -> None:
    ended = datetime.now(UTC) - timedelta(days=3)
    async with serve(not_before=ended - timedelta(days=9), not_after=ended) as backend:
        first = cause(await doctor.look(backend.url))
    assert first.text.startswith(f"its certificate ended on {ended.date()}")
    assert "set the clock" in first.remedy


@pytest.mark.usefixtures("trusted")
async def test_a_certificate_that_has_not_begun_is_a_matter_of_the_clock(
    doctor: Doctor, serve: Serve
) -> None:
    begins = datetime.now(UTC) + timedelta(days=3)
    async with serve(not_before=begins, not_after=begins + timedelta(days=9)) as backend:
        first = cause(await doctor.look(backend.url))
    assert first.text.startswith(f"its certificate begins on {begins.date()}")
    assert first.remedy == "Set this machine's clock."


@pytest.mark.usefixtures("trusted")
async def test_a_certificate_for_another_name(doctor: Doctor, serve: Serve) -> None:
    async with serve("portal.example") as backend:
        first = cause(await doctor.look(backend.url))
    assert first.text == "its certificate is for portal.example, not for 127.0.0.1"


async def test_a_server_that_speaks_no_tls(doctor: Doctor, backend: FakeBackend) -> None:
    first = cause(await doctor.look(backend.origin.replace("http:", "https:")))
    assert (first.check, "does not speak TLS" in first.text) == ("certificate", True)


@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_an_ssl_cert_file_that_can_not_be_used(
    doctor: Doctor, serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    path = tmp_path / "mine.pem"
    if content:
        path.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    async with serve() as backend:
        first = cause(await doctor.look(backend.url))
    assert (first.check, "SSL_CERT_FILE can't be used" in first.text) == ("certificate", True)


# --- the backend ----------------------------------------------------------------------------------------


async def test_a_backend_of_a_newer_api_is_named(doctor: Doctor, backend: FakeBackend) -> None:
    backend.on("GET", HEALTH, json_answer(Health("ok", "9.0.0", "production", [], api_min=2, api_max=3)))
    first = cause(await doctor.look(backend.origin))
    assert first.text == "9.0.0 speaks versions 2 to 3 of its API, and this machine 1 to 1"
    assert first.remedy == "Update HiveSync on this machine."


async def test_a_backend_of_an_older_api_is_named(doctor: Doctor, backend: FakeBackend) -> None:
    backend.on("GET", HEALTH, json_answer(Health("ok", "0.0.1", "production", [], api_min=0, api_max=0)))
    assert cause(await doctor.look(backend.origin)).remedy == "Update the backend."


async def test_something_else_that_answers_is_no_backend(doctor: Doctor, backend: FakeBackend) -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text="<html>Welcome")

    backend.on("GET", HEALTH, page)
    assert "no HiveSync backend" in cause(await doctor.look(backend.origin)).text


async def test_a_portal_s_redirect_is_told_and_not_followed(doctor: Doctor, backend: FakeBackend) -> None:
    async def redirect(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": f"{backend.origin}/portal"})

    backend.on("GET", HEALTH, redirect)
    assert "sign in with a browser" in cause(await doctor.look(backend.origin)).remedy
    assert backend.asked("GET", "/portal") == []


async def test_a_backend_that_is_not_well(doctor: Doctor, backend: FakeBackend) -> None:
    backend.on("GET", HEALTH, json_answer({}, 503))
    assert cause(await doctor.look(backend.origin)).text == "it is not well: status 503"


@pytest.mark.parametrize(("date", "text"), [("2024", "ahead of"), ("2064", "behind")])
async def test_a_wrong_clock_is_named_and_explains_a_refused_session(
    doctor: Doctor, backend: FakeBackend, date: str, text: str
) -> None:
    told = {"Date": f"Tue, 01 Jan {date} 00:00:00 GMT"}
    backend.on("GET", HEALTH, json_answer(Health("ok", "0.0.0", "local", []), headers=told))
    found = await doctor.look(backend.origin)
    assert cause(found).check == "clock"
    assert re.fullmatch(rf"\d+ days {text} the backend", cause(found).text)
    assert found["session"].follows_from == "clock"


async def hang_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def test_a_backend_of_this_machine_that_takes_connections_and_says_nothing(
    doctor: Doctor, backend: FakeBackend
) -> None:
    backend.on("GET", HEALTH, hang_up)
    first = cause(await doctor.look(backend.origin))
    assert (first.check, "start it again" in first.remedy) == ("backend", True)


# --- Worker and storage ---------------------------------------------------------------------------------


def names(backend: FakeBackend, worker: str | None, *storage: str) -> None:
    health = Health("ok", "0.0.0", "local", [*storage, *([worker] if worker else [])], worker)
    backend.on("GET", HEALTH, json_answer(health))


@pytest.mark.usefixtures("signed_in")
async def test_a_worker_that_is_well(doctor: Doctor, backend: FakeBackend) -> None:
    async with FakeBackend() as worker:
        names(backend, worker.origin)
        found = await doctor.look(backend.origin)
    assert found["Worker"].grade is Grade.OK
    assert "storage" not in found  # the same place
    assert [request.headers.get("Authorization") for request in worker.requests] == [None]


@pytest.mark.usefixtures("signed_in")
async def test_a_worker_that_is_not_well(doctor: Doctor, backend: FakeBackend) -> None:
    async with FakeBackend() as worker:
        worker.on("GET", "/health", json_answer({}, 503))
        names(backend, worker.origin)
        first = cause(await doctor.look(backend.origin))
    assert first.check == "Worker"
    assert "no preview can be built or shown" in first.text
    assert "start it again" in first.remedy


@pytest.mark.usefixtures("signed_in")
async def test_a_worker_and_a_storage_that_are_not_there(doctor: Doctor, backend: FakeBackend) -> None:
    worker, storage = (f"http://127.0.0.1:{free_ports(1)[0]}" for _ in range(2))
    names(backend, worker, storage)
    found = await doctor.look(backend.origin)
    assert [check for check, each in found.items() if each.grade is Grade.WRONG] == ["storage", "Worker"]
    assert found["storage"].text.startswith(f"{storage}: 127.0.0.1, port")
    assert ["It runs on this machine" in found[name].remedy for name in ("storage", "Worker")] == [True] * 2


@pytest.mark.usefixtures("signed_in")
async def test_a_worker_of_this_machine_that_takes_connections_and_says_nothing(
    doctor: Doctor, backend: FakeBackend
) -> None:
    async with FakeBackend() as worker:
        worker.on("GET", "/health", hang_up)
        names(backend, worker.origin)
        first = cause(await doctor.look(backend.origin))
    assert (first.check, "gives no answer" in first.text) == ("Worker", True)
    assert "It runs on this machine" in first.remedy


@pytest.mark.usefixtures("signed_in")
async def test_a_worker_at_an_address_that_is_not_safe_is_not_asked(
    doctor: Doctor, backend: FakeBackend
) -> None:
    names(backend, "http://worker.hivesync.invalid")
    first = cause(await doctor.look(backend.origin))
    assert (first.check, "is not https" in first.text) == ("Worker", True)


@pytest.mark.usefixtures("signed_in")
async def test_a_backend_that_does_not_tell_of_its_worker(doctor: Doctor, backend: FakeBackend) -> None:
    found = await doctor.look(backend.origin)
    assert found["Worker"].grade is Grade.NOTE
