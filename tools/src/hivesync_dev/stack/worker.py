"""The Worker as a part of the stack: real workerd under `wrangler dev`, with its clock, offline and quiet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hivesync.private_files import write_private

from hivesync_dev.node import NODE, node_env
from hivesync_dev.paths import WORKER
from hivesync_dev.stack.environment import clean_env
from hivesync_dev.stack.part import Part
from hivesync_dev.stack.processes import Command
from hivesync_dev.stack.readiness import answers

R2_ACCESS_KEY = "hivesync-local"
R2_SECRET_KEY = "hivesync-local-secret"
R2_BUCKET = "hivesync-previews"
"""As `local_dev.experimental_s3_credentials` in worker/wrangler.toml; they protect simulated buckets only."""

_QUIET = {
    "WRANGLER_SEND_METRICS": "false",
    "WRANGLER_SEND_ERROR_REPORTS": "false",
    "WRANGLER_HIDE_BANNER": "true",
    "CLOUDFLARE_CF_FETCH_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "NO_COLOR": "1",
    "CI": "true",
}


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """Where the Worker runs, and the backend that it reports to."""

    port: int
    folder: Path
    log: Path
    backend_url: str
    shared_secret: str
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Worker(Part):
    """`wrangler dev`, as `npm run dev` has it."""

    name = "Worker"

    def __init__(self, settings: WorkerSettings) -> None:
        super().__init__()
        self.settings = settings

    def command(self) -> Command:
        return Command(self.name, self._arguments(), self._env(), WORKER, self.settings.log)

    def is_ready(self) -> bool:
        return answers(f"{self.settings.url}/health")

    def _arguments(self) -> list[str]:
        settings = self.settings
        variables = settings.folder / "worker.env"
        # In a file: a command line can be read by every user of the machine.
        own = {"WORKER_SHARED_SECRET": settings.shared_secret, "BACKEND_URL": settings.backend_url}
        lines = [f"{name}={value}\n" for name, value in {**own, **settings.variables}.items()]
        write_private(variables, "".join(lines).encode())
        return [
            *(str(NODE), str(WORKER / "scripts" / "dev.ts")),
            *("--ip", "127.0.0.1", "--port", str(settings.port)),
            *("--persist-to", str(settings.folder / "state"), "--env-file", str(variables)),
        ]

    def _env(self) -> dict[str, str]:
        folder = self.settings.folder
        own = {
            "WRANGLER_LOG_PATH": str(folder / "wrangler-logs"),
            "WRANGLER_REGISTRY_PATH": str(folder / "registry"),
            "MINIFLARE_REGISTRY_PATH": str(folder / "registry"),
            "XDG_CONFIG_HOME": str(folder / "config"),
        }
        return node_env(clean_env()) | _QUIET | own
