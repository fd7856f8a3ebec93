"""Which way a call goes: by the agent, or directly while none runs. No lost call, and nothing done twice.

A call that an agent may have done already is sent again under the same Idempotency-Key, which the backend
remembers whichever way it came. And nothing overtakes: while an agent that has ended keeps a change, later
ones of the same thing wait for it.
"""

from __future__ import annotations

import glob
import json
import os
import time
from typing import Any, Callable

from .agent import AgentLink
from .call import DIRECT, NONE, PROXY, Answer, Call, new_call
from .direct import DirectLink
from .discovery import USABLE
from .errors import AgentUnusable, HiveSyncError, Offline

_BUSY_SECONDS = 15.0
"""How long a request that lost its asker may keep the backend busy before the caller is told so."""
_BUSY_PAUSE_SECONDS = 0.5


class Session:
    """Holds both ways. `kept`: the folder of the agent's unsent changes."""

    def __init__(
        self, agent: AgentLink, direct: DirectLink, kept: str, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self.agent = agent
        self.direct = direct
        self._kept = kept
        self._pause = pause

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        """Make one call and give its answer, whatever its status; raise `HiveSyncError` if none came."""
        return self.send(new_call(method, path, body))

    def get(self, path: str) -> Any:
        """Read something; raise what its answer tells of."""
        return self.call("GET", path).good().json()

    def change(self, method: str, path: str, body: Any = None) -> Any:
        """Change something; raise what its answer tells of."""
        return self.call(method, path, body).good().json()

    def send(self, call: Call) -> Answer:
        """Send the call by the agent, else directly."""
        try:
            return self.agent.send(call)
        except AgentUnusable:
            if call.is_local:
                raise
        self._check_order(call)
        return self._take_over(call)

    def mode(self) -> tuple[str, str, str]:
        """Give the way that a call would go now, and why not by the agent: as a code, and for people."""
        try:
            self.agent.check()
        except AgentUnusable as error:
            return (DIRECT if self._can_go_direct() else NONE), error.reason, error.detail
        return PROXY, USABLE, ""

    def _can_go_direct(self) -> bool:
        try:
            self.direct.tokens.get()
        except Offline:
            return True  # the way is there; it is the network that is not
        except HiveSyncError:
            return False
        return True

    def close(self) -> None:
        """Drop connections and tokens; what is under way ends by itself."""
        self.agent.close()
        self.direct.tokens.forget()

    def _take_over(self, call: Call) -> Answer:
        """Send what the agent may have begun; while the backend is busy with that, it answers 409."""
        end = time.monotonic() + _BUSY_SECONDS
        while True:
            answer = self.direct.send(call)
            is_busy = answer.status == 409 and "retry-after" in answer.headers and call.key
            if not is_busy or time.monotonic() > end:
                return answer
            self._pause(_BUSY_PAUSE_SECONDS)

    def _check_order(self, call: Call) -> None:
        if not call.is_safe and _waits(self._kept, call.path.partition("?")[0], call.key):
            raise Offline(
                "An earlier change of this waits in the agent, which does not run. "
                "Start it (`hivesync agent start`), then try again."
            )


def _waits(folder: str, path: str, key: str) -> bool:
    for name in glob.glob(os.path.join(glob.escape(folder), "*.json")):
        try:
            with open(name, "rb") as file:
                # The first line is a checksum.
                entry = json.loads(file.read().partition(b"\n")[2].decode("utf-8"))
            target = str(entry["target"]).partition("?")[0]
            if entry["conflict"] is None and target == path and entry["key"] != key:
                return True
        except (OSError, ValueError, TypeError, KeyError):
            continue  # one that can't be read holds nobody up; the agent will keep it aside
    return False
