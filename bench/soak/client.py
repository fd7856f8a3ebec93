"""One client of the soak, a process of its own: reads and changes until SIGTERM, and notes what came of it.

A change is sent again, under its key, until somebody accepts it. So at the end every one must have been made.
"""

from __future__ import annotations

import argparse
import random
import signal
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from hivesync.locations import Locations
from hivesync_contract.discovery import DEFAULT_PROFILE

from bench.soak.editor import hear_events, preview_now_and_then
from bench.soak.records import Change, Kind, Ledger, Outcome
from bench.soak.ways import Answer, ByCommand, ByHttp, BySdk, BySdkAsync, NoAnswer, Way

_PAUSE_SECONDS = (0.02, 0.25)
_AGAIN_SECONDS = 0.3
_NOT_NOW = frozenset({401, 429, 502, 503, 504, 507})
PROJECTS = "/api/v1/projects"


class Client:
    """Does as a user would: looks, and changes what it looks at."""

    def __init__(self, way: Way, ledger: Ledger, own: str, shared: str, seed: str) -> None:
        self._way = way
        self._ledger = ledger
        self._own = own
        self._shared = shared
        self._random = random.Random(seed)
        self._number = 0
        self._favored = False
        self._name: str | None = None
        """What the own project is called, while that is certain."""
        self.stopping = threading.Event()

    def run(self) -> None:
        """Go on until told to stop; what was begun is brought to its end."""
        kinds = [self._look, self._list, self._rename_own, self._rename_shared, self._toggle, self._create]
        weights = [30, 15, 30, 10, 10, 5]
        if not self._way.repeats:
            weights[4:] = [0, 0]
        while not self.stopping.is_set():
            self._random.choices(kinds, weights)[0]()
            self.stopping.wait(self._random.uniform(*_PAUSE_SECONDS))

    def _look(self) -> None:
        answer = self._read(f"{PROJECTS}/{self._own}")
        if answer is None or answer.status != 200:
            return
        self._ledger.counts["reads stored"] += answer.is_stored
        if self._name is not None and not answer.is_stored and answer.body["name"] != self._name:
            self._ledger.complain(f"read {answer.body['name']!r} after {self._name!r} was done")

    def _list(self) -> None:
        self._read(f"{PROJECTS}?limit=50")

    def _read(self, path: str) -> Answer | None:
        try:
            answer = self._way.call("GET", path)
        except NoAnswer:
            self._ledger.counts["reads unanswered"] += 1
            return None
        self._ledger.counts["reads"] += 1
        if answer.status != 200 and answer.status not in _NOT_NOW:
            self._ledger.complain(f"GET {path} was answered {answer.status}: {answer.body}")
        return answer

    def _rename_own(self) -> None:
        self._name = None
        change = self._change(Kind.RENAME, self._own, "PATCH", f"{PROJECTS}/{self._own}")
        if change.outcome is Outcome.DONE:
            self._name = change.value

    def _rename_shared(self) -> None:
        self._change(Kind.RENAME, self._shared, "PATCH", f"{PROJECTS}/{self._shared}")

    def _toggle(self) -> None:
        kind, method = (Kind.UNFAVORITE, "DELETE") if self._favored else (Kind.FAVORITE, "PUT")
        self._change(kind, self._own, method, f"{PROJECTS}/{self._own}/favorite")
        self._favored = not self._favored

    def _create(self) -> None:
        self._change(Kind.CREATE, "", "POST", PROJECTS)

    def _change(self, kind: Kind, project: str, method: str, path: str) -> Change:
        self._number += 1
        value = f"{self._ledger.client} {self._number}"
        body = {"name": value} if kind in (Kind.RENAME, Kind.CREATE) else None
        began = time.monotonic()
        outcome, tries = self._send(method, path, body)
        change = Change(
            self._ledger.client,
            self._number,
            kind,
            project,
            value,
            outcome,
            tries,
            round(time.monotonic() - began, 3),
        )
        self._ledger.note(change)
        return change

    def _send(self, method: str, path: str, body: dict[str, str] | None) -> tuple[Outcome, int]:
        key, tries = str(uuid.uuid4()), 0
        while True:
            tries += 1
            try:
                answer = self._way.call(method, path, body, key)
            except NoAnswer:
                if not self._way.repeats:
                    return Outcome.UNKNOWN, tries
            else:
                if answer.code == "OFFLINE_QUEUED":
                    return Outcome.QUEUED, tries
                if 200 <= answer.status < 300:
                    return Outcome.DONE, tries
                if not _may_pass(answer):
                    self._ledger.complain(f"{method} {path} was answered {answer.status}: {answer.body}")
                if not self._way.repeats:
                    return Outcome.UNKNOWN, tries
            time.sleep(_AGAIN_SECONDS)


def _may_pass(answer: Answer) -> bool:
    # 409 CONFLICT: an earlier attempt with this key is still being worked on.
    return answer.status in _NOT_NOW or (answer.status, answer.code) == (409, "CONFLICT")


def main() -> int:
    """Be the client that the arguments name."""
    parser = argparse.ArgumentParser()
    for name in ("way", "ledger", "own", "shared", "seed"):
        parser.add_argument(name)
    parser.add_argument("--preview", type=Path, default=None)
    options = parser.parse_args()
    ledger = Ledger(Path(options.ledger), options.way)
    discovery = Locations.detect().discovery_file(DEFAULT_PROFILE)
    ways: dict[str, Callable[[], Way]] = {
        "sdk": BySdk,
        "async": BySdkAsync,
        "command": ByCommand,
        "editor": lambda: ByHttp(discovery),
    }
    client = Client(ways[options.way](), ledger, options.own, options.shared, options.seed)
    signal.signal(signal.SIGTERM, lambda *_: client.stopping.set())
    beside = []
    if options.way == "editor":
        beside.append(
            threading.Thread(target=hear_events, args=(discovery, ledger, client.stopping), daemon=True)
        )
    if options.preview is not None:
        arguments = (discovery, ledger, client.stopping, options.preview)
        beside.append(threading.Thread(target=preview_now_and_then, args=arguments))
    for thread in beside:
        thread.start()
    client.run()
    for thread in beside:
        if not thread.daemon:
            thread.join()
    ledger.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
