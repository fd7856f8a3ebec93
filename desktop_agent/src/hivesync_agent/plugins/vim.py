"""Vim and Neovim: a package in `pack/hivesync/start`, which both load by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from hivesync_agent.plugins.bundled import plugin_folder
from hivesync_agent.plugins.folder import Files, FolderPlace
from hivesync_agent.plugins.machine import Machine
from hivesync_agent.plugins.place import Place

_NOT_FOR_THE_EDITOR = frozenset({"conformance", "test", "tests"})
_TAG = re.compile(r"(?:^|(?<=\s))\*([^*\s|]+)\*(?=\s|$)", re.MULTILINE)


def vim_places(machine: Machine) -> Iterator[Place]:
    """Give Vim's place, if there is one."""
    folder = _vim_folder(machine)
    if machine.has("vim", "gvim", "mvim") or folder.is_dir():
        yield _place("vim", "Vim", folder, "Restart Vim, then `:help hivesync`. It takes Vim 9.")


def neovim_places(machine: Machine) -> Iterator[Place]:
    """Give Neovim's place, if there is one."""
    name = machine.environ.get("NVIM_APPNAME") or "nvim"
    data = machine.local_data / (f"{name}-data" if machine.is_windows else name)
    if machine.has("nvim") or data.is_dir():
        yield _place("neovim", "Neovim", data / "site", "Restart Neovim, then `:checkhealth hivesync`.")


def _vim_folder(machine: Machine) -> Path:
    if machine.is_windows:
        return machine.home / "vimfiles"
    usual = machine.home / ".vim"
    xdg = machine.application_data / "vim" if not machine.is_mac else machine.home / ".config" / "vim"
    # Vim 9.1.0327 and later read the XDG folder where the usual one is not used (`:help xdg-base-dir`).
    is_usual = (machine.home / ".vimrc").exists() or usual.exists()
    return xdg if not is_usual and (xdg / "vimrc").exists() else usual


def _place(editor: str, name: str, folder: Path, next_step: str) -> FolderPlace:
    pack = folder / "pack" / "hivesync"
    return FolderPlace(editor, name, pack / "start" / "hivesync", next_step, partial(_files, editor), pack)


def _files(editor: str) -> Files:
    """Read the bundled plugin, and make the index of its help, as `:helptags` would."""
    root = plugin_folder(editor)
    names = (file.relative_to(root) for file in root.rglob("*") if file.is_file())
    files = {name.as_posix(): (root / name).read_bytes() for name in names if _is_for_editor(name)}
    pages = {name: text for name, text in files.items() if PurePosixPath(name).match("doc/*.txt")}
    if pages:
        files["doc/tags"] = _tags(pages)
    return files


def _is_for_editor(name: Path) -> bool:
    hidden = any(part.startswith((".", "__")) for part in name.parts)
    return not hidden and name.parts[0] not in _NOT_FOR_THE_EDITOR and name.as_posix() != "doc/tags"


def _tags(pages: Files) -> bytes:
    lines = [
        f"{tag}\t{PurePosixPath(name).name}\t/*{tag}*\n"
        for name, text in pages.items()
        for tag in _TAG.findall(text.decode("utf-8"))
    ]
    return "".join(sorted(lines)).encode("utf-8")
