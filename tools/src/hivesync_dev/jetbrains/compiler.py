"""Compiles the modules, only when something has changed. Warnings are errors."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hivesync_dev.jetbrains.modules import DIST, Module

_RELEASE = "17"


class CompileFailed(Exception):
    """The compiler's own words."""


def compile_modules(*modules: Module) -> None:
    """Compile what has changed since the last time; raise `CompileFailed`."""
    with _alone():
        for module in modules:
            _ensure(module)


def _ensure(module: Module) -> str:
    """Give the digest of what the module was made of."""
    digest = hashlib.sha256("\0".join((_RELEASE, module.warnings, *map(_ensure, module.needs))).encode())
    for source in module.sources():
        digest.update(str(source.relative_to(module.folder)).encode() + source.read_bytes())
    for jar in module.jars:
        digest.update(f"{jar} {jar.stat().st_size}".encode())
    made_of = digest.hexdigest()
    stamp = DIST / "classes" / f"{module.name}.sha256"
    if not stamp.is_file() or stamp.read_text("ascii") != made_of:
        _compile(module)
        stamp.write_text(made_of, "ascii")
    return made_of


def _compile(module: Module) -> None:
    shutil.rmtree(module.classes, ignore_errors=True)
    module.classes.mkdir(parents=True)
    options = ["--release", _RELEASE, module.warnings, "-Werror", "-encoding", "UTF-8", "-proc:none"]
    places = ["-cp", os.pathsep.join(map(str, module.classpath())), "-d", str(module.classes)]
    command = ["javac", "-J-XX:TieredStopAtLevel=1", *options, *places, *map(str, module.sources())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CompileFailed(done.stdout + done.stderr)


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process compile at a time: test workers and drivers start side by side."""
    DIST.mkdir(parents=True, exist_ok=True)
    with Path(DIST / "compile.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
