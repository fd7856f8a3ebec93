"""Projects on disk for tests, written as one table of paths and contents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

Content = str | bytes | dict[str, object]


def write_files(root: Path, files: Mapping[str, Content]) -> Path:
    """Write the files below `root` (a dict becomes JSON) and give `root`."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return root
