"""Where things lie in the repository. Nothing here touches the disk."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
"""The repository: this package is always installed editable from it."""

WORKER = ROOT / "worker"
VSCODE = ROOT / "plugins_bridge" / "vscode"
DEMO = Path(os.environ.get("HIVESYNC_DEMO_DIR") or ROOT / ".demo")
"""Where the demo keeps its state; tests give it a folder of their own."""

EXAMPLES = ROOT / "examples"
VENV_BIN = ROOT / ".venv" / "bin"
