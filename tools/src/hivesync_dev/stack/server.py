"""The backend as a part of the stack: SQLite, in-process cache, outbox mails, the local Worker's R2."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from hivesync_dev.paths import VENV_BIN
from hivesync_dev.stack.environment import clean_env
from hivesync_dev.stack.part import Part
from hivesync_dev.stack.processes import Command
from hivesync_dev.stack.readiness import answers
from hivesync_dev.stack.worker import R2_ACCESS_KEY, R2_BUCKET, R2_SECRET_KEY


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where the backend runs and whom it talks to. `preview_public_url`: origin of the phone links."""

    port: int
    folder: Path
    log: Path
    worker_url: str
    worker_secret: str
    jwt_secret: str
    preview_public_url: str | None = None
    preview_deadline_seconds: int = 60
    extra_env: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Server(Part):
    """`hivesync-server serve`."""

    name = "backend"

    def __init__(self, settings: ServerSettings) -> None:
        super().__init__()
        self.settings = settings

    def command(self) -> Command:
        self.settings.folder.mkdir(parents=True, exist_ok=True)
        arguments = [str(VENV_BIN / "hivesync-server"), "serve"]
        return Command(self.name, arguments, self._env(), self.settings.folder, self.settings.log)

    def is_ready(self) -> bool:
        return answers(f"{self.settings.url}/api/v1/health")

    def _env(self) -> dict[str, str]:
        settings = self.settings
        env = clean_env() | {
            "HIVESYNC_ENV": "local",
            "HIVESYNC_DATA_DIR": str(settings.folder),
            "PORT": str(settings.port),
            "BASE_URL": settings.url,
            "WORKER_URL": settings.worker_url,
            "WORKER_SHARED_SECRET": settings.worker_secret,
            "JWT_SECRET": settings.jwt_secret,
            "R2_ENDPOINT": f"{settings.worker_url}/cdn-cgi/local/r2/s3",
            "R2_ACCESS_KEY": R2_ACCESS_KEY,
            "R2_SECRET_KEY": R2_SECRET_KEY,
            "R2_BUCKET": R2_BUCKET,
            "PREVIEW_DEADLINE_SECONDS": str(settings.preview_deadline_seconds),
        }
        if settings.preview_public_url:
            env["PREVIEW_PUBLIC_URL"] = settings.preview_public_url
        return env | settings.extra_env
