"""A link is opened only if it leads to our own hosts; what it opens is a real (recording) browser."""

from __future__ import annotations

import webbrowser

import pytest
from hivesync_agent.cli.browser import open_ours, origin_of

REMOTE = "https://api.example.org"
LOCAL = "http://127.0.0.1:4000"


class Recorder(webbrowser.BaseBrowser):
    """A browser that notes what it is sent to."""

    def __init__(self) -> None:
        super().__init__("recorder")
        self.opened: list[str] = []

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        self.opened.append(url)
        return True


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """The machine's only browser."""
    recorder = Recorder()
    monkeypatch.setattr(webbrowser, "_tryorder", ["recorder"])
    monkeypatch.setattr(webbrowser, "_browsers", {"recorder": [None, recorder]})
    return recorder


@pytest.mark.parametrize(
    ("url", "origins"),
    [
        (f"{REMOTE}/device?user_code=ABCD", [REMOTE]),
        ("https://API.example.org:443/device", [REMOTE]),
        ("https://worker.example.org/p/1#t", [REMOTE, "https://worker.example.org"]),
        (f"{LOCAL}/device", [LOCAL]),
        ("http://127.0.0.1:8787/p/1#t", [LOCAL]),
    ],
)
def test_our_own_links_are_opened(browser: Recorder, url: str, origins: list[str]) -> None:
    assert open_ours(url, origins)
    assert browser.opened == [url]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://evil.example/device",
        "https://api.example.org.evil.example/",
        "https://api.example.org@evil.example/",
        "https://evil.example#@api.example.org/",
        "https://evil.example\\@api.example.org/",
        "https://api.example.org:8443/",
        "http://api.example.org/",
        "http://127.0.0.1:631/jobs",
        "http://localhost/",
        "//api.example.org/",
        "file:///etc/passwd",
        "file://api.example.org/etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://api.example.org/ --new-window",
        "https://api.example.org/`id`",
        'https://api.example.org/"',
        "https://api.example.org/'",
        "https://api.example.org/\nx",
        "https://api.example.org/<x>",
        "https://äpi.example.org/",
        "-https://api.example.org/",
    ],
)
def test_any_other_link_is_not(browser: Recorder, url: str) -> None:
    assert not open_ours(url, [REMOTE])
    assert browser.opened == []


def test_an_origin_is_normalised() -> None:
    assert origin_of("HTTPS://API.example.org:443/x?y#z") == REMOTE
