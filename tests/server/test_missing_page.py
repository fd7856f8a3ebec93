"""An address that is not there: a page for people with a browser, a problem for programs."""

from __future__ import annotations

import httpx
import pytest

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("path", "headers", "kind"),
    [
        ("/nothing", BROWSER, "text/html; charset=utf-8"),
        ("/nothing", {}, "application/problem+json"),
        ("/api/v1/nothing", BROWSER, "application/problem+json"),
    ],
)
async def test_who_asks_decides_how_it_is_said(
    client: httpx.AsyncClient, path: str, headers: dict[str, str], kind: str
) -> None:
    answer = await client.get(path, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (404, kind)
    assert ('<a href="/">' in answer.text) == (kind != "application/problem+json")
