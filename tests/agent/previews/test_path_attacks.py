"""Attacks by a path, through the routes: refused before anything is read, and nothing reaches the backend."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hivesync_dev.project_files import Content, write_files
from hivesync_dev.servers.fake_previews import FakePreviews
from hivesync_dev.servers.preview_client import PreviewClient

CANARY = "canary-7c21"


def attacks(project: Path) -> Iterator[str]:
    """Give paths that must be refused, whatever they are asked for."""
    home = project.parent
    yield from ("/proc/self/environ", "/proc/self", "/proc", "/sys/kernel", "/dev", "/dev/zero", "/dev/fd/0")
    yield from (f"{project}/../state", f"{project}/./../state", f"/{project}/../../etc/passwd", "/", "~", "")
    yield from (f"file://{project}", f"{project}\x00.html", f"{project}/a\n.html", f"{project}/%2e%2e/state")
    yield from (
        r"\\?\C:\shop",
        r"C:\shop",
        f"{project}/pipe",
        f"{project}/gone",
        f"{project}/loop",
        "/x" * 3000,
    )
    for folder in ("run", "state", "config", "log"):
        yield from (
            f"{home}/{folder}",
            f"/{home}//{folder}/",
            f"{project}/to-{folder}",
            f"{home}/{folder}/a.html",
        )


@pytest.fixture
def trapped(project: Path) -> Iterator[Path]:
    """The project with a pipe, a loop, and links to the agent's folders, which hold a canary."""
    baits: dict[str, Content] = {"a.html": CANARY, "package.json": "{}", "index.html": CANARY}
    folders = [project.parent / folder for folder in ("run", "state", "config", "log")]
    for folder in folders:
        write_files(folder, baits)
        (project / f"to-{folder.name}").symlink_to(folder)
    os.mkfifo(project / "pipe")
    (project / "loop").symlink_to("loop")
    yield project
    for bait in (folder / name for folder in folders for name in baits):
        bait.unlink()


async def posted(client: PreviewClient, route: str, body: dict[str, Any]) -> tuple[int, str]:
    async with client.running.http.post(f"{client.running.url}/v1/{route}", json=body) as answer:
        return answer.status, await answer.text()


async def test_no_route_takes_a_path_that_means_something_else(
    client: PreviewClient, backend: FakePreviews, trapped: Path
) -> None:
    for path in attacks(trapped):
        for route, body in (
            ("previews", {"path": path}),
            ("previews", {"path": path, "live": True}),
            ("previews", {"path": str(trapped), "entry": path}),
            ("projects", {"path": path}),
            ("projects", {"path": str(trapped), "workspace_roots": [path]}),
            ("ai-docs", {"path": path}),
            ("ai-docs", {"path": path, "content": "x"}),
        ):
            status, text = await posted(client, route, body)
            assert status in (403, 422), (route, body, status, text)
            assert CANARY not in text
    assert (backend.created(), backend.store.puts, backend.projects) == ([], [], {})


async def test_a_project_around_traps_sends_none_of_them(
    client: PreviewClient, backend: FakePreviews, trapped: Path
) -> None:
    write_files(trapped, {".env": f"VITE_A=1\nSECRET={CANARY}", "src/id_rsa": CANARY, "src/a.pem": CANARY})
    page = "".join(f"<script src='{name}'></script>" for name in (".env", "src/id_rsa", "src/a.pem", "pipe"))
    write_files(trapped, {"index.html": f"{page}<script type=module src=/src/main.tsx></script>"})
    shown = await client.run(trapped)
    assert shown.state == "ready", shown.error
    (kept,) = backend.created()
    paths = ["index.html", "package.json", "src/hero.png", "src/main.tsx"]
    assert (sorted(file.path for file in kept.body.files), kept.body.env) == (paths, {"VITE_A": "1"})
    assert shown.skipped == [".env", "src/a.pem", "src/id_rsa"]
