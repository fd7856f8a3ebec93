"""What the host holds a plugin to. Records what was broken instead of raising, as the editor does."""

from __future__ import annotations

import sys
import threading
import time
from html.parser import HTMLParser
from typing import Any, Callable

MAIN = threading.main_thread()
CPU_SECONDS = 0.05
"""How long one callback may keep the editor's thread busy; on a loaded machine only processor time tells."""
WALL_SECONDS = 1.0
_BLOCKING = ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system")
_TAGS = frozenset(
    [
        "html",
        "body",
        "style",
        "head",
        "h1",
        "h2",
        "h3",
        "p",
        "div",
        "span",
        "a",
        "b",
        "i",
        "em",
        "strong",
        "u",
        "big",
        "small",
        "img",
        "ul",
        "ol",
        "li",
        "br",
        "code",
        "tt",
        "var",
    ]
)
"""All that minihtml knows."""

broken: list[str] = []
_in_callback = False


def note(rule: str) -> None:
    """Record a broken rule, once."""
    if rule not in broken:
        broken.append(rule)


def on_main_thread(what: str) -> None:
    """Record a call of the API from another thread than the editor's.

    The editor allows most of them from any thread; what is read there may be outdated at once, so this
    plugin uses `set_timeout` alone.
    """
    if threading.current_thread() is not MAIN:
        note(f"{what} was called from {threading.current_thread().name}")


def watched(name: str, callback: Callable[[], Any]) -> Any:
    """Call something of the plugin as the editor's thread does, and see that it does not keep it."""
    global _in_callback
    outer, _in_callback = _in_callback, True
    cpu, wall = time.thread_time(), time.monotonic()
    try:
        return callback()
    except Exception as error:  # what the editor prints and goes on after is a fault here
        note(f"{name} raised {error!r}")
        raise
    finally:
        used, passed = time.thread_time() - cpu, time.monotonic() - wall
        _in_callback = outer
        if used > CPU_SECONDS or passed > WALL_SECONDS:
            note(f"{name} kept the editor's thread for {used:.3f} s ({passed:.3f} s)")


_unchecked: list[str] = []


def take_html(content: str) -> None:
    """Keep what was shown for `check_html`, whose time is not the plugin's."""
    _unchecked.append(content)


def check_html() -> None:
    """Record markup that minihtml has not, and links and pictures that are not this plugin's own."""
    while _unchecked:
        _Checker().feed(_unchecked.pop())


class _Checker(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            note(f"minihtml has no <{tag}>")
        for name, value in attrs:
            text = value or ""
            if name.startswith("on"):
                note(f"an attribute {name}")
            if name == "src" and not text.startswith("data:image/png;base64,"):
                note(f"a picture from {text}")
            if name == "href" and not (
                text in ("apply", "discard", "close") or text.startswith("subl:hivesync_")
            ):
                note(f"a link to {text}")


def _audit(event: str, arguments: Any) -> None:
    if _in_callback and event in _BLOCKING and threading.current_thread() is MAIN:
        note(f"{event} on the editor's thread")


sys.addaudithook(_audit)
