"""What the rest of the server knows of traces, and the twin that makes none.

A span holds templates, kinds and outcomes: never an address, an id of ours, a parameter or a message.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from hivesync_server.settings.environment import SettingInvalid
from hivesync_server.settings.groups import TracingSettings

TRACEPARENT = "traceparent"
"""The header of W3C Trace Context."""


class Span(Protocol):
    """One thing that is going on."""

    def rename(self, name: str) -> None:
        """Give it the name that is known by now."""
        ...

    def note(self, **attributes: str | int) -> None:
        """Add attributes; `__` in a name stands for the dots of OpenTelemetry's names."""
        ...

    def fail(self, reason: str) -> None:
        """Say that it failed; `reason` is a status or the name of a class."""
        ...

    def end(self) -> None:
        """End it now, and not with its block."""
        ...


class Tracing(Protocol):
    """Makes spans; each lasts as long as its block, and an exception that leaves the block is its failure."""

    def request(self, parent: str) -> AbstractContextManager[Span]:
        """Begin the answer to a request, as part of the trace that its `traceparent` names."""
        ...

    def work(self, name: str, parent: str = "") -> AbstractContextManager[Span]:
        """Begin work of the background, as part of the trace in which it was accepted."""
        ...

    def call(self, name: str, peer: str) -> AbstractContextManager[Span]:
        """Begin a question to somebody else, if it is part of anything that is traced."""
        ...

    def watch(self, engine: AsyncEngine) -> None:
        """Make spans of the statements of a database, where they are part of anything that is traced."""
        ...

    async def close(self) -> None:
        """Send what is left, within a short time."""
        ...


class _NoSpan:
    def rename(self, name: str) -> None:
        """Nothing is kept."""

    def note(self, **attributes: str | int) -> None:
        """Nothing is kept."""

    def fail(self, reason: str) -> None:
        """Nothing is kept."""

    def end(self) -> None:
        """Nothing goes on."""


_NOTHING: AbstractContextManager[Span] = nullcontext(_NoSpan())


class NoTracing:
    """The embedded twin: it costs a call."""

    def request(self, parent: str) -> AbstractContextManager[Span]:
        """Begin nothing."""
        return _NOTHING

    def work(self, name: str, parent: str = "") -> AbstractContextManager[Span]:
        """Begin nothing."""
        return _NOTHING

    def call(self, name: str, peer: str) -> AbstractContextManager[Span]:
        """Begin nothing."""
        return _NOTHING

    def watch(self, engine: AsyncEngine) -> None:
        """Leave the database alone."""

    async def close(self) -> None:
        """Nothing is held."""


def open_tracing(settings: TracingSettings | None) -> Tracing:
    """Give traces by OpenTelemetry, or none without an endpoint; then what makes them is not even loaded."""
    if settings is None:
        return NoTracing()
    try:
        from hivesync_server.adapters.tracing.otlp import OtlpTracing
    except ImportError as error:
        raise SettingInvalid(
            "OTEL_EXPORTER_OTLP_ENDPOINT", "needs more packages: pip install 'hivesync-server[otel]'."
        ) from error
    return OtlpTracing(settings)
