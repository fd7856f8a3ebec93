"""The backend's OpenAPI document, as its own command exports it."""

from __future__ import annotations

import json
import subprocess
import tempfile

from hivesync_dev.generate.generated import Generated, json_text
from hivesync_dev.paths import ROOT, VENV_BIN
from hivesync_dev.stack.environment import clean_env


def openapi_file() -> Generated:
    """Give the document. It is exported from local settings, so it names nobody's server."""
    with tempfile.TemporaryDirectory(prefix="hivesync-openapi-") as folder:
        env = clean_env() | {"HIVESYNC_ENV": "local", "HIVESYNC_DATA_DIR": folder}
        command = [str(VENV_BIN / "hivesync-server"), "export-openapi"]
        result = subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, check=True)
    path = ROOT / "plugins_bridge" / "spec" / "openapi" / "backend.json"
    # Only names that begin with `x-` may be added to an OpenAPI document.
    return Generated(path, json_text(json.loads(result.stdout), member="x-generated"))
