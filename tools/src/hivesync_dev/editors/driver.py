"""`python -m hivesync_dev.editors.driver neovim|vim`: become that editor, without a screen, as a driver."""

from __future__ import annotations

import os
import shutil
import sys

from hivesync_dev.editors.installed import PLUGINS, VIM, neovim_command, neovim_programs


def command_of(name: str) -> list[str]:
    """Give the command of an editor without a screen that runs its plugin's driver."""
    if name == "vim":
        add = f"set runtimepath^={PLUGINS / 'vim'}"
        quiet = ("-u", "NONE", "-i", "NONE", "-N", "-n", "-es")
        return [VIM, *quiet, "--cmd", add, "-S", str(PLUGINS / "vim/conformance/driver.vim")]
    program = neovim_programs()["distribution" if name.endswith("distribution") else "current"]
    driver = PLUGINS / "neovim/conformance/driver.lua"
    return neovim_command(program, "--headless", "-c", f"luafile {driver}")


if __name__ == "__main__":
    command = command_of(sys.argv[1])
    os.execv(shutil.which(command[0]) or command[0], command)  # noqa: S606 - the runner wants one process
