"""Figures for Prometheus, of all processes together. No label holds what a user or a stranger chose."""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

FIGURES_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The library's own variable: with it, each process counts in a file of this folder."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """What is counted as it happens. Everything else is looked up when somebody asks."""

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
