"""A repository with two branches that differ in every file, for what a branch switch does to who watches."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

BRANCHES = ("one", "two")
_IN_FOLDER = 100


def make_branches(root: Path, files: int) -> None:
    """Make the repository and check out the first branch. A tenth of the folders are in one of them only."""
    git(root.parent, "init", "-q", "-b", BRANCHES[0], str(root))
    git(root, "fast-import", "--quiet", stdin=b"".join(_stream(files)))
    git(root, "switch", "-q", "--discard-changes", BRANCHES[0])


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> None:
    """Run git there without the user's own settings."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-C", str(folder), *arguments]
    subprocess.run(command, input=stdin, env=environment, stdout=subprocess.DEVNULL, check=True)


def hashes_of(root: Path) -> dict[str, str]:
    """Give the SHA-256 of every file of the work tree by its path."""
    paths = (Path(folder) / name for folder, _, names in os.walk(root) for name in names)
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
        if ".git" not in path.parts
    }


def _stream(files: int) -> Iterator[bytes]:
    for branch in BRANCHES:
        yield f"commit refs/heads/{branch}\ncommitter t <t@example.test> 1700000000 +0000\n".encode()
        yield b"data 1\nx\n"
        for number in range(files):
            folder = number // _IN_FOLDER
            only = f"{branch}/" if folder % 10 == 0 else ""
            text = f"export const value{number} = '{branch}';\n" * 8
            yield f"M 100644 inline {only}p{folder}/f{number}.ts\ndata {len(text)}\n{text}\n".encode()
