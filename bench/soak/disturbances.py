"""What goes wrong: each disturbance begins, lasts for a while, and ends with everything in order again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass

import httpx
from hivesync_dev.stack.api import CallRefused

from bench.soak.stage import Stage

_HOURS = 3600
_LONGEST_JUMP_SECONDS = 72 * _HOURS
_SIGN_IN_SECONDS = 60.0

Disturbance = Callable[[Stage, random.Random], AbstractContextManager[None]]


@contextmanager
def backend_killed(stage: Stage, chance: random.Random) -> Iterator[None]:
    """The backend dies in the middle of whatever it does."""
    stage.server.kill()
    yield
    stage.runner.restart(stage.server)


@contextmanager
def backend_updated(stage: Stage, chance: random.Random) -> Iterator[None]:
    """The backend is restarted in order."""
    stage.server.stop()
    yield
    stage.runner.restart(stage.server)


@contextmanager
def agent_killed(stage: Stage, chance: random.Random) -> Iterator[None]:
    """`kill -9`; the service starts it again."""
    stage.agent.kill()
    yield
    stage.runner.restart(stage.agent)


@contextmanager
def agent_updated(stage: Stage, chance: random.Random) -> Iterator[None]:
    """The agent ends in order and another one follows."""
    stage.agent.stop()
    yield
    stage.runner.restart(stage.agent)


@contextmanager
def network_refusing(stage: Stage, chance: random.Random) -> Iterator[None]:
    """Every connection is reset."""
    stage.link.refuse()
    yield
    stage.link.heal()


@contextmanager
def network_silent(stage: Stage, chance: random.Random) -> Iterator[None]:
    """Nothing gets through; afterwards what was held arrives late, or its connections are dead."""
    stage.link.silence()
    yield
    if chance.random() < 0.5:
        stage.link.break_connections()
    stage.link.heal()


@contextmanager
def answers_lost(stage: Stage, chance: random.Random) -> Iterator[None]:
    """What is asked for is done, and nobody hears of it."""
    stage.link.deafen()
    yield
    stage.link.break_connections()
    stage.link.heal()


@contextmanager
def network_distant(stage: Stage, chance: random.Random) -> Iterator[None]:
    """50 ms away."""
    stage.link.delay(0.05)
    yield
    stage.link.heal()


@contextmanager
def connections_broken(stage: Stage, chance: random.Random) -> Iterator[None]:
    """Another network: what was open is dead, new connections work at once."""
    stage.link.break_connections()
    yield


@contextmanager
def clock_jumped(stage: Stage, chance: random.Random) -> Iterator[None]:
    """The wall clock is set, forth or back."""
    stage.clock.jump(_jump(chance))
    yield


@contextmanager
def machine_slept(stage: Stage, chance: random.Random) -> Iterator[None]:
    """The lid is closed: agent and clients stand still, the clock goes on, the connections die unnoticed."""
    stage.link.silence()
    stage.freeze()
    stage.clock.jump(abs(_jump(chance)))
    yield
    stage.link.break_connections()
    stage.thaw()
    stage.link.heal()


@contextmanager
def signed_out(stage: Stage, chance: random.Random) -> Iterator[None]:
    """The user signs out and in again; what waits stays."""
    with suppress(httpx.HTTPError), stage.api() as api:
        api.http.delete("/v1/session")
    yield
    ends = time.monotonic() + _SIGN_IN_SECONDS
    while True:
        try:
            stage.sign_in()
        except (httpx.HTTPError, CallRefused):
            if time.monotonic() > ends:
                raise
            time.sleep(0.2)
        else:
            return


def _jump(chance: random.Random) -> int:
    span = chance.choice([30, 20 * 60, 2 * _HOURS, _LONGEST_JUMP_SECONDS])
    return chance.randint(1, span) * chance.choice([-1, 1])


@dataclass(frozen=True, slots=True)
class Room:
    """What disturbs the same thing: only one of a room at a time."""

    name: str
    disturbances: tuple[Disturbance, ...]
    weight: int


# Whatever is begun first ends last: the session does, when all others work again.
_SESSION = Room("session", (signed_out,), 1)
_CLOCK = Room("clock", (clock_jumped,), 3)
_NETWORK = Room(
    "network", (network_refusing, network_silent, answers_lost, network_distant, connections_broken), 6
)
_BACKEND = Room("backend", (backend_killed, backend_killed, backend_updated), 4)
_AGENT = Room("agent", (agent_killed, agent_killed, agent_killed, agent_updated), 4)
_ROOMS = (_SESSION, _CLOCK, _NETWORK, _BACKEND, _AGENT)
_SLEEP_CHANCE = 0.06
_TWO_CHANCE = 0.35


def choose(chance: random.Random, *, spare_agent: bool) -> list[Disturbance]:
    """Give one disturbance, or two at once."""
    if chance.random() < _SLEEP_CHANCE:
        return [machine_slept]
    rooms = [room for room in _ROOMS if not (spare_agent and room is _AGENT)]
    chosen = chance.choices(rooms, [room.weight for room in rooms])
    if chance.random() < _TWO_CHANCE:
        others = [room for room in rooms if room is not chosen[0]]
        chosen += chance.choices(others, [room.weight for room in others])
    chosen.sort(key=lambda room: room is not _SESSION)
    return [chance.choice(room.disturbances) for room in chosen]
