"""Where a request goes, whatever names and servers try: real sockets, and a resolver that lies as told."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest
import trustme
from hivesync_contract.webhooks import DeliveryFailure
from hivesync_dev.servers.webhook_receiver import WebhookReceiver
from hivesync_server.adapters.outbound.client import ANSWER_BYTES, TOTAL_SECONDS, Outbound, OutboundFailed
from hivesync_server.adapters.outbound.dialler import SystemResolver

NAME = "hooks.example.com"


@dataclass(slots=True)
class FakeResolver:
    """Gives the next of its answers, and the last one for ever."""

    answers: list[Sequence[str]]
    asked: list[str] = field(default_factory=list)

    async def resolve(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def certificate(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture
async def receiver(authority: trustme.CA) -> AsyncIterator[WebhookReceiver]:
    """The server of that name, at an address that nothing else listens on."""
    receiver = await WebhookReceiver(certificate(authority, NAME), host="127.0.0.9").start()
    yield receiver
    await receiver.stop()


def outbound(
    trusting: ssl.SSLContext,
    *answers: Sequence[str],
    loopback: bool = True,
    total_seconds: float = TOTAL_SECONDS,
) -> Outbound:
    return Outbound(loopback, FakeResolver(list(answers)), trusting, total_seconds)


async def post(outbound: Outbound, receiver: WebhookReceiver, host: str = NAME) -> int:
    target = outbound.target(f"https://{host}:{receiver.port}/hook?a=1")
    return (await outbound.post(target, {"webhook-id": "1"}, b"{}")).status


async def failure(outbound: Outbound, receiver: WebhookReceiver) -> DeliveryFailure:
    with pytest.raises(OutboundFailed) as caught:
        await post(outbound, receiver)
    return caught.value.failure


async def test_a_request_reaches_the_address_that_was_checked_by_its_name(
    receiver: WebhookReceiver, trusting: ssl.SSLContext
) -> None:
    out = outbound(trusting, ["127.0.0.9"])
    assert await post(out, receiver) == 204
    (message,) = receiver.messages
    assert message.headers["host"] == f"{NAME}:{receiver.port}"
    assert (message.body, message.headers["content-length"], message.path) == (b"{}", "2", "/hook")
    assert out.resolver.asked == [NAME]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.9"], ["8.8.8.8", "127.0.0.9"], ["10.0.0.1"], ["::ffff:127.0.0.9"], ["169.254.169.254"]],
)
async def test_a_name_that_leads_inside_is_refused_without_a_connection(
    receiver: WebhookReceiver, trusting: ssl.SSLContext, addresses: list[str]
) -> None:
    out = outbound(trusting, addresses, loopback=False)
    assert await failure(out, receiver) is DeliveryFailure.ADDRESS_REFUSED
    assert receiver.messages == []


async def test_a_name_that_moves_after_the_check_gains_nothing(
    receiver: WebhookReceiver, trusting: ssl.SSLContext, authority: trustme.CA
) -> None:
    inside = await WebhookReceiver(certificate(authority, NAME), host="127.0.0.8", port=receiver.port).start()
    out = outbound(trusting, ["127.0.0.9"], ["127.0.0.8"], ["10.0.0.1"])
    assert await post(out, receiver) == 204
    assert (len(receiver.messages), len(inside.messages)) == (1, 0)
    # And the next request asks anew, instead of using an old connection.
    assert await post(out, receiver) == 204
    assert (len(receiver.messages), len(inside.messages)) == (1, 1)
    assert await failure(out, receiver) is DeliveryFailure.ADDRESS_REFUSED
    await inside.stop()


async def test_the_next_address_is_tried_when_one_does_not_answer(
    receiver: WebhookReceiver, trusting: ssl.SSLContext
) -> None:
    assert await post(outbound(trusting, ["127.0.0.7", "127.0.0.9"]), receiver) == 204
    assert await failure(outbound(trusting, ["127.0.0.7"]), receiver) is DeliveryFailure.CONNECTION_FAILED
    assert await failure(outbound(trusting, []), receiver) is DeliveryFailure.NAME_UNKNOWN


async def test_the_certificate_must_be_of_the_name_and_trusted(
    receiver: WebhookReceiver, trusting: ssl.SSLContext
) -> None:
    stranger = outbound(ssl.create_default_context(), ["127.0.0.9"])
    assert await failure(stranger, receiver) is DeliveryFailure.CERTIFICATE_INVALID
    out = outbound(trusting, ["127.0.0.9"])
    with pytest.raises(OutboundFailed) as caught:
        await post(out, receiver, "other.example.com")
    assert caught.value.failure is DeliveryFailure.CERTIFICATE_INVALID
    assert receiver.messages == []


async def test_a_redirect_is_an_answer_and_not_followed(
    receiver: WebhookReceiver, trusting: ssl.SSLContext
) -> None:
    receiver.status, receiver.headers = 307, {"Location": f"https://{NAME}:{receiver.port}/elsewhere"}
    assert await post(outbound(trusting, ["127.0.0.9"]), receiver) == 307
    assert [message.path for message in receiver.messages] == ["/hook"]


async def test_no_proxy_of_the_environment_is_used(
    receiver: WebhookReceiver, trusting: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert await post(outbound(trusting, ["127.0.0.9"]), receiver) == 204


async def test_a_server_that_does_not_answer_costs_no_more_than_the_time_limit(
    receiver: WebhookReceiver, trusting: ssl.SSLContext
) -> None:
    receiver.held.add("/hook")
    out = outbound(trusting, ["127.0.0.9"], total_seconds=0.5)
    assert await failure(out, receiver) is DeliveryFailure.TIMEOUT


async def test_a_name_or_an_address_that_hangs_costs_no_more_than_the_time_to_connect(
    trusting: ssl.SSLContext,
) -> None:
    class Hanging:
        async def resolve(self, host: str) -> Sequence[str]:
            await asyncio.sleep(60)
            raise AssertionError

    with contextlib.closing(socket.create_server(("127.0.0.1", 0), backlog=0)) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        for resolver in (Hanging(), FakeResolver([["127.0.0.1"]])):
            out = Outbound(True, resolver, trusting, connect_seconds=0.3, total_seconds=20)
            with pytest.raises(OutboundFailed) as caught:
                await out.post(out.target(f"https://{NAME}:{port}/"), {}, b"")
            assert caught.value.failure is DeliveryFailure.TIMEOUT
        for each in waiting:
            each.close()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * (ANSWER_BYTES + 1), 200),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFF\r\n" + b"x" * (ANSWER_BYTES + 1), 200),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000, DeliveryFailure.PROTOCOL_ERROR),
        (b"SSH-2.0-OpenSSH_9.6\r\n", DeliveryFailure.PROTOCOL_ERROR),
        (b"", DeliveryFailure.PROTOCOL_ERROR),
    ],
    ids=["long", "endless", "huge head", "no http", "nothing"],
)
async def test_an_answer_is_read_as_far_as_we_want_it(
    trusting: ssl.SSLContext, answer: bytes, expected: int | DeliveryFailure
) -> None:
    spoken = asyncio.Event()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            writer.write(answer)
            if isinstance(expected, int):
                await reader.read()  # until the other side has had enough
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        spoken.set()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    out = outbound(trusting, ["127.0.0.1"])
    target = out.target(f"http://127.0.0.1:{port}/")
    async with server, asyncio.timeout(10):
        if isinstance(expected, int):
            assert (await out.post(target, {}, b"")).status == expected
        else:
            with pytest.raises(OutboundFailed) as caught:
                await out.post(target, {}, b"")
            assert caught.value.failure is expected
        await spoken.wait()


async def test_the_system_s_resolver_gives_addresses_and_knows_what_is_none() -> None:
    resolver = SystemResolver()
    assert "127.0.0.1" in await resolver.resolve("127.0.0.1")
    assert set(await resolver.resolve("localhost")) <= {"127.0.0.1", "::1"}
    with pytest.raises(OSError, match="does-not-exist"):
        await resolver.resolve("does-not-exist.invalid")
    resolver.close()
