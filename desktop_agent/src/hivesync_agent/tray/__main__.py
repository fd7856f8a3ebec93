"""`hivesync-tray`: the tray without a terminal, for menus and autostart entries."""

from __future__ import annotations

import sys

from hivesync_agent.cli.main import run


def main() -> None:
    """Be `hivesync tray`."""
    sys.exit(run(["tray", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
