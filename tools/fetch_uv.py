"""Fetch uv from a package index with the standard library alone, where Python came without pip.

Run by bootstrap.sh: `fetch_uv.py VERSION FOLDER`. Takes only a wheel for this platform, whose bytes
have the hash that the index names for it (what pip itself would check).
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import sys
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

_ACCEPT = "application/vnd.pypi.simple.v1+json"
_SYSTEMS = {"linux": "manylinux", "darwin": "macosx"}
_MACHINES = {
    "x86_64": ("x86_64",),
    "amd64": ("x86_64",),
    "aarch64": ("aarch64",),
    "arm64": ("arm64", "aarch64"),
}


def main() -> int:
    """Put `uv` into FOLDER/bin, or say why not."""
    version, folder = sys.argv[1], Path(sys.argv[2])
    index = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("PIP_INDEX_URL") or "https://pypi.org/simple"
    page = f"{index.rstrip('/')}/uv/"
    wheel = _choose(json.loads(_fetch(page, _ACCEPT))["files"], version)
    if wheel is None:
        print(f"{page} has no uv {version} for {sys.platform} on {platform.machine()}.", file=sys.stderr)
        return 1
    content = _fetch(urllib.parse.urljoin(page, wheel["url"]), "*/*")
    if hashlib.sha256(content).hexdigest() != wheel["hashes"]["sha256"]:
        print(f"{wheel['filename']} is not what the index promised (SHA-256 differs).", file=sys.stderr)
        return 1
    _unpack(content, folder / "bin")
    return 0


def _fetch(url: str, accept: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept": accept})  # noqa: S310 - the user's own index
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        content: bytes = answer.read()
    return content


def _choose(files: list[dict[str, Any]], version: str) -> dict[str, Any] | None:
    system, machines = _SYSTEMS.get(sys.platform), _MACHINES.get(platform.machine().lower(), ())
    for file in files:
        name = file["filename"]
        if not (name.startswith(f"uv-{version}-") and name.endswith(".whl")):
            continue
        if system and system in name and any(machine in name for machine in machines):
            return file
    return None


def _unpack(content: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith(("/scripts/uv", "/scripts/uvx")):
                target = folder / Path(name).name
                target.write_bytes(archive.read(name))
                target.chmod(0o755)


if __name__ == "__main__":
    raise SystemExit(main())
