"""The backend itself: does it answer, is it the kind we speak to, what time has it, who is signed in?"""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import httpcore
import msgspec
from hivesync.settings import is_loopback
from hivesync_contract import API_MAX, API_MIN
from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.health import Health

from hivesync_agent.cli.checks.check import Machine
from hivesync_agent.cli.checks.finding import Seen, note, ok, wrong
from hivesync_agent.cli.checks.way import Answer, Way, reason
from hivesync_agent.cli.duration import duration_words

_SKEW_SECONDS = 60
_HEALTH = "/api/v1/health"
_RESTART = "It runs on this machine and hangs: end it and start it again."
_SET_CLOCK = (
    "Have the system set this machine's clock (on Linux: `timedatectl set-ntp true`); if it is right, tell "
    "whoever runs the backend."
)
_IS_IT = "Is HIVESYNC_SERVER_URL right?"


def check_backend(machine: Machine) -> Seen:
    """Ask the backend how it is and which versions of its API it has."""
    try:
        answer = Way(machine.origin).get(_HEALTH)
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        remedy = _RESTART if is_loopback(Way(machine.origin).host) else f"{_IS_IT} Else try again later."
        return wrong(f"it gives no answer ({reason(error)})", remedy)
    if answer.status >= 500:
        return wrong(f"it is not well: status {answer.status}", "Try again later, or tell whoever runs it.")
    try:
        health = msgspec.json.decode(answer.body, type=Health)
    except msgspec.MsgspecError:
        return _no_backend(answer)
    machine.answer, machine.health = answer, health
    if health.api_min > API_MAX or health.api_max < API_MIN:
        who = "HiveSync on this machine" if health.api_min > API_MAX else "the backend"
        return wrong(
            f"{health.version} speaks versions {health.api_min} to {health.api_max} of its API, and this "
            f"machine {API_MIN} to {API_MAX}",
            f"Update {who}.",
        )
    return ok(f"version {health.version} answers in {answer.latency_ms:.0f} ms")


def check_clock(machine: Machine) -> Seen:
    """Compare this machine's clock with the backend's, allowing for the way."""
    answer = machine.answer
    try:
        told = parsedate_to_datetime(answer.headers["date"]).timestamp() if answer else None
    except (ValueError, KeyError):
        told = None
    if answer is None or told is None:
        return note("the backend does not tell its time")
    skew = answer.sent_at + answer.latency_ms / 2000 - told
    if abs(skew) > _SKEW_SECONDS:
        text = f"{duration_words(abs(skew))} {'ahead of' if skew > 0 else 'behind'} the backend"
        return wrong(text, _SET_CLOCK)
    return ok("agrees with the backend")


def check_session(machine: Machine) -> Seen:
    """Tell who is signed in, which only the backend knows: a session may have been ended there."""
    try:
        user = machine.client.me()
    except HiveSyncError as error:
        signs_in = error.code in (ErrorCode.AUTH_REQUIRED, ErrorCode.AUTH_INVALID, ErrorCode.AUTH_EXPIRED)
        return wrong(error.detail, "`hivesync login`" if signs_in else "Run `hivesync doctor` again.")
    return ok(f"{user.username}, {user.tier}")


def _no_backend(answer: Answer) -> Seen:
    if 300 <= answer.status < 400:
        return wrong(
            f"something answers in its place, with a redirect (status {answer.status})",
            "In a hotel's or a guest network, sign in with a browser first.",
        )
    return wrong(
        f"what answers there is no HiveSync backend of this kind (status {answer.status})",
        f"{_IS_IT} It may also be much older or newer than this program: compare `hivesync --version`.",
    )
