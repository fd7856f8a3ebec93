"""`python -m hivesync_dev.jetbrains.plugin_zip` builds the plugin's zip, the same to the byte each time.

Gson is left out, since every IDE brings it, and the stubs, which only stand in for the platform.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from hivesync_agent.plugins.archive import zip_bytes

from hivesync_dev.jetbrains.compiler import compile_modules
from hivesync_dev.jetbrains.modules import CORE, DIST, PLUGIN, RESOURCES

_VERSION = re.compile(r"<version>([0-9][0-9.]*)</version>")


def build_zip() -> Path:
    """Compile what has changed and give the zip, to be installed as JetBrains IDEs do it from disk."""
    compile_modules(PLUGIN)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for part in (CORE.classes, PLUGIN.classes, RESOURCES):
            shutil.copytree(part, root / "jar", dirs_exist_ok=True)
        library = root / "zip" / "hivesync" / "lib" / f"hivesync-{_version()}.jar"
        library.parent.mkdir(parents=True)
        library.write_bytes(_packed(root / "jar"))
        target = DIST / f"hivesync-jetbrains-{_version()}.zip"
        # Whole at every moment: somebody may be installing it.
        with tempfile.NamedTemporaryFile(dir=DIST, suffix=".part", delete=False) as part_file:
            part_file.write(_packed(root / "zip"))
        Path(part_file.name).replace(target)
    return target


def _packed(folder: Path) -> bytes:
    return zip_bytes(folder, (path for path in folder.rglob("*") if path.is_file()))


def _version() -> str:
    found = _VERSION.search((RESOURCES / "META-INF" / "plugin.xml").read_text("utf-8"))
    if found is None:
        raise ValueError("plugin.xml names no version")
    return found[1]


if __name__ == "__main__":
    print(build_zip())
