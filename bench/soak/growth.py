"""Watches what each part holds: memory, descriptors, threads, connections. Growth without end is a leak."""

from __future__ import annotations

import statistics
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass

import psutil
from hivesync_dev.stack.part import Part
from hivesync_dev.stack.processes import ProcessFailed

_EVERY_SECONDS = 1.0
_WARM_UP = 0.25
"""This share of a process's life is for caches and pools to fill."""
_SHORTEST_SECONDS = 60.0
"""A shorter life shows no trend."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at one process. Its children are not among it: they are short-lived."""

    seconds: float
    part: str
    pid: int
    megabytes: float
    descriptors: int
    threads: int


class Watch:
    """A context manager that looks once a second."""

    def __init__(self, *parts: Part) -> None:
        self.samples: list[Sample] = []
        self._parts = parts
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch")

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        began = time.monotonic()
        while not self._ended.wait(_EVERY_SECONDS):
            for part in self._parts:
                with suppress(psutil.Error, ProcessFailed):
                    self.samples.append(look(part, time.monotonic() - began))


def look(part: Part, seconds: float = 0.0) -> Sample:
    """Look at a part's process now; raise `psutil.Error` if it is gone."""
    process = psutil.Process(part.child.pid)
    with process.oneshot():
        return Sample(
            seconds,
            part.name,
            process.pid,
            process.memory_info().rss / 1e6,
            process.num_fds(),
            process.num_threads(),
        )


@dataclass(frozen=True, slots=True)
class Growth:
    """The longest life of a part, after its warm-up."""

    part: str
    seconds: float
    first_megabytes: float
    last_megabytes: float
    megabytes_per_minute: float
    most_descriptors: int
    most_threads: int

    @property
    def megabytes(self) -> float:
        """Give how much it grew, by its trend and not by its peaks."""
        return self.megabytes_per_minute * self.seconds / 60


def growth_of(part: str, samples: list[Sample]) -> Growth | None:
    """Give how the process of that part that lived longest has grown; None if none lived long enough."""
    ours = [sample for sample in samples if sample.part == part]
    (longest, _), *_ = Counter(sample.pid for sample in ours).most_common(1)
    life = [sample for sample in ours if sample.pid == longest]
    warm = life[int(len(life) * _WARM_UP) :]
    if warm[-1].seconds - warm[0].seconds < _SHORTEST_SECONDS:
        return None
    times, sizes = [sample.seconds for sample in warm], [sample.megabytes for sample in warm]
    slope, _ = statistics.linear_regression(times, sizes)
    return Growth(
        part,
        times[-1] - times[0],
        sizes[0],
        sizes[-1],
        slope * 60,
        max(sample.descriptors for sample in life),
        max(sample.threads for sample in life),
    )


@dataclass(frozen=True, slots=True)
class Connections:
    """Sockets of the agent, by whom they lead to."""

    clients: int
    backend: int


def connections_of(agent: Part, port: int, backend_port: int) -> Connections:
    """Count the agent's open connections."""
    open_now = [
        connection
        for connection in psutil.Process(agent.child.pid).net_connections("tcp")
        if connection.raddr
    ]
    return Connections(
        sum(connection.laddr.port == port for connection in open_now),
        sum(connection.raddr.port == backend_port for connection in open_now),
    )
