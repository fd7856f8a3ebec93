"""Loads the package as the editor does, from its file, and lets a test be the person at the keyboard.

Reads one JSON object a line from standard input and answers in the same way. It runs in any Python from 3.8
on and uses the standard library only.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import sys
import threading
import traceback
import types
import webbrowser
import zipfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))

from tests.plugins.sublime.host import api, people, plugins, rules, settings, timing

sys.modules["sublime"] = api
sys.modules["sublime_plugin"] = plugins

opened: list[str] = []


def load(package: str) -> types.ModuleType:
    """Import the package's top module from the archive, under the archive's name."""
    name = os.path.splitext(os.path.basename(package))[0]
    with zipfile.ZipFile(package) as archive:
        for entry in archive.namelist():
            if entry.endswith(".sublime-settings"):
                settings.resources[entry] = archive.read(entry).decode("utf-8")
        tops = [entry[:-3] for entry in archive.namelist() if entry.endswith(".py") and "/" not in entry]
    parent = types.ModuleType(name)
    parent.__path__ = [package]
    sys.modules[name] = parent
    (top,) = tops
    return importlib.import_module(f"{name}.{top}")


class Person:
    """What a person can do and see."""

    def __init__(self, boot: types.ModuleType) -> None:
        self._boot = boot

    def do(self, asked: dict[str, Any]) -> Any:
        """Do one thing and give what comes of it."""
        return getattr(self, "do_" + asked.pop("do"))(**asked)

    def do_window(self, folders: list[str]) -> None:
        api.open_window(folders)

    def do_open(self, path: str) -> int:
        return api.active_window().open_file(path).id()

    def do_type(self, text: str, at: int = 0) -> None:
        view = _front()
        view._with_edit(lambda edit: view.insert(edit, at, text))

    def do_select(self, a: int, b: int) -> None:
        _front().sel()[:] = [api.Region(a, b)]

    def do_encoding(self, name: str) -> None:
        _front().shown_encoding = name

    def do_run(self, command: str, args: dict[str, Any] | None = None) -> None:
        api.active_window().run_command(command, args)

    def do_pick(self, index: int) -> None:
        window = api.active_window()
        assert window.quick is not None
        choose, window.quick = window.quick[1], None
        choose(index)

    def do_enter(self, text: str) -> None:
        window = api.active_window()
        assert window.asking is not None
        done, window.asking = window.asking[1], None
        done(text)

    def do_answer(self, yes: bool) -> None:
        people.answers.append(yes)

    def do_click(self, href: str) -> None:
        for several in _front().phantoms.values():
            for phantom in several:
                if phantom.on_navigate is not None:
                    phantom.on_navigate(href)
                    return

    def do_set(self, name: str, value: Any) -> None:
        api.load_settings("HiveSync.sublime-settings").set(name, value)

    def do_names(self) -> list[str]:
        return plugins.names()

    def do_close(self) -> None:
        _front().close()

    def do_unload(self) -> list[str]:
        self._boot.plugin_unloaded()
        for thread in threading.enumerate():
            if thread is not threading.main_thread() and thread.name != "keyboard":
                thread.join(2.0)
        for thread in threading.enumerate():
            if thread.name not in ("MainThread", "keyboard"):
                traceback.print_stack(sys._current_frames()[thread.ident or 0])
        return sorted(thread.name for thread in threading.enumerate())

    def do_see(self) -> dict[str, Any]:
        rules.check_html()
        window = api.active_window()
        view = window.front
        return {
            "text": view.text if view else None,
            "name": view.name if view else None,
            "syntax": view.syntax if view else None,
            "reference": view.reference if view else None,
            "status": view.status.get("hivesync") if view else None,
            "phantoms": _phantoms(view),
            "regions": {key: [[r.a, r.b] for r in found] for key, found in view.regions.items()}
            if view
            else {},
            "sheets": [[sheet.name, sheet.contents, sheet.is_open] for sheet in window.sheets],
            "quick": _quick(window),
            "asking": window.asking[0] if window.asking else None,
            "panel": window.panels["hivesync"].text if "hivesync" in window.panels else None,
            "visible_panel": window.visible_panel,
            "shown": people.shown,
            "opened": opened,
            "broken": rules.broken,
        }


def _front() -> api.View:
    view = api.active_window().front
    assert view is not None
    return view


def _phantoms(view: api.View | None) -> list[list[Any]]:
    several = view.phantoms.values() if view else []
    return (
        [[view.rowcol(each.region.a)[0], each.content] for found in several for each in found] if view else []
    )


def _quick(window: api.Window) -> Any:
    if window.quick is None:
        return None
    items, _, placeholder = window.quick
    return {
        "placeholder": placeholder,
        "items": [[i.trigger, i.details, i.annotation, i.kind[1]] for i in items],
    }


def _listen(person: Person) -> None:
    """Hand what a test asks for to the editor's thread."""
    for line in sys.stdin:
        api.set_timeout(functools.partial(_serve, person, json.loads(line)))
    api.set_timeout(lambda: os._exit(0))


def _open(url: str) -> bool:
    opened.append(url)
    return True


def _serve(person: Person, asked: dict[str, Any]) -> None:
    try:
        # What the test looks at takes its own time.
        act = functools.partial(person.do, dict(asked))
        told = {"told": act() if asked["do"] in ("see", "unload") else rules.watched(str(asked), act)}
    except Exception:
        told = {"failed": traceback.format_exc()}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def main(package: str) -> None:
    """Be the editor, until standard input ends."""
    webbrowser.open = _open  # type: ignore[assignment]
    boot = load(package)
    plugins.take_in(boot)
    rules.watched("plugin_loaded", boot.plugin_loaded)
    threading.Thread(target=_listen, args=(Person(boot),), name="keyboard", daemon=True).start()
    while True:
        callback = timing.next_callback()
        if isinstance(callback, functools.partial):  # of this module, which is watched already
            callback()
            continue
        try:
            rules.watched(f"a callback of {callback.__module__}", callback)
        except Exception:
            traceback.print_exc()


if __name__ == "__main__":
    main(sys.argv[1])
