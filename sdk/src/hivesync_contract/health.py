"""What the backend says about itself to anyone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Health:
    """`GET /health`. `upload_origins`: the only places for uploads and room sockets."""

    status: Literal["ok"]
    version: str
    env: Literal["local", "staging", "production"]
    upload_origins: list[str]
