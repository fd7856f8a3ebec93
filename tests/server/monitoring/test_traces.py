"""Traces: one request is followed through database, cache and outbox to the Worker, and nothing is told of it
that is anybody's affair.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import BackendUser, preview_path
from hivesync_dev.servers.fake_resend import FakeResend
from hivesync_dev.servers.fake_worker import FakeWorker
from hivesync_dev.servers.trace_receiver import ReceivedSpan, TraceReceiver
from hivesync_dev.servers.webhook_receiver import WebhookReceiver
from hivesync_server.adapters.tracing import open_tracing
from hivesync_server.settings import SettingInvalid, load

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"
KEY = "re_canary_of_the_mail_key"
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


@pytest.fixture
async def servers() -> AsyncIterator[AsyncExitStack]:
    """What else a test starts."""
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
async def receiver(servers: AsyncExitStack) -> TraceReceiver:
    """Where traces go."""
    receiver = TraceReceiver()
    await receiver.start()
    servers.push_async_callback(receiver.stop)
    return receiver


@pytest.fixture
async def environ(
    environ: dict[str, str], receiver: TraceReceiver, servers: AsyncExitStack, redis_url: str
) -> dict[str, str]:
    resend = FakeResend(KEY)
    await resend.start()
    servers.push_async_callback(resend.stop)
    return environ | {
        ENDPOINT: receiver.url,
        "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20canary-of-the-receiver",
        "REDIS_URL": redis_url,
        "EMAIL_PROVIDER": "resend",
        "RESEND_API_KEY": KEY,
        "RESEND_API_URL": resend.url,
    }


async def test_a_request_is_followed_to_the_worker_and_nothing_private_is_told(
    ann: BackendUser, worker: FakeWorker, receiver: TraceReceiver, servers: AsyncExitStack
) -> None:
    hooked = WebhookReceiver()
    await hooked.start()
    servers.push_async_callback(hooked.stop)
    hook = {"url": f"{hooked.origin}/canary-path", "events": ["*"], "project_id": None}
    assert (await ann.client.post("/api/v1/webhooks", json=hook)).status_code == 201
    preview = (await ann.preview(await ann.project("Canary")))["preview"]
    answer = await ann.client.post(
        f"{preview_path(preview)}/complete?canary=1",
        # Who sends "not sampled" is recorded all the same: what is traced is for the operator to say.
        headers={"traceparent": f"00-{TRACE}-{PARENT}-00", "x-request-id": "req-12345"},
    )
    assert answer.is_success, answer.text
    delivered = await worker.next_delivery()

    def named(name: str) -> list[ReceivedSpan]:
        return [span for span in receiver.spans if span.name == name]

    await receiver.wait_for(
        lambda: all(map(named, ("deliver webhook", "send mail", "deliver preview.build")))
    )
    route = "/api/v1/projects/{project_id}/previews/{preview_id}/complete"
    (request,), (delivery,), (post,) = (
        named(f"POST {route}"),
        named("deliver preview.build"),
        named("POST /jobs"),
    )
    assert (request.trace_id, request.parent_id) == (TRACE, PARENT)
    assert request.attributes == {
        "http.request.method": "POST",
        "http.route": route,
        "http.response.status_code": answer.status_code,
        "hivesync.request_id": "req-12345",
    }
    assert (delivery.trace_id, delivery.parent_id) == (TRACE, request.span_id)
    assert delivered.traceparent == f"00-{TRACE}-{post.span_id}-01"
    parents = {span.name: span.parent_id for span in receiver.spans if span.trace_id == TRACE}
    assert {parents[name] for name in ("INSERT jobs", "count")} == {request.span_id}
    assert {parents[name] for name in ("put_object", "POST /jobs")} == {delivery.span_id}
    assert not any(span.failed for span in receiver.spans)
    assert receiver.authorization == "Bearer canary-of-the-receiver"
    secret = (ann.email, ann.profile["id"], preview["id"], preview["project_id"], "anary", hooked.origin)
    assert not [text for text in secret if text in receiver.text]


@pytest.mark.any_database
async def test_failures_and_streams_are_told_at_once(ann: BackendUser, receiver: TraceReceiver) -> None:
    await ann.client.get("/api/v1/canary")
    async with ann.client.stream("GET", "/api/v1/events") as stream:
        assert stream.status_code == 200
        await receiver.wait_for(lambda: any(span.name == "GET /api/v1/events" for span in receiver.spans))
    (unknown,) = [span for span in receiver.spans if span.attributes.get("http.route") == "(unknown)"]
    assert (unknown.name, unknown.failed, unknown.parent_id) == ("GET (unknown)", False, "")


@pytest.mark.any_database
async def test_a_receiver_that_hangs_costs_no_request_and_no_shutdown_any_time(
    environ: dict[str, str],
) -> None:
    taken, left = asyncio.Event(), asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.set()
        while await reader.read(65_536):
            """Take all and answer nothing."""
        writer.close()
        left.set()

    async with await asyncio.start_server(hang, "127.0.0.1", 0) as silent:
        endpoint = f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}"
        server = await BackendProcess(environ | {ENDPOINT: endpoint, "LOG_FORMAT": "json"}).start()
        async with server.client() as client:
            given = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
            await client.get("/api/v1/health", headers=given)
            async with asyncio.timeout(15):
                await taken.wait()  # from here on the sending thread hangs
            # Far above what they take on a machine that is full, far below what waiting for it would take.
            async with asyncio.timeout(20):
                for _ in range(20):
                    assert (await client.get("/api/v1/health")).status_code == 200
        async with asyncio.timeout(9):  # it takes three seconds, and eleven with a wait for the receiver
            assert await server.stop() == 0
        await left.wait()
    lines = [json.loads(line) for line in server.log.splitlines()]
    assert next(line for line in lines if line["message"] == "request")["trace_id"] == TRACE


@pytest.mark.any_database
async def test_a_receiver_that_is_away_costs_nothing_and_gets_what_happens_once_it_is_there(
    environ: dict[str, str], receiver: TraceReceiver
) -> None:
    await receiver.stop()
    server = await BackendProcess(environ).start()
    async with server.client() as client:
        for _ in range(3):
            assert (await client.get("/api/v1/health")).status_code == 200
        await receiver.start()
        for _ in range(3):
            assert (await client.get("/api/v1/health")).status_code == 200
        await receiver.wait_for(lambda: bool(receiver.spans), deadline_seconds=40)
    assert await server.stop() == 0
    assert "Traceback" not in server.log


def test_nothing_that_makes_or_sends_traces_is_loaded_when_no_endpoint_is_set() -> None:
    code = """
import sys
from hivesync_server.app import create_app
from hivesync_server.settings import load
create_app(load({}))
# redis-py loads the interfaces of OpenTelemetry by itself where it finds them.
ours = "opentelemetry.exporter", "opentelemetry.sdk.trace", "hivesync_server.adapters.tracing.otlp"
sys.exit(any(name.startswith(ours) for name in sys.modules))
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_settings_of_traces_are_checked_and_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ((ENDPOINT, "collector:4318"), ("OTEL_TRACES_SAMPLER_ARG", "2")):
        with pytest.raises(SettingInvalid, match=name):
            load({ENDPOINT: "http://collector:4318/", name: value})
    settings = load({ENDPOINT: "https://otlp.example.com/otlp/"}).tracing
    assert settings is not None
    assert (settings.endpoint, settings.share) == ("https://otlp.example.com/otlp", 1.0)
    monkeypatch.setitem(sys.modules, "hivesync_server.adapters.tracing.otlp", None)
    with pytest.raises(SettingInvalid, match=r"hivesync-server\[otel\]"):
        open_tracing(settings)
