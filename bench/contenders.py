"""The programs that are compared, all in front of one upstream. A missing one is left out, and named."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hivesync_contract import headers
from hivesync_dev.node import NODE, node_env, npm_command
from hivesync_dev.paths import ROOT
from hivesync_dev.stack.agent import Agent, AgentSettings
from hivesync_dev.stack.environment import clean_env
from hivesync_dev.stack.part import Part
from hivesync_dev.stack.ports import any_free_port, is_free
from hivesync_dev.stack.processes import Command

from bench.nginx import NGINX, proxy_config, static_config
from bench.pinned import pinned

HTTP_PROXY = "http-proxy@1.18.1"
MITMPROXY = "mitmproxy==11.0.2"
_PEERS = Path(__file__).parent / "peers"
_FETCHED = ROOT / ".tools" / "bench"
_UVX = ROOT / ".tools" / "bin" / "uvx"


class PeerMissing(Exception):
    """A peer could not be fetched."""


@dataclass(slots=True)
class Contender:
    """A name, where it listens, what its requests must carry, and the process (None: direct access)."""

    name: str
    origin: str
    part: Part | None = None
    prefix: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class PinnedPart(Part):
    """A server on one port and one core; ready as soon as it listens."""

    def __init__(self, name: str, port: int, core: int, command: list[str], folder: Path) -> None:
        super().__init__()
        self.name = name
        self.port = port
        self._command = pinned(core, command)
        self._folder = folder

    def command(self) -> Command:
        return Command(
            self.name, self._command, node_env(clean_env()), ROOT, self._folder / f"{self.name}.log"
        )

    def is_ready(self) -> bool:
        return not is_free(self.port)


class PinnedAgent(Agent):
    """The agent on one core, signed in by an API key, so that it needs no backend but the static upstream."""

    def __init__(self, settings: AgentSettings, core: int) -> None:
        super().__init__(settings)
        self._core = core

    def command(self) -> Command:
        plain = super().command()
        env = dict(plain.env) | {"PYTHONPATH": str(ROOT)}
        return Command(plain.name, pinned(self._core, list(plain.arguments)), env, plain.folder, plain.log)

    def contender(self) -> Contender:
        """Give the running agent as a contender; its address is known only now."""
        discovery = self.discovery()
        sent = {"Authorization": f"Bearer {discovery.token}", headers.CLIENT: "bench/1"}
        return Contender("relay", discovery.url, self, headers=sent)


def make_upstream(folder: Path, core: int) -> PinnedPart:
    """Give the static upstream: nginx, or Node where nginx is not installed."""
    port = any_free_port()
    if NGINX:
        command = [NGINX, "-c", str(static_config(folder / "upstream", port))]
    else:
        command = [str(NODE), str(_PEERS / "upstream.mjs"), str(port)]
    return PinnedPart("upstream", port, core, command, folder)


def make_relay(folder: Path, core: int, upstream_port: int) -> PinnedAgent:
    """Give the agent in front of the upstream."""
    settings = AgentSettings(
        folder / "agent",
        folder / "agent.log",
        f"http://127.0.0.1:{upstream_port}",
        extra_env={"HIVESYNC_TOKEN": "hs_bench_0123456789abcdef0123456789abcdef"},
    )
    return PinnedAgent(settings, core)


def make_nginx(folder: Path, core: int, upstream_port: int) -> Contender:
    """Give nginx as a reverse proxy; raise `PeerMissing`."""
    if not NGINX:
        raise PeerMissing("nginx is not installed: sudo apt-get install nginx-light")
    port = any_free_port()
    config = proxy_config(folder / "nginx", port, f"127.0.0.1:{upstream_port}")
    return _contender("nginx", port, core, [NGINX, "-c", str(config)], folder)


def make_http_proxy(folder: Path, core: int, upstream_port: int) -> Contender:
    """Give Node's http-proxy, fetched once into .tools; raise `PeerMissing`."""
    modules = _FETCHED / "node"
    if not (modules / "node_modules" / "http-proxy").is_dir():
        modules.mkdir(parents=True, exist_ok=True)
        _fetch(
            npm_command(
                "install", "--prefix", str(modules), "--no-audit", "--no-fund", "--silent", HTTP_PROXY
            )
        )
    port = any_free_port()
    script = [str(NODE), "--no-deprecation", str(_PEERS / "http_proxy.mjs")]
    command = [*script, str(modules), str(port), f"http://127.0.0.1:{upstream_port}"]
    return _contender("http-proxy", port, core, command, folder)


def make_mitmdump(folder: Path, core: int, upstream_port: int) -> Contender:
    """Give mitmdump in an environment of its own; raise `PeerMissing`."""
    run = [str(_UVX), "--quiet", "--from", MITMPROXY, "mitmdump"]
    _fetch([*run, "--version"])
    port = any_free_port()
    options = ["--mode", f"reverse:http://127.0.0.1:{upstream_port}", "--listen-host", "127.0.0.1"]
    quiet = ["--quiet", "--set", f"confdir={folder / 'mitmproxy'}", "--set", "flow_detail=0"]
    return _contender("mitmdump", port, core, [*run, *options, "--listen-port", str(port), *quiet], folder)


def _contender(name: str, port: int, core: int, command: list[str], folder: Path) -> Contender:
    return Contender(name, f"http://127.0.0.1:{port}", PinnedPart(name, port, core, command, folder))


def _fetch(command: list[str]) -> None:
    result = subprocess.run(command, env=node_env(), capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise PeerMissing(
            result.stderr.strip().splitlines()[-1] if result.stderr.strip() else "not available"
        )
