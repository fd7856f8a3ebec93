"""`python -m hivesync_dev.jetbrains.driver`: becomes the conformance driver of the plugin's client."""

from __future__ import annotations

import os

from hivesync_dev.jetbrains.compiler import compile_modules
from hivesync_dev.jetbrains.java import java_command
from hivesync_dev.jetbrains.modules import DRIVER

if __name__ == "__main__":
    compile_modules(DRIVER)
    command = java_command(DRIVER, "dev.hivesync.conformance.Driver")
    os.execvp(command[0], command)  # noqa: S606 - the runner must find no process between it and the client
