"""A path as a request names it. Refuses what could mean something else, and what is no file of a user's."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path
from unicodedata import category, normalize

from hivesync_agent.projects.refusals import PathInvalid, PathRefused

_PATH_CHARACTERS = 4096
_UNSAFE = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control characters, lone surrogates and line ends: never in a name that a person chose."""

_WINDOWS_DEVICE_PATH = re.compile(r"[\\/]{2}[.?][\\/]|[\\/]\?\?[\\/]")
_WINDOWS_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE)
"""Microsoft, "Naming Files, Paths, and Namespaces": a device in every folder, whatever its ending."""

_KERNEL_FOLDERS = ("/proc", "/sys")
_KERNEL_MOUNTS = (*_KERNEL_FOLDERS, "/dev")


def checked(path: str, *, on_windows: bool = os.name == "nt") -> Path:
    """Give the path; raise `PathInvalid` before the disk is touched."""
    if not path or len(path) > _PATH_CHARACTERS or any(category(each) in _UNSAFE for each in path):
        raise PathInvalid("The path is empty, too long, or holds control characters.")
    if _WINDOWS_DEVICE_PATH.match(path) and (on_windows or "\\" in path):
        raise PathInvalid("Windows device paths are not read; give the path with its drive letter.")
    if on_windows:
        _check_windows_parts(path)
    asked = Path(path)
    if not asked.is_absolute():
        raise PathInvalid("The path must be absolute.")
    if ".." in asked.parts:
        raise PathInvalid("The path must not hold '..'; resolve it first.")
    return asked


def _check_windows_parts(path: str) -> None:
    for part in re.split(r"[\\/]", re.sub(r"^[A-Za-z]:", "", path)):
        if _WINDOWS_DEVICE.match(part) or ":" in part:
            raise PathInvalid(f"{part!r} names a device or a stream of Windows, so it is not read.")


def mode_of(path: Path) -> int:
    """Give the mode of what the path leads to; raise `PathInvalid`."""
    try:
        return path.stat().st_mode
    except (OSError, ValueError) as exc:
        raise PathInvalid(f"{path} does not exist or can't be read. Save it first, or name another.") from exc


def refuse_kernel(path: Path) -> None:
    """Raise `PathRefused` for the system's view of its processes and devices: our own memory and environment,
    which hold the session, are files there. `path` has its links resolved; a mount elsewhere counts, too."""
    if any(path.is_relative_to(folder) for folder in _KERNEL_FOLDERS) or _device(path) in _kernel_devices():
        raise PathRefused(f"{path} belongs to the operating system, so it is not read.")


def _kernel_devices() -> frozenset[int]:
    return frozenset(map(_device, _KERNEL_MOUNTS)) - {_device("/"), -1}


def _device(path: Path | str) -> int:
    try:
        return os.stat(path).st_dev
    except OSError:
        return -1


def as_listed(root: Path, relative: str) -> str:
    """Give a file's path as its folders list it. Where a disk takes `secret.TXT` for `Secret.txt`, or the
    decomposed form of a name for the composed one, ignore lists would else not know it."""
    folder, spelled = root, []
    for part in relative.split("/"):
        try:
            name = spelling(part, os.listdir(folder))
        except OSError:
            name = part  # not ours to list: then it stands as it was asked for
        folder /= name
        spelled.append(name)
    return "/".join(spelled)


def spelling(name: str, listed: Collection[str]) -> str:
    """Give the listed name that a disk without regard to case or composition means by `name`."""
    if name in listed:
        return name
    return next((each for each in listed if _folded(each) == _folded(name)), name)


def _folded(name: str) -> str:
    return normalize("NFC", normalize("NFC", name).casefold())
