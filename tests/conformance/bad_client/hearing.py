"""Flaws of the stream of events."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import hivesync_client as client  # type: ignore[import-not-found]

from tests.conformance.bad_client.flaws import flaw


@flaw
def drops_events_that_it_does_not_know() -> None:
    events = client.events
    client.events = lambda: (event for event in events() if event["type"] in ("session.changed", "reset"))


def spoilt_stream(spoil: Callable[[dict[str, Any]], bool]) -> None:
    stream = client.stream

    def spoilt(last_id: str) -> Iterator[dict[str, Any]]:
        return (event for event in stream(last_id) if spoil(event))

    client.stream = spoilt


@flaw
def drops_resets() -> None:
    spoilt_stream(lambda event: event["type"] != "reset")


@flaw
def resumes_at_the_beginning() -> None:
    stream = client.stream
    client.stream = lambda _: stream("")


@flaw
def ends_with_its_first_stream() -> None:
    client.time.sleep = lambda _: threading.Event().wait()


@flaw
def reads_lines_of_data_apart() -> None:
    loads = json.loads
    client.json.loads = lambda text: loads(text.split("\n")[0] if isinstance(text, str) else text)


@flaw
def has_one_connection_for_all() -> None:
    lock = threading.Lock()
    stream, through = client.stream, client.through_agent

    def streaming(last_id: str) -> Iterator[dict[str, Any]]:
        with lock:
            yield from stream(last_id)

    def waiting(*arguments: Any) -> Any:
        with lock:
            return through(*arguments)

    client.stream, client.through_agent = streaming, waiting
