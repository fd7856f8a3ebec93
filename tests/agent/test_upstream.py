"""The agent dials one origin: by TLS that the system trusts, by its proxy, and never loopback by a proxy."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme
from hivesync_agent.backend.proxy import system_proxy
from hivesync_agent.offline.verdict import Verdict, judge
from hivesync_agent.upstream import (
    ANSWER_BYTES,
    Upstream,
    UpstreamProblem,
    UpstreamUnreachable,
    decode_answer,
    read_problem,
)
from hivesync_agent.wire.messages import AnswerHead, by_name
from hivesync_contract.errors import ErrorCode
from hivesync_contract.health import Health
from hivesync_dev.servers.upstream_backend import UpstreamBackend


@pytest.fixture
def authority() -> trustme.CA:
    """A certificate authority that nobody knows."""
    return trustme.CA()


@pytest.fixture
async def tls_backend(authority: trustme.CA) -> AsyncIterator[UpstreamBackend]:
    """A backend with a certificate of that authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    backend = UpstreamBackend(tls=context)
    await backend.start()
    yield backend
    await backend.stop()


async def health(upstream: Upstream) -> Health:
    """Make one call."""
    try:
        return decode_answer(*await upstream.exchange("GET", "/health", None, None), Health)
    finally:
        await upstream.close()


async def test_an_unknown_certificate_is_refused(tls_backend: UpstreamBackend) -> None:
    with pytest.raises(UpstreamUnreachable):
        await health(Upstream(tls_backend.url))
    assert tls_backend.journal == []


async def test_a_corporate_authority_is_trusted_when_the_user_names_it(
    tls_backend: UpstreamBackend, authority: trustme.CA, tmp_path: Path
) -> None:
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    assert (await health(Upstream(tls_backend.url, ca_file=str(ca_file)))).status == "ok"


PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


