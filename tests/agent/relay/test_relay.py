"""What crosses the relay, and what does not."""

from __future__ import annotations

import asyncio
import gzip

import pytest
from hivesync_agent.session.access import AccessTokens
from hivesync_contract.discovery import API_PREFIX
from hivesync_dev.servers.agents import CLIENT, RunningAgent
from hivesync_dev.servers.fake_streams import GZIPPED
from hivesync_dev.servers.raw_http import send_raw
from hivesync_dev.servers.upstream_backend import UpstreamBackend

RELAYED = f"{API_PREFIX}/api/v1"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_method_path_query_and_body_arrive_as_they_were_sent(
    signed_in: RunningAgent, backend: UpstreamBackend, method: str
) -> None:
    target = "/api/v1/projects/a%20b/tasks?q=a+b%2Fc&x=1&x=2&empty="
    head = signed_in.head(f"{method} {API_PREFIX}{target}", "Content-Length: 7", "Content-Type: text/plain")
    answer = await send_raw(signed_in.port, head + b"a\0b\xffc\r\n")
    assert answer is not None
    assert answer.status == 200
    (seen,) = backend.relayed()
    assert (seen.method, seen.target, seen.body) == (method, target, b"a\0b\xffc\r\n")


async def test_the_local_token_stays_and_the_session_goes(
    signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    await signed_in.http.get(f"{signed_in.url}/api/v1/echo", headers={"Idempotency-Key": "k1"})
    (seen,) = backend.relayed()
    assert signed_in.token not in str(seen)
    assert backend.identity.accepts(seen.header("Authorization"))
    assert seen.header("X-HiveSync-Client") == CLIENT
    assert seen.header("Idempotency-Key") == "k1"
    assert seen.header("Host") == f"127.0.0.1:{backend.port}"
    assert len(seen.header("X-Request-ID") or "") == 16


@pytest.mark.parametrize(
    "header",
    [
        "Cookie: session=1",
        "Proxy-Authorization: Basic eDp5",
        "X-Forwarded-For: 10.0.0.1",
        "X-Forwarded-Host: evil.example",
        "Forwarded: for=10.0.0.1",
        "X-Real-IP: 10.0.0.1",
        "X-HTTP-Method-Override: DELETE",
        "X-Original-URL: /api/v1/admin",
        "TE: trailers",
        "Keep-Alive: timeout=5",
        "Proxy-Connection: keep-alive",
        "X-Request-ID: chosen-by-the-client",
        "X-HiveSync-Agent: 9",
        "X-Unknown: 1",
    ],
)
async def test_headers_that_are_not_on_the_list_stay(
    signed_in: RunningAgent, backend: UpstreamBackend, header: str
) -> None:
    answer = await send_raw(signed_in.port, signed_in.head(f"GET {RELAYED}/echo", header))
    assert answer is not None
    assert answer.status == 200
    name, _, value = header.partition(": ")
    assert backend.relayed()[0].header(name) != value


async def test_headers_named_in_connection_belong_to_the_hop(
    signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    headers = (
        "Connection: keep-alive, Prefer, If-Match, Idempotency-Key",
        "Prefer: x",
        "If-Match: y",
        "Accept: text/plain",
        "Idempotency-Key: z",
    )
    await send_raw(signed_in.port, signed_in.head(f"GET {RELAYED}/echo", *headers))
    (seen,) = backend.relayed()
    assert seen.header("Prefer") is None
    assert seen.header("If-Match") is None
    assert seen.header("Accept") == "text/plain"
    assert seen.header("Idempotency-Key") == "z"  # the agent repeats a call because there is a key


async def test_a_hostile_answer_is_made_harmless(signed_in: RunningAgent, backend: UpstreamBackend) -> None:
    backend.answer_headers = [
        ("Set-Cookie", "a=b"),
        ("WWW-Authenticate", "Negotiate"),
        ("Proxy-Authenticate", "NTLM"),
        ("Access-Control-Allow-Origin", "*"),
        ("access-control-allow-credentials", "true"),
        ("X-HiveSync-Agent", "9.9.9"),
        ("Strict-Transport-Security", "max-age=1"),
        ("Alt-Svc", 'h2="evil.example:443"'),
        ("Keep-Alive", "timeout=9"),
        ("Connection", "X-Hop"),
        ("X-Hop", "1"),
        ("ETag", '"1"'),
        ("Link", "<a>; rel=next"),
        ("Link", "<b>; rel=prev"),
    ]
    answer = await send_raw(signed_in.port, signed_in.head(f"GET {RELAYED}/answer/200"))
    assert answer is not None
    names = {name.lower() for name, _ in answer.headers}
    assert names & {name.lower() for name, _ in backend.answer_headers} <= {"etag", "link", "connection"}
    assert [value for name, value in answer.headers if name == "Link"] == ["<a>; rel=next", "<b>; rel=prev"]


@pytest.mark.parametrize("location", ["https://evil.example/", "//evil.example", "/api/v1/admin"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_passed_on_and_never_followed(
    signed_in: RunningAgent, backend: UpstreamBackend, status: int, location: str
) -> None:
    backend.answer_headers = [("Location", location)]
    answer = await send_raw(signed_in.port, signed_in.head(f"GET {RELAYED}/answer/{status}"))
    assert answer is not None
    assert (answer.status, answer.header("Location")) == (status, location)
    assert len(backend.relayed()) == 1


@pytest.mark.parametrize("status", [200, 201, 204, 304, 400, 404, 409, 418, 500, 503])
async def test_every_status_is_the_backends_own(signed_in: RunningAgent, status: int) -> None:
    answer = await send_raw(
        signed_in.port, signed_in.head(f"GET {RELAYED}/answer/{status}", "Connection: close")
    )
    assert answer is not None
    assert answer.status == status
    assert answer.header("X-HiveSync-Agent") is None
    assert answer.body == (b"" if status in (204, 304) else b"the body")


async def test_head_has_the_length_and_no_body(signed_in: RunningAgent) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", signed_in.port)
    writer.write(signed_in.head(f"HEAD {RELAYED}/answer/200") + signed_in.head(f"GET {RELAYED}/answer/200"))
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    assert b"content-length: 8\r\n" in head
    assert b"transfer-encoding" not in head
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
    assert await reader.readexactly(8) == b"the body"
    writer.close()


async def test_a_compressed_answer_stays_compressed(signed_in: RunningAgent) -> None:
    answer = await signed_in.http.get(f"{signed_in.url}/api/v1/streams/gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert await answer.read() == GZIPPED


async def test_a_compressed_request_stays_compressed(
    signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    body = gzip.compress(b"compressed by the client", mtime=0)
    headers = {"Content-Encoding": "gzip"}
    await signed_in.http.post(f"{signed_in.url}/api/v1/echo", data=body, headers=headers)
    assert backend.relayed()[0].body == body


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "admin"),
        ("GET", "admin/users"),
        ("GET", "Admin/users"),
        ("POST", "ADMIN/anything"),
        ("GET", "auth/sessions"),
        ("POST", "auth/login"),
        ("POST", "auth/refresh"),
        ("POST", "auth/logout"),
        ("GET", "auth"),
        ("GET", "auth/"),
        ("GET", "auth/me/"),
        ("GET", "auth/me/x"),
        ("GET", "AUTH/me"),
        ("POST", "auth/device/token"),
        ("POST", "api-keys"),
        ("DELETE", "api-keys/1"),
        ("PATCH", "API-Keys/1"),
        ("PUT", "api-keys/1"),
        ("OPTIONS", "api-keys"),
    ],
)
async def test_what_would_outlive_the_agent_is_not_relayed(
    signed_in: RunningAgent, backend: UpstreamBackend, method: str, path: str
) -> None:
    answer = await send_raw(signed_in.port, signed_in.head(f"{method} {RELAYED}/{path}", "Content-Length: 0"))
    assert answer is not None
    assert answer.status == 403
    assert answer.header("X-HiveSync-Agent")
    assert backend.relayed() == []


@pytest.mark.parametrize("path", ["auth/me", "api-keys", "projects", "authors", "administrators", "health"])
async def test_what_looks_like_it_is_relayed(
    signed_in: RunningAgent, backend: UpstreamBackend, path: str
) -> None:
    assert (await signed_in.http.get(f"{signed_in.url}/api/v1/{path}")).status == 200
    assert [seen.target for seen in backend.relayed()] == [f"/api/v1/{path}"]


async def test_health_needs_no_session_and_gets_none(agent: RunningAgent, backend: UpstreamBackend) -> None:
    answer = await agent.http.get(f"{agent.url}/api/v1/health")
    assert answer.status == 200
    assert backend.relayed()[0].header("Authorization") is None


async def test_signed_out_is_told_by_the_agent(agent: RunningAgent, backend: UpstreamBackend) -> None:
    answer = await agent.http.get(f"{agent.url}/api/v1/projects")
    assert answer.status == 401
    assert (await answer.json(content_type=None))["code"] == "AUTH_REQUIRED"
    assert answer.headers["X-HiveSync-Agent"]
    assert backend.relayed() == []


async def test_an_absent_backend_is_503_and_its_return_is_noticed(
    signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    assert (await signed_in.http.get(f"{signed_in.url}/api/v1/echo")).status == 200
    await backend.stop()
    answer = await signed_in.http.get(f"{signed_in.url}/api/v1/echo?never=asked")
    assert answer.status == 503
    assert (await answer.json(content_type=None))["code"] == "UPSTREAM_UNREACHABLE"
    assert answer.headers["X-HiveSync-Agent"]
    await backend.start()
    assert (await signed_in.http.get(f"{signed_in.url}/api/v1/echo")).status == 200


async def test_a_restarted_backend_costs_no_request(
    signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    """The pool holds connections of the backend that is gone; none of them may fail a request."""
    url = f"{signed_in.url}/api/v1/echo"
    await asyncio.gather(*(signed_in.http.get(url) for _ in range(8)))
    await backend.stop()
    await backend.start()
    answers = await asyncio.gather(*(signed_in.http.get(url) for _ in range(8)))
    assert [answer.status for answer in answers] == [200] * 8


async def test_a_refused_token_is_replaced_once_and_the_call_repeated(
    signed_in: RunningAgent, backend: UpstreamBackend
) -> None:
    backend.identity.end_access_tokens()
    answer = await signed_in.http.post(f"{signed_in.url}/api/v1/echo", data=b"again")
    assert answer.status == 200
    assert [seen.body for seen in backend.relayed()] == [b"", b"again"]
    assert isinstance(signed_in.agent.access, AccessTokens)


async def test_a_streamed_body_is_not_sent_twice(signed_in: RunningAgent, backend: UpstreamBackend) -> None:
    backend.identity.end_access_tokens()
    url = f"{signed_in.url}/api/v1/echo"
    async with signed_in.http.post(url, data=bytes(200_000)) as answer:
        assert answer.status == 401
        assert len(backend.relayed()) == 1
        assert answer.headers.get("X-HiveSync-Agent") is None
    # The next one finds a fresh token: the refusal was noticed.
    async with signed_in.http.post(url, data=bytes(200_000)) as answer:
        assert answer.status == 200
