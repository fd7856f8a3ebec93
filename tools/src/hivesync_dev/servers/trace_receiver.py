"""A receiver of traces, as OpenTelemetry's collector is one: OTLP over HTTP on a real socket."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Status


@dataclass(frozen=True, slots=True)
class ReceivedSpan:
    """One span, with its ids as `traceparent` writes them."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, str | int]
    failed: bool


@dataclass(slots=True)
class TraceReceiver:
    """Keeps what arrives between `start` and `stop`; `text` is all of it, as it was decoded."""

    spans: list[ReceivedSpan] = field(default_factory=list)
    text: str = ""
    authorization: str = ""
    port: int = 0
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Give the endpoint."""
        return f"http://127.0.0.1:{self.port}/otlp"

    async def start(self) -> None:
        """Listen; on the same port as before if there was one."""
        app = web.Application()
        app.add_routes([web.post("/otlp/v1/traces", self._take)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Be away."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def wait_for(self, wanted: Callable[[], bool], deadline_seconds: float = 15) -> None:
        """Wait until what arrived is enough."""
        async with asyncio.timeout(deadline_seconds), self._arrived:
            await self._arrived.wait_for(wanted)

    async def _take(self, request: web.Request) -> web.Response:
        self.authorization = request.headers.get("authorization", "")
        # aiohttp has opened the gzip of the body already.
        body = await request.read()
        exported = ExportTraceServiceRequest.FromString(_opened(body))
        async with self._arrived:
            self.text += str(exported)
            for resource in exported.resource_spans:
                for scope in resource.scope_spans:
                    self.spans += [
                        ReceivedSpan(
                            span.name,
                            span.trace_id.hex(),
                            span.span_id.hex(),
                            span.parent_span_id.hex(),
                            {each.key: _value(each) for each in span.attributes},
                            span.status.code == Status.STATUS_CODE_ERROR,
                        )
                        for span in scope.spans
                    ]
            self._arrived.notify_all()
        return web.Response(content_type="application/x-protobuf")


def _opened(body: bytes) -> bytes:
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def _value(attribute: KeyValue) -> str | int:
    value = attribute.value
    return value.int_value if value.WhichOneof("value") == "int_value" else value.string_value
