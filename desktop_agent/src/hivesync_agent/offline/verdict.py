"""What an answer means for a change that was waiting: done, refused, or not now.

Only the backend's own words count: a page of something in between (a captive portal, a proxy, a load
balancer) does neither refuse a change nor say that it is done, whatever its status.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from hivesync_contract.errors import ErrorCode, Problem

from hivesync_agent.offline.entry import json_of
from hivesync_agent.relay.journal import can_be_the_backends
from hivesync_agent.upstream import read_problem
from hivesync_agent.wire.messages import AnswerHead

LONGEST_WAIT_SECONDS = 3600.0
_AWAY = frozenset({502, 503, 504})
_PASSING = frozenset({408, 425, 429, 507})


class Verdict(Enum):
    """`FAILED`: an answer that should not be; it may pass, but not for ever."""

    DONE = auto()
    REFUSED = auto()
    SIGNED_OUT = auto()
    LATER = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer, judged. `problem` is what it says unless it is done; `wait_seconds` what it asks for."""

    verdict: Verdict
    problem: Problem | None = None
    wait_seconds: float | None = None


def judge(head: AnswerHead, body: bytes) -> Outcome:
    """Judge one answer."""
    status = head.status
    if 200 <= status < 300 and can_be_the_backends(head) and (not body or _said(body) is not None):
        return Outcome(Verdict.DONE)
    problem, wait = read_problem(status, body), _seconds(head.header(b"retry-after"))
    return Outcome(_verdict(status, problem, body, wait), problem, wait)


def _verdict(status: int, problem: Problem, body: bytes, wait: float | None) -> Verdict:
    if status == 401:
        return Verdict.SIGNED_OUT
    if status in _AWAY or status in _PASSING:
        return Verdict.LATER
    if status == 409 and problem.code is ErrorCode.CONFLICT and wait is not None:
        return Verdict.LATER  # the first request with this key is still running
    if 400 <= status < 500 and _is_problem(body):
        return Verdict.REFUSED
    return Verdict.FAILED


def _is_problem(body: bytes) -> bool:
    """Tell whether these are the backend's own words, with a code that this release need not know."""
    said = _said(body)
    return said is not None and isinstance(said.get("code"), str)


def _said(body: bytes) -> dict[str, Any] | None:
    said = json_of(body)
    return said if isinstance(said, dict) else None


def _seconds(retry_after: bytes | None) -> float | None:
    # RFC 9110 §10.2.3 allows a date as well, which the backend never sends.
    if retry_after is None or not retry_after.isdigit():
        return None
    return min(float(retry_after), LONGEST_WAIT_SECONDS)
