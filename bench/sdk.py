"""What the Python SDK costs: its import beside httpx's, and a call beside bare httpx on the same agent."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from hivesync import Client
from hivesync.locations import Locations
from hivesync.settings import Settings
from hivesync_contract import headers
from hivesync_contract.discovery import API_PREFIX, DiscoveryFile
from hivesync_dev.stack.agent import Agent, AgentSettings
from hivesync_dev.stack.ports import any_free_port
from hivesync_dev.stack.runner import Runner

_BATCH = 50
_PATH = "/v1/status"
# Where the SDK is installed for itself, neither is there: httpx would load them for its command.
_WITHOUT_EXTRAS = "import sys; sys.modules['rich'] = sys.modules['click'] = None; "
_IMPORTS = {
    "nothing": "",
    "package": "import hivesync",
    "client": "from hivesync import Client",
    "httpx": "import httpx",
}


def measure_sdk(folder: Path, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Give milliseconds: of imports, beyond a bare interpreter, and of one call by either client."""
    say("  importing the SDK")
    taken: dict[str, list[float]] = {name: [] for name in _IMPORTS}
    for _ in range(rounds * 3):
        for name, code in _IMPORTS.items():
            taken[name].append(_seconds_of(_WITHOUT_EXTRAS + code))
    bare = min(taken["nothing"])
    imports = {f"import_{name}_ms": (min(found) - bare) * 1000 for name, found in taken.items()}
    say("  calling an agent, by the SDK and by httpx in turns")
    return imports | _calls(folder, rounds)


def _seconds_of(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - began


def _calls(folder: Path, rounds: int) -> dict[str, float]:
    settings = AgentSettings(folder / "agent", folder / "agent.log", f"http://127.0.0.1:{any_free_port()}")
    with Runner() as runner:
        agent = Agent(settings)
        runner.start(agent)
        environ, found = agent.env(), agent.discovery()
        with (
            Client(settings=Settings.from_env(environ), locations=Locations.detect(environ)) as client,
            _bare(found) as bare,
        ):

            def by_sdk() -> int:
                return client.request("GET", _PATH).status

            def by_httpx() -> int:
                return bare.get(API_PREFIX + _PATH).status_code

            pairs = [(_milliseconds(by_sdk), _milliseconds(by_httpx)) for _ in range(rounds * 4)]
    return {
        "call_ms": statistics.median(sdk for sdk, _ in pairs),
        "bare_call_ms": statistics.median(bare for _, bare in pairs),
        "call_ratio": statistics.median(sdk / bare for sdk, bare in pairs),
    }


def _bare(found: DiscoveryFile) -> httpx.Client:
    sent = {"Authorization": f"Bearer {found.token}", headers.CLIENT: "bench/1.0.0"}
    return httpx.Client(base_url=f"http://127.0.0.1:{found.port}", headers=sent, trust_env=False)


def _milliseconds(call: Callable[[], int]) -> float:
    """Give what one call of a batch takes."""
    began = time.perf_counter()
    for _ in range(_BATCH):
        assert call() == 200
    return (time.perf_counter() - began) / _BATCH * 1000
