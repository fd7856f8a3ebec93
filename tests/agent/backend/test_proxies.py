"""Through a corporate proxy: CONNECT with credentials, TLS with the backend inside, refusals told plainly."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme
from hivesync_agent.backend.failures import ProxyRefused
from hivesync_agent.upstream import Upstream, UpstreamUnreachable
from hivesync_dev.servers.connect_proxy import ConnectProxy
from hivesync_dev.servers.upstream_backend import UpstreamBackend

NAME = "api.hivesync.example"
ORIGIN = f"https://{NAME}"
VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the proxies of this machine."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def authority() -> trustme.CA:
    """A company's own certificate authority."""
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    """Its certificate, as a user would name it in SSL_CERT_FILE."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def server_context(authority: trustme.CA, name: str) -> ssl.SSLContext:
    """Give the TLS of a server of that name."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture
async def backend(authority: trustme.CA) -> AsyncIterator[UpstreamBackend]:
    """A backend that is only reached by the proxy: its name resolves nowhere else."""
    backend = UpstreamBackend(tls=server_context(authority, NAME))
    await backend.start()
    yield backend
    await backend.stop()


async def ask(ca_file: str, times: int = 1) -> list[int]:
    """Ask for the backend's health."""
    upstream = Upstream(ORIGIN, ca_file=ca_file)
    try:
        return [(await upstream.exchange("GET", "/health", None, None))[0] for _ in range(times)]
    finally:
        await upstream.close()


async def test_the_backend_is_reached_through_the_proxy_that_sees_only_its_name(
    backend: UpstreamBackend, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ConnectProxy(backend.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url())
        assert await ask(ca_file, times=2) == [200, 200]
    assert proxy.heads == [f"CONNECT {NAME}:443 HTTP/1.1\r\nHost: {NAME}:443\r\n\r\n".encode()]
    assert backend.journal[0].header("Host") == NAME
    assert backend.journal[0].header("Proxy-Authorization") is None


async def test_the_proxy_gets_the_credentials_that_its_address_names(
    backend: UpstreamBackend, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ConnectProxy(backend.port, credentials="ada:p@ss:word/ü") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url("ada:p%40ss%3Aword%2F%C3%BC"))
        assert await ask(ca_file) == [200]
    assert backend.journal[0].header("Proxy-Authorization") is None


@pytest.mark.parametrize("credentials", [None, "ada:wrong"])
async def test_a_proxy_that_wants_other_credentials_is_told_of(
    backend: UpstreamBackend, ca_file: str, monkeypatch: pytest.MonkeyPatch, credentials: str | None
) -> None:
    async with ConnectProxy(backend.port, credentials="ada:right") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url(credentials))
        with pytest.raises(ProxyRefused, match="HTTPS_PROXY") as caught:
            await ask(ca_file)
    assert "wrong" not in str(caught.value)
    assert backend.journal == []


async def test_a_proxy_that_forbids_the_backend_is_told_of(
    backend: UpstreamBackend, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ConnectProxy(backend.port, refusal=b"403 Forbidden") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url())
        with pytest.raises(ProxyRefused, match="403"):
            await ask(ca_file)


async def test_a_proxy_that_speaks_tls_itself(
    backend: UpstreamBackend, authority: trustme.CA, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ConnectProxy(backend.port, tls=server_context(authority, "127.0.0.1")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url())
        assert await ask(ca_file) == [200]


async def test_a_proxy_that_answers_for_the_backend_is_not_believed(
    backend: UpstreamBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that opens TLS shows a certificate of its own: refused unless the user trusts its authority."""
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    async with ConnectProxy(backend.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url())
        with pytest.raises(UpstreamUnreachable, match="SSL_CERT_FILE"):
            await ask(str(other))
    assert backend.journal == []


@pytest.mark.parametrize("url", ["socks5://127.0.0.1:1080", "127.0.0.1", "http://"])
async def test_an_address_that_is_no_http_proxy_is_told_of(
    ca_file: str, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", url)
    with pytest.raises(UpstreamUnreachable, match="HTTPS_PROXY"):
        await ask(ca_file)


async def test_a_proxy_that_is_named_later_is_used_for_the_next_connection(
    backend: UpstreamBackend, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Laptops move between networks while the agent runs."""
    upstream = Upstream(ORIGIN, ca_file=ca_file, connect_seconds=2.0)
    with pytest.raises(UpstreamUnreachable):
        await upstream.exchange("GET", "/health", None, None)
    async with ConnectProxy(backend.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url())
        assert (await upstream.exchange("GET", "/health", None, None))[0] == 200
        await upstream.close()


async def test_no_proxy_is_honoured(
    backend: UpstreamBackend, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ConnectProxy(backend.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url())
        monkeypatch.setenv("NO_PROXY", ".hivesync.example")
        with pytest.raises(UpstreamUnreachable):
            await ask(ca_file)  # the name resolves nowhere, and the proxy is not asked
    assert proxy.heads == []
