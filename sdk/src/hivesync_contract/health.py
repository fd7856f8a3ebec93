"""What the backend says about itself to anyone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Health:
    """`GET /health`. `upload_origins`: the only places for uploads and room sockets.

    `worker_origin` is the one of them that shows previews. `api_min` to `api_max`: the versions of its API
    that the backend serves; one that does not say serves version 1.
    """

    status: Literal["ok"]
    version: str
    env: Literal["local", "staging", "production"]
    upload_origins: list[str]
    worker_origin: str | None = None
    api_min: int = 1
    api_max: int = 1
