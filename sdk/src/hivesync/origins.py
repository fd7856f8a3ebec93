"""Which origins a backend may name for files and links. Refuses those of this machine to one elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from hivesync.settings import is_loopback


def allowed_origins(backend: str, listed: Sequence[str]) -> list[str]:
    """Give those that a backend may name: one elsewhere has no say over what listens on this machine."""
    return [origin for origin in listed if _is_here(backend) or not _is_here(origin)]


def _is_here(origin: str) -> bool:
    return is_loopback(urlsplit(origin).hostname)
