"""The command that runs compiled modules: quick to start, since each run is short."""

from __future__ import annotations

import os
from pathlib import Path

from hivesync_dev.jetbrains.modules import Module

_QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto")


def java_command(module: Module, main: str, *words: str, more: tuple[Path, ...] = ()) -> list[str]:
    """Give the command that runs this class of the module."""
    classpath = os.pathsep.join(map(str, (module.classes, *module.classpath(), *more)))
    return ["java", *_QUICK, "-cp", classpath, main, *words]
