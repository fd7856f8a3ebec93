"""Traces: what a request or a delivery did, and how long each part took. Off unless an endpoint is set."""

from hivesync_server.adapters.tracing.spans import TRACEPARENT, NoTracing, Span, Tracing, open_tracing

__all__ = ["TRACEPARENT", "NoTracing", "Span", "Tracing", "open_tracing"]