async def test_loopback_never_goes_through_a_proxy(
    backend: UpstreamBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in PROXIES:
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert (await health(Upstream(backend.url))).status == "ok"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.9.9.9", "[::1]"])
def test_no_spelling_of_loopback_has_a_proxy(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    assert system_proxy(f"https://{host}:8443").url is None


def test_the_backend_has_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
    assert system_proxy("https://api.example").url is None
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    assert system_proxy("https://api.example").url == "http://proxy.example:3128"
    monkeypatch.setenv("no_proxy", "api.example")
    assert system_proxy("https://api.example").url is None


async def test_a_netrc_adds_nothing(
    backend: UpstreamBackend, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ada password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    await health(Upstream(backend.url))
    assert backend.journal[0].header("Authorization") is None


async def test_cookies_are_not_kept(signed_in_upstream: Upstream, backend: UpstreamBackend) -> None:
    backend.answer_headers = [("Set-Cookie", "a=b; Path=/")]
    for _ in range(2):
        await signed_in_upstream.exchange("GET", "/answer/200", None, backend.identity.issued[0])
    assert [seen.header("Cookie") for seen in backend.journal] == [None, None]


@pytest.fixture
async def signed_in_upstream(backend: UpstreamBackend) -> AsyncIterator[Upstream]:
    """An upstream of a backend that has given out an access token."""
    tokens = backend.identity.sign_in()
    backend.identity.issued.insert(0, str(tokens["access_token"]))
    upstream = Upstream(backend.url)
    yield upstream
    await upstream.close()


async def test_a_redirect_of_our_own_call_is_an_error(
    signed_in_upstream: Upstream, backend: UpstreamBackend
) -> None:
    backend.answer_headers = [("Location", "https://evil.example/")]
    status, answer = await signed_in_upstream.exchange("GET", "/answer/302", None, backend.identity.issued[0])
    with pytest.raises(UpstreamProblem):
        decode_answer(status, answer, Health)
    assert len(backend.journal) == 1


async def test_an_answer_without_end_is_given_up(
    signed_in_upstream: Upstream, backend: UpstreamBackend
) -> None:
    path = f"/streams/download?bytes={ANSWER_BYTES * 4}"
    with pytest.raises(UpstreamUnreachable, match="too large"):
        await signed_in_upstream.exchange("GET", path, None, backend.identity.issued[0])


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"status": "ok"}', b"\xff"])
def test_an_answer_of_another_shape_is_no_answer(answer: bytes) -> None:
    with pytest.raises(UpstreamUnreachable):
        decode_answer(200, answer, Health)


def test_a_proxys_error_page_becomes_a_problem() -> None:
    problem = read_problem(502, b"<html>Bad gateway</html>")
    assert (problem.status, problem.code) == (502, ErrorCode.UPSTREAM_UNREACHABLE)


def test_a_problem_keeps_the_backends_words() -> None:
    body = b'{"title":"Payment Required","status":402,"code":"TIER_LIMIT","detail":"Five an hour.","limit":5}'
    with pytest.raises(UpstreamProblem) as caught:
        decode_answer(402, body, Health)
    assert caught.value.code is ErrorCode.TIER_LIMIT
    assert (caught.value.status, caught.value.problem().limit) == (402, 5)


async def test_a_switch_of_protocols_is_no_answer_to_a_call_of_our_own() -> None:
    async def switch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
        await reader.read()
        writer.close()
        await writer.wait_closed()
        ended.set()

    ended = asyncio.Event()
    async with await asyncio.start_server(switch, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(UpstreamUnreachable):
            await health(Upstream(f"http://127.0.0.1:{port}"))
        await ended.wait()


JSON = b"application/json; charset=utf-8"
HTML = b"text/html"


@pytest.mark.parametrize(
    ("status", "media_type", "body", "verdict"),
    [
        (101, JSON, b"", Verdict.FAILED),
        (200, JSON, b'{"id": "1"}', Verdict.DONE),
        (201, b"Application/JSON", b'{"id": "1"}', Verdict.DONE),
        (204, None, b"", Verdict.DONE),
        (200, HTML, b"<h1>Sign in to this network</h1>", Verdict.FAILED),
        (200, JSON, b"<h1>Sign in to this network</h1>", Verdict.FAILED),
        (200, None, b"", Verdict.FAILED),
        (204, HTML, b"<h1>page</h1>", Verdict.FAILED),
        (302, HTML, b"", Verdict.FAILED),
        (403, HTML, b"<h1>Blocked</h1>", Verdict.FAILED),
        (403, b"application/problem+json", b'{"code": "FORBIDDEN"}', Verdict.REFUSED),
    ],
)
def test_only_the_backends_own_word_ends_a_change_that_waited(
    status: int, media_type: bytes | None, body: bytes, verdict: Verdict
) -> None:
    headers = [] if media_type is None else [(b"Content-Type", media_type)]
    head = AnswerHead(status, b"", headers, by_name(headers), has_body=bool(body), length=len(body))
    assert judge(head, body).verdict is verdict


def test_an_answer_that_is_nested_without_end_is_no_answer() -> None:
    endless = b'{"status":' + b"[" * 100_000
    with pytest.raises(UpstreamUnreachable):
        decode_answer(200, endless, Health)
    assert read_problem(503, b'{"x":' + b"[" * 100_000).code is ErrorCode.UPSTREAM_UNREACHABLE


async def test_a_long_body_is_packed_and_a_short_one_is_not(backend: UpstreamBackend) -> None:
    upstream = Upstream(backend.url)
    try:
        for size in (1_000, 600_000):
            await upstream.exchange("POST", "/projects", b'{"name": "%s"}' % (b"x" * size), None)
    finally:
        await upstream.close()
    encodings = [seen.header("Content-Encoding") for seen in backend.journal]
    lengths = [int(seen.header("Content-Length") or "0") for seen in backend.journal]
    assert encodings == [None, "gzip"]
    assert lengths[1] < 10_000
