"""Spans of SQL statements: what is done to which table. Neither the text nor a parameter is told."""

from __future__ import annotations

import re
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine

_KEY = "hivesync_span"
_OPERATION = re.compile(r"\s*([a-z]+)", re.IGNORECASE)
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+([a-z_]+)\b", re.IGNORECASE)


def watch(engine: AsyncEngine, tracer: trace.Tracer) -> None:
    """Make a span of each statement within a trace; the loops that look for work are in none."""
    system = engine.dialect.name  # OpenTelemetry has the same names for both

    def begin(_connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _: Any) -> None:
        if context is None or not trace.get_current_span().is_recording():
            return
        summary = summarize(statement)
        attributes = {"db.system.name": system, "db.query.summary": summary}
        setattr(context, _KEY, tracer.start_span(summary, kind=SpanKind.CLIENT, attributes=attributes))

    def end(_connection: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _: Any) -> None:
        if span := getattr(context, _KEY, None):
            span.end()

    def fail(failure: ExceptionContext) -> None:
        if span := getattr(failure.execution_context, _KEY, None):
            span.set_attribute("error.type", type(failure.original_exception).__name__)
            span.set_status(StatusCode.ERROR)
            span.end()

    event.listen(engine.sync_engine, "before_cursor_execute", begin)
    event.listen(engine.sync_engine, "after_cursor_execute", end)
    event.listen(engine.sync_engine, "handle_error", fail)


def summarize(statement: str) -> str:
    """Give the kind of a statement and the table that it names first: `SELECT tasks`."""
    operation, table = _OPERATION.match(statement), _TABLE.search(statement)
    words = [operation[1].upper() if operation else "statement", table[1].lower() if table else ""]
    return " ".join(words).rstrip()
