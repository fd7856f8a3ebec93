"""Do sign-ins block others? `GET /api/v1/health` alone, and while 50 people sign in, in alternating rounds.

One server process on Postgres, on a core of its own; the probe and the 50 sign-ins share another.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.postgres import PostgresServer
from hivesync_server.migrations import configured
from hivesync_server.settings import load

from bench.cores import Cores
from bench.pinned import on_core

PEOPLE = 50
_READ_SECONDS = 60.0
_Address = tuple[str, int]


def measure_login(folder: Path, rounds: int, seconds: float, say: Callable[[str], None]) -> dict[str, Any]:
    """Give p99 of the health call, alone and during sign-ins, and the median of the rounds' ratios."""
    return asyncio.run(_measure(folder, rounds, seconds, say))


async def _measure(folder: Path, rounds: int, seconds: float, say: Callable[[str], None]) -> dict[str, Any]:
    cores = Cores.of_this_machine()
    with PostgresServer() as postgres:
        url = postgres.url(postgres.create_database())
        await configured.migrate(load({"DATABASE_URL": url, "HIVESYNC_DATA_DIR": str(folder)}))
        backend = BackendProcess({**BackendProcess.alone(folder).environ, "DATABASE_URL": url})
        with on_core(cores.relay):
            await backend.start()
        try:
            async with backend.client() as client:
                for number in range(PEOPLE):
                    await BackendUser(client, _name(number)).sign_up()
            parts = urlsplit(backend.url)
            address = (str(parts.hostname), int(parts.port or 80))
            with on_core(cores.load):
                measured = await asyncio.to_thread(_rounds, address, rounds, seconds, say)
        finally:
            await backend.stop()
    alone, during, lengths = zip(*measured, strict=True)
    return {
        "people": PEOPLE,
        "rounds": rounds,
        "alone_p99_ms": statistics.median(alone),
        "during_p99_ms": statistics.median(during),
        "ratio": statistics.median(b / a for a, b in zip(alone, during, strict=True)),
        "burst_seconds": statistics.median(lengths),
    }


def _rounds(
    address: _Address, rounds: int, seconds: float, say: Callable[[str], None]
) -> list[tuple[float, float, float]]:
    probe = _Probe(address)
    probe.run_for(0.5)
    measured = []
    for number in range(1, rounds + 1):
        alone = _p99(probe.run_for(seconds))
        with _people(address) as burst:
            started = time.perf_counter()
            times = probe.run_while(burst.is_alive)
            length = time.perf_counter() - started
        measured.append((alone, _p99(times), length))
        say(f"  round {number}: p99 {alone:.2f} ms alone, {measured[-1][1]:.2f} ms during {length:.1f} s")
    return measured


class _Probe:
    """One program that asks whether the server is well, again and again over one connection."""

    def __init__(self, address: _Address) -> None:
        self._connection = http.client.HTTPConnection(*address, timeout=_READ_SECONDS)

    def run_for(self, seconds: float) -> list[float]:
        ends = time.perf_counter() + seconds
        return self.run_while(lambda: time.perf_counter() < ends)

    def run_while(self, wanted: Callable[[], bool]) -> list[float]:
        """Give the milliseconds that each answer took."""
        times = []
        while wanted():
            started = time.perf_counter()
            self._connection.request("GET", "/api/v1/health")
            answer = self._connection.getresponse()
            answer.read()
            times.append((time.perf_counter() - started) * 1000)
            assert answer.status == 200
            time.sleep(0.001)
        return times


@contextlib.contextmanager
def _people(address: _Address) -> Iterator[threading.Thread]:
    """Have everybody sign in at the same moment, each from a network of their own, by bare sockets."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_connection(address)) for _ in range(PEOPLE)]
        refused: list[bytes] = []
        thread = threading.Thread(target=_sign_in, args=(sockets, refused))
        thread.start()
        yield thread
        thread.join()
        assert not refused, refused[0]


def _sign_in(sockets: list[socket.socket], refused: list[bytes]) -> None:
    for number, connection in enumerate(sockets):
        connection.settimeout(_READ_SECONDS)
        body = json.dumps({"login": _name(number), "password": PASSWORD})
        head = (
            f"POST /api/v1/auth/login HTTP/1.1\r\nHost: bench\r\nX-Real-IP: 198.51.100.{number}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        connection.sendall((head + body).encode())
    for connection in sockets:
        answer = connection.recv(4096)
        if not answer.startswith(b"HTTP/1.1 200"):
            refused.append(answer)


def _name(number: int) -> str:
    return f"person-{number}"


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]
