"""A line of the log as people read it: one line, local time, and nothing that acts on a terminal."""

from __future__ import annotations

import json
import logging
import time

import pytest
from hivesync_agent.cli.log_line import as_object, readable
from hivesync_agent.log import JsonLines


@pytest.fixture
def somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Live three hours east of Greenwich."""
    monkeypatch.setenv("TZ", "<+03>-3")
    time.tzset()


def line(message: str, **fields: object) -> str:
    record = {"msg": message, "levelname": "WARNING", "name": "hivesync.gate", "created": 1_700_000_000.0}
    return JsonLines().format(logging.makeLogRecord({**record, **fields}))


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has no zone of a process")
@pytest.mark.usefixtures("somewhere")
def test_what_the_agent_writes_is_readable() -> None:
    shown = readable(line("too many connections", open=512, reason="x y"))
    assert shown == "2023-11-15 01:13:20 warning gate: too many connections (open=512, reason=x y)"


def test_an_exception_follows_on_lines_of_its_own() -> None:
    assert readable('{"message": "failed", "exception": "Traceback\\n  at"}') == "failed\nTraceback\n  at"


@pytest.mark.parametrize("text", ["Segmentation fault", "[1, 2]", "", '"text"'])
def test_what_is_no_object_stays_as_it_is(text: str) -> None:
    assert readable(text) == text
    assert as_object(text) == {"message": text}


def test_nothing_acts_on_the_terminal() -> None:
    shown = readable(json.dumps({"message": "\x1b]0;owned\x07", "name": "\x9b31m\r"}))
    assert not any(each in shown for each in "\x1b\x07\x9b\r")
    assert "owned" in shown
