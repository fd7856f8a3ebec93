"""Sample projects as users have them: made by create-vite when needed, never committed, never edited."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

from hivesync_dev.node import node_env, npm_command
from hivesync_dev.project_files import Content, write_files

CREATE_VITE = "create-vite@9.3.0"
VITE_TEMPLATES = ("react-ts", "react", "preact-ts", "preact", "vanilla-ts", "vanilla")

PACKAGES = ("zustand@5.0.8", "clsx@2.1.1", "date-fns@4.1.0")
"""Two small ones, and one whose entry leads to hundreds of files."""

PNPM = "pnpm@10.18.0"

_WORKSPACE: dict[str, Content] = {
    "package.json": {"name": "acme", "private": True, "workspaces": ["apps/*", "packages/*"]},
    "pnpm-workspace.yaml": "packages:\n  - apps/*\n  - packages/*\n",
    "tsconfig.base.json": {"compilerOptions": {"jsx": "react-jsx", "strict": True}},
    "apps/web/package.json": {
        "name": "web",
        "private": True,
        "dependencies": {"@acme/ui": "WORKSPACE", "zustand": "5.0.8"},
    },
    "apps/web/tsconfig.json": {"extends": "../../tsconfig.base.json"},
    "apps/web/index.html": '<div id="root"></div><script type="module" src="/src/main.tsx"></script>',
    "apps/web/src/main.tsx": """
import { Button, useCount } from '@acme/ui'
import { createRoot } from 'react-dom/client'
import { note } from '../../../packages/notes/note'

const App = () => <main><p>The app counts {useCount((state) => state.count)}</p><Button />{note}</main>

createRoot(document.getElementById('root')!).render(<App />)
""",
    "packages/ui/package.json": {
        "name": "@acme/ui",
        "version": "1.0.0",
        "exports": {".": "./src/index.ts"},
        "dependencies": {"zustand": "5.0.8"},
    },
    "packages/ui/src/index.ts": "export * from './button'\nexport * from './count'\n",
    "packages/ui/src/count.ts": """
import { create } from 'zustand'

export const useCount = create<{ count: number }>(() => ({ count: 0 }))
""",
    "packages/ui/src/button.tsx": """
import { useCount } from './count'

const add = () => useCount.setState(({ count }) => ({ count: count + 1 }))

export const Button = () => <button onClick={add}>add to {useCount((state) => state.count)}</button>
""",
    "packages/notes/package.json": {"name": "notes", "version": "1.0.0"},
    "packages/notes/note.ts": "export const note = 'by a relative import'\n",
}

_USE = """
import { clsx } from 'clsx'
import { format } from 'date-fns'
import { create } from 'zustand'

export const useDay = create(() => ({ label: clsx('day', format(new Date(), 'yyyy-MM-dd')) }))
"""


EXPO_BLANK = "expo-template-blank@58.0.8"
EXPO_BLANK_TYPESCRIPT = "expo-template-blank-typescript@58.0.2"
COMMUNITY_TEMPLATE = "@react-native-community/template@0.87.2"


class SampleFailed(Exception):
    """The sample could not be made; the message holds what npm said."""


def make_vite_project(template: str, parent: Path) -> Path:
    """Give a new folder under `parent` that holds what `npm create vite` makes with this template."""
    name = f"vite-{template}"
    options = ["--template", template, "--no-interactive"]
    said = _npm(parent, "exec", "--yes", "--", CREATE_VITE, name, *options)
    folder = parent / name
    if not (folder / "package.json").is_file():
        raise SampleFailed(f"create-vite made no {template} project:\n{said}")
    return folder


def unpack_template(package: str, parent: Path) -> Path:
    """Give the folder of a template as npm has it, for tools that copy such a package into a new project."""
    name = "-".join(package.lstrip("@").replace("/", "@").split("@")[:-1])
    folder = parent / name
    folder.mkdir()
    said = _npm(folder, "pack", "--silent", package)
    archive = folder / said.split()[-1]
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    archive.unlink()
    inner = folder / "package"
    return inner / "template" if (inner / "template").is_dir() else inner


def add_packages(project: Path) -> None:
    """Install packages in a React project and use them; some 850 small files then belong to its preview."""
    _npm(project, "install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", *PACKAGES)
    with (project / "src" / "App.tsx").open("a", encoding="utf-8") as app:
        app.write(_USE)


def install_declared(project: Path) -> None:
    """Install all that a project declares, its development tools too."""
    _npm(project, "install", "--ignore-scripts", "--no-audit", "--no-fund")


def install_workspace(manager: str, parent: Path) -> Path:
    """Give a monorepo with one app and two packages, installed by `pnpm` or `npm`."""
    root = write_files(parent / "acme", _WORKSPACE)
    manifest = root / "apps" / "web" / "package.json"
    version = "workspace:*" if manager == "pnpm" else "*"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("WORKSPACE", version), encoding="utf-8")
    if manager == "pnpm":
        _npm(root, "exec", "--yes", "--", PNPM, "install", "--ignore-scripts")
    else:
        (root / "pnpm-workspace.yaml").unlink()
        _npm(root, "install", "--ignore-scripts", "--no-audit", "--no-fund")
    return root


def _npm(folder: Path, *arguments: str) -> str:
    """Run npm; give what it printed, or raise `SampleFailed` with it."""
    result = subprocess.run(
        npm_command(*arguments),
        cwd=folder,
        env=node_env(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    said = result.stdout + result.stderr
    if result.returncode != 0:
        raise SampleFailed(f"npm {arguments[0]} failed in {folder.name}:\n{said}")
    return said
