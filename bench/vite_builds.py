"""What a preview is compared with: `vite build` of the same app, as a web developer runs it.

A React Native app is built as its own files on react-native-web, which is what a preview shows of it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path

from hivesync_dev.node import NODE, node_env
from hivesync_dev.project_files import Content, write_files
from hivesync_dev.samples import add_packages, install_declared, make_vite_project
from hivesync_dev.stack.environment import clean_env

_NATIVE_WEB = "0.21.4"
_NATIVE_FILES: dict[str, Content] = {
    "src/main.tsx": """
import { AppRegistry } from 'react-native'
import App from '../App'

AppRegistry.registerComponent('app', () => App)
AppRegistry.runApplication('app', { rootTag: document.getElementById('root') })
""",
    "vite.config.ts": """
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react()],
  define: { __DEV__: 'false' },
  resolve: { alias: { 'react-native': 'react-native-web' } },
})
""",
}


class ViteBuildFailed(Exception):
    """`vite build` did not end well; the message holds what it said."""


def make_web_projects(folder: Path) -> tuple[Path, Path]:
    """Give two Vite projects with all that they declare installed: a fresh one, and one with packages."""
    plain = make_vite_project("react-ts", folder)
    packaged = Path(shutil.copytree(plain, folder / f"{plain.name}-packages"))
    install_declared(plain)
    add_packages(packaged)
    install_declared(packaged)
    return plain, packaged


def make_native_project(app: Path, plain: Path) -> Path:
    """Give a Vite project beside `plain` that builds the files of a React Native app for the web."""
    project = plain.parent / f"{plain.name}-native"
    shutil.copytree(plain, project, ignore=shutil.ignore_patterns("node_modules", "src"))
    for part in ("App.tsx", "src", "assets"):
        copy = shutil.copytree if (app / part).is_dir() else shutil.copy2
        copy(app / part, project / part)
    write_files(project, _NATIVE_FILES)
    manifest = json.loads((project / "package.json").read_text("utf-8"))
    manifest["dependencies"]["react-native-web"] = _NATIVE_WEB
    (project / "package.json").write_text(json.dumps(manifest), "utf-8")
    install_declared(project)
    return project


def build_seconds(project: Path) -> float:
    """Build it once for production, as `npx vite build` does."""
    command = [str(NODE), str(project / "node_modules" / "vite" / "bin" / "vite.js"), "build"]
    began = time.perf_counter()
    done = subprocess.run(
        command, cwd=project, env=node_env(clean_env()), capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - began
    if done.returncode != 0 or not (project / "dist" / "index.html").is_file():
        raise ViteBuildFailed(done.stdout + done.stderr)
    return seconds


def version_of(project: Path) -> str:
    """Give the version of Vite that builds it."""
    text = (project / "node_modules" / "vite" / "package.json").read_text("utf-8")
    return str(json.loads(text)["version"])
