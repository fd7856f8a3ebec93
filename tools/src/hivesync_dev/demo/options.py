"""What was asked of the demo: ONCE, PROJECT and LAN from the environment, where `make` puts them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hivesync_contract.errors import ErrorCode, HiveSyncError

from hivesync_dev.paths import EXAMPLES

SAMPLE = EXAMPLES / "react-native-app"
_NO = frozenset({"", "0", "no", "false", "off"})


class OptionInvalid(HiveSyncError):
    """An option has a value that can't be used; the message names it and says what to write."""

    code = ErrorCode.VALIDATION_ERROR


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """`project` is an absolute path. `once`: look at the preview, say how it went, and end."""

    project: Path
    once: bool = False
    lan: bool = False

    @classmethod
    def from_env(cls, environ: Mapping[str, str], folder: Path) -> DemoOptions:
        """Read the options; a relative PROJECT counts from `folder`."""
        return cls(
            project=_project(environ.get("PROJECT", ""), folder),
            once=_is_on(environ, "ONCE"),
            lan=_is_on(environ, "LAN"),
        )


def _is_on(environ: Mapping[str, str], name: str) -> bool:
    return environ.get(name, "").strip().lower() not in _NO


def _project(value: str, folder: Path) -> Path:
    if not value:
        return SAMPLE
    # `make demo PROJECT=~/x` and a quoted value come with the `~` still in them.
    path = (folder / os.path.expanduser(value)).resolve()
    if not path.exists():
        raise OptionInvalid(f"PROJECT={value}: there is no such file or folder.")
    return path
