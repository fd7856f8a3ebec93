"""Traces by OpenTelemetry, sent as OTLP over HTTP. Nothing else imports its packages.

Spans wait in a queue of limited length, and a thread of its own sends them: a receiver that is away, slow or
hangs costs spans, and never a request or the end of the process any time.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.re import parse_env_headers
from sqlalchemy.ext.asyncio import AsyncEngine

from hivesync_server import __version__
from hivesync_server.adapters.tracing import statements
from hivesync_server.adapters.tracing.spans import TRACEPARENT, Span
from hivesync_server.logs import traceparent
from hivesync_server.settings.groups import TracingSettings
from hivesync_server.settings.safety import is_loopback

SPANS_MAX = 4096
SEND_SECONDS = 5.0
SHUTDOWN_SECONDS = 2.0
"""How long the last spans may take when the process ends."""

_PAUSE_SECONDS = 1.0
_BATCH = 512
_PROPAGATOR = TraceContextTextMapPropagator()


@dataclass(slots=True)
class _OtlpSpan:
    span: trace.Span
    ended: bool = False

    def rename(self, name: str) -> None:
        self.span.update_name(name)

    def note(self, **attributes: str | int) -> None:
        for name, value in attributes.items():
            self.span.set_attribute(name.replace("__", "."), value)

    def fail(self, reason: str) -> None:
        self.span.set_attribute("error.type", reason)
        self.span.set_status(StatusCode.ERROR)

    def end(self) -> None:
        if not self.ended:
            self.ended = True
            self.span.end()


class OtlpTracing:
    """See the module."""

    def __init__(self, settings: TracingSettings) -> None:
        session = requests.Session()
        # Proxies of the machine count towards a receiver elsewhere, and never towards this machine.
        session.trust_env = not is_loopback(urlsplit(settings.endpoint).hostname or "")
        exporter = OTLPSpanExporter(
            endpoint=f"{settings.endpoint}/v1/traces",
            headers=parse_env_headers(settings.headers.reveal(), liberal=True),
            timeout=SEND_SECONDS,
            compression=Compression.Gzip,
            session=session,
        )
        self._provider = TracerProvider(
            # By the trace's id alone: a stranger's flag neither hides a request nor has it recorded.
            sampler=TraceIdRatioBased(settings.share),
            resource=Resource.create(
                {
                    "service.name": settings.service_name,
                    "service.version": __version__,
                    "deployment.environment.name": settings.env,
                }
            ),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(exporter, SPANS_MAX, _PAUSE_SECONDS * 1000, _BATCH)
        )
        self._tracer = self._provider.get_tracer("hivesync_server", __version__)

    @contextmanager
    def request(self, parent: str) -> Iterator[Span]:
        """Begin the answer to a request."""
        with self._span("request", SpanKind.SERVER, _context_of(parent)) as span:
            yield span

    @contextmanager
    def work(self, name: str, parent: str = "") -> Iterator[Span]:
        """Begin work of the background."""
        with self._span(name, SpanKind.CONSUMER, _context_of(parent)) as span:
            yield span

    @contextmanager
    def call(self, name: str, peer: str) -> Iterator[Span]:
        """Begin a question to somebody else. What nobody traces is left alone: polls ask without end."""
        if not trace.get_current_span().is_recording():
            yield _OtlpSpan(trace.INVALID_SPAN, ended=True)
            return
        with self._span(name, SpanKind.CLIENT) as span:
            span.note(peer__service=peer)
            yield span

    def watch(self, engine: AsyncEngine) -> None:
        """Make spans of statements."""
        statements.watch(engine, self._tracer)

    async def close(self) -> None:
        """Send what is left; a receiver that hangs is not waited for."""
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        def end() -> None:
            self._provider.shutdown()
            if not loop.is_closed():
                loop.call_soon_threadsafe(done.set)

        threading.Thread(target=end, name="last traces", daemon=True).start()
        try:
            async with asyncio.timeout(SHUTDOWN_SECONDS):
                await done.wait()
        except TimeoutError:
            return

    @contextmanager
    def _span(self, name: str, kind: SpanKind, context: Context | None = None) -> Iterator[_OtlpSpan]:
        span = _OtlpSpan(self._tracer.start_span(name, context, kind))
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier, trace.set_span_in_context(span.span))
        before = traceparent.set(carrier.get(TRACEPARENT, ""))
        try:
            # What an exception says may hold anything, so only its class is told.
            with trace.use_span(span.span, record_exception=False, set_status_on_exception=False):
                yield span
        except BaseException as error:
            span.fail(type(error).__name__)
            raise
        finally:
            traceparent.reset(before)
            span.end()


def _context_of(parent: str) -> Context:
    return _PROPAGATOR.extract({TRACEPARENT: parent} if parent else {}, Context())
