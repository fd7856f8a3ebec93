"""Figures for Prometheus, of all processes together. No label holds what a user or a stranger chose."""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

FIGURES_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The library's own variable: with it, each process counts in a file of this folder."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

GAUGES = {
    "hivesync_processes": "Server processes.",
    "hivesync_event_streams": "Open event streams.",
    "hivesync_event_signals_connected": "Processes that hear what others signal.",
    "hivesync_database_connections_in_use": "Connections to the database in use.",
    "hivesync_database_connections_limit": "Connections to the database that may be open at once.",
    "hivesync_password_hashes_waiting": "Password hashes that are computed or wait.",
}
"""What each process has at the moment; the sum counts processes that live."""

COUNTERS = {
    "hivesync_events_published": "Users who were told of an event.",
    "hivesync_event_looks": "Looks for events that no signal told of.",
    "hivesync_limits_failed_open": "Limits that were not enforced for want of Redis.",
}
"""What each process has done since it started; the sum never falls, also when processes end."""


class Metrics:
    """What processes count, each for itself. What they share is looked up when somebody asks."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "hivesync_http_requests",
            "Answers, by the template of their route.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "hivesync_http_response_start_seconds",
            "Time until an answer began; streams go on for long after that.",
            ["method", "route"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._gauges = {
            name: Gauge(name, text, registry=self.registry, multiprocess_mode="livesum")
            for name, text in GAUGES.items()
        }
        self._counters = {
            name: Counter(name, text, registry=self.registry) for name, text in COUNTERS.items()
        }
        self._told = dict.fromkeys(COUNTERS, 0)

    def set(self, name: str, value: float) -> None:
        """Say what this process has of one of `GAUGES`."""
        self._gauges[name].set(value)

    def advance(self, name: str, total: int) -> None:
        """Say how far this process is with one of `COUNTERS`."""
        self._counters[name].inc(total - self._told[name])
        self._told[name] = total

    def count_answer(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        method = method if method in METHODS else "other"
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """Give what was counted, by all processes if there are several; reads files, so use a thread."""
        folder = os.environ.get(FIGURES_FOLDER)
        if not folder:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together, folder)  # type: ignore[no-untyped-call]
        return generate_latest(together)
