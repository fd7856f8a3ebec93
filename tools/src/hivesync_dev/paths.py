"""Where things lie in the repository. Nothing here touches the disk."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
"""The repository: this package is always installed editable from it."""

WORKER = ROOT / "worker"
DEMO = ROOT / ".demo"
EXAMPLES = ROOT / "examples"
VENV_BIN = ROOT / ".venv" / "bin"
