"""All editors of this machine, in the order in which people are told of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from hivesync_agent.plugins.jetbrains import jetbrains_places
from hivesync_agent.plugins.machine import Machine
from hivesync_agent.plugins.place import Place
from hivesync_agent.plugins.sublime import sublime_places
from hivesync_agent.plugins.vim import neovim_places, vim_places
from hivesync_agent.plugins.vscode import vscode_places

EDITORS: Mapping[str, Callable[[Machine], Iterator[Place]]] = {
    "vscode": vscode_places,
    "jetbrains": jetbrains_places,
    "vim": vim_places,
    "neovim": neovim_places,
    "sublime": sublime_places,
}


def find_places(machine: Machine, editors: Collection[str] = ()) -> list[Place]:
    """Give the places of these editors, of all without any."""
    wanted = [editor for editor in EDITORS if not editors or editor in editors]
    return [place for editor in wanted for place in EDITORS[editor](machine)]
