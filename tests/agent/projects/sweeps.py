"""One pass over a project in this process, and what the index then holds."""

from __future__ import annotations

import hashlib
from pathlib import Path

from hivesync_agent.projects.index.outcome import Outcome
from hivesync_agent.projects.index.rules import Rules
from hivesync_agent.projects.index.store import IndexStore
from hivesync_agent.projects.index.sweep import Share, Sweep
from hivesync_agent.projects.root import Roots


def sweep(root: Path, store: IndexStore, *, share: Share | None = None, own: Roots | None = None) -> Outcome:
    identities = own.own_identities() if own else frozenset()
    found = Sweep(root, store.load(), Rules(root, root, identities), share or Share()).all()
    store.apply(found.changed, found.gone)
    return found


def files(store: IndexStore) -> dict[str, str]:
    return {
        f"{folder}/{name}" if folder else name: digest.hex()
        for folder, row in store.pages(None)
        for name, _, digest in row.files()
    }


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
