"""Open a preview as a phone does, without a browser: the page, its assets, the session, the artifacts.

Proves that everything the page names is there and not empty; whether it runs is a browser's to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx

_NAMES = {"script": "src", "link": "href", "img": "src", "iframe": "src"}


class VisitFailed(Exception):
    """Something that the page needs is missing or empty; the message names it, never the token."""


@dataclass(slots=True)
class Visit:
    """What was fetched."""

    paths: list[str] = field(default_factory=list)
    size_bytes: int = 0

    def as_json(self) -> dict[str, int]:
        return {"fetched": len(self.paths), "fetched_bytes": self.size_bytes}


def visit(link: str, *, check_stop: Callable[[], None] = lambda: None) -> Visit:
    """Fetch all that the page behind a phone link needs; raise `VisitFailed`."""
    page_url, token = urldefrag(link)
    with httpx.Client(trust_env=False, timeout=30) as client:
        visitor = _Visitor(client, check_stop)
        page = visitor.fetch(page_url)
        visitor.fetch_assets(page_url, page.text)
        visitor.fetch_frame(page_url)
        visitor.fetch_artifacts(page_url, token)
    return visitor.seen


class _Visitor:
    def __init__(self, client: httpx.Client, check_stop: Callable[[], None]) -> None:
        self.seen = Visit()
        self._client = client
        self._check_stop = check_stop

    def fetch(self, url: str, **options: Any) -> httpx.Response:
        """Fetch one thing that must be there and not empty."""
        self._check_stop()
        answer = self._client.get(url, **options)
        path = urlsplit(url).path
        if answer.status_code != 200:
            raise VisitFailed(f"{path} answered {answer.status_code}.")
        if not answer.content:
            raise VisitFailed(f"{path} is empty.")
        self.seen.paths.append(path)
        self.seen.size_bytes += len(answer.content)
        return answer

    def fetch_assets(self, page_url: str, html: str) -> None:
        """Fetch what the HTML names. All must come from the page's own origin."""
        for name in assets_named(html):
            url = urljoin(page_url, name)
            if urlsplit(url).netloc != urlsplit(page_url).netloc:
                raise VisitFailed(f"The page names {url}, which is not of its own origin.")
            self.fetch(url)

    def fetch_frame(self, page_url: str) -> None:
        """Fetch the frame that runs the preview; the page adds it by script."""
        frame_url = urljoin(page_url, "/frame")
        self.fetch_assets(frame_url, self.fetch(frame_url).text)

    def fetch_artifacts(self, page_url: str, token: str) -> None:
        """Exchange the link's token, as the page does, and fetch what the preview is made of."""
        answer = self._client.post(f"{page_url}/session", json={"token": token})
        if answer.status_code != 200:
            raise VisitFailed(f"The link was not accepted: {answer.status_code}.")
        device = {"Authorization": f"Bearer {answer.json()['device_token']}"}
        current = self.fetch(f"{page_url}/current", headers=device).json()
        if current.get("ready_version") is None:
            raise VisitFailed(f"The page has nothing to show; its preview is {current.get('state')}.")
        folder = f"{page_url}/v/{current['ready_version']}"
        artifact = self.fetch(f"{folder}/artifact.json", headers=device).json()
        for name in (artifact["script"], artifact["style"], artifact["sourceMap"]):
            if name:
                self.fetch(f"{folder}/{name}", headers=device)
        for prelude in artifact["preludes"]:
            self.fetch(urljoin(page_url, prelude))
        for asset in artifact["assets"]:
            self.fetch(f"{folder}/asset/{asset['sha256']}", headers=device)


class _Assets(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        value = dict(attrs).get(_NAMES.get(tag, ""))
        if value and not value.startswith(("data:", "blob:", "about:")):
            self.names.append(value)


def assets_named(html: str) -> list[str]:
    """Give the addresses that a page's HTML names in script, link, img and iframe."""
    parser = _Assets()
    parser.feed(html)
    return parser.names
