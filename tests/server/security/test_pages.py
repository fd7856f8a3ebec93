"""The pages, against hostile pages elsewhere and hostile names on them; a walk over the routes finds them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import product
from urllib.parse import quote, urlsplit

import httpx
import pytest
from fastapi.routing import APIRoute
from hivesync_dev.browser import chromium
from hivesync_dev.server_routes import calls, routes
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.app import create_app
from hivesync_server.settings import Settings
from playwright.sync_api import Page

from tests.server.page_browser import Browser
from tests.server.security.stored import changes, stored

pytestmark = pytest.mark.any_database

NO_COOKIE = {
    "/account/{act}": "who has the mailed token may act",
    "/register": "signs nobody in",
    "/mails/stop/{user_id}/{what}/{signature}": "mail programs post here, with what the link proves",
}
"""Forms that do nothing for the browser's user, so that one sent from elsewhere gains nothing."""

FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "{own}"},
)
AWAY = (
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%09/evil.example",
    "/\t/evil.example",
    "https:evil.example",
    "https://own@evil.example",
    "\u3002evil.example",
    "//evil\u3002example",
    "javascript:alert(1)",
    "x\r\nLocation: https://evil.example",
    "../../evil",
)
WAYS = ("user_code", "next", "redirect", "return_to", "url", "continue", "place", "state", "cursor")
IDS = {
    "place": "invites",
    "act": "forgot",
    "user_id": "01890000-0000-7000-8000-000000000000",
    "job_id": "01890000-0000-7000-8000-000000000000",
    "mail_id": "01890000-0000-7000-8000-000000000000",
    "delivery_id": "01890000-0000-7000-8000-000000000000",
    "api_key_id": "01890000-0000-7000-8000-000000000000",
    "device_id": "01890000-0000-7000-8000-000000000000",
    "chore": "sweep",
    "what": "users",
    "signature": "x",
    "name": "site.css",
}


def pages(settings: Settings, method: str) -> Iterator[tuple[str, set[str]]]:
    """Give the path of each page with the names of what it depends on."""
    for route in routes(create_app(settings).asgi.router):
        if not isinstance(route, APIRoute) or route.include_in_schema or route.path.startswith("/workers/"):
            continue
        if method in (route.methods or ()):
            yield route.path, {getattr(call, "__name__", "") for call in calls(route.dependant)}


def at(path: str) -> str:
    return re.sub(r"\{(\w+)(:path)?\}", lambda found: IDS[found[1]], path)


async def test_every_form_takes_its_own_page_in_this_browser_only(
    settings: Settings, backend: RunningBackend, ann: BackendUser, owner: BackendUser
) -> None:
    forms = dict(pages(settings, "POST"))
    assert {path for path, needs in forms.items() if "_from_own_page" not in needs} == NO_COOKIE.keys()
    async with AsyncExitStack() as stack:
        hers, admins, others = [Browser(await stack.enter_async_context(backend.client())) for _ in range(3)]
        await _sign_in(hers, "/invites", "ann")
        await _sign_in(admins, "/admin", "owner")
        await others.open("/device")
        before = await stored(backend)
        for path in forms.keys() - NO_COOKIE.keys():
            browser = admins if path.startswith("/admin") else hers
            form = {"password": PASSWORD, "disabled": "true", "decision": "approve", "login": "ann"}
            attempts = [({**form, "csrf": browser.csrf}, headers) for headers in FOREIGN]
            attempts += [({**form, "csrf": csrf}, {}) for csrf in ("", "0" * 64, others.csrf, "é")]
            for data, headers in attempts:
                sent = {name: value.format(own=backend.url) for name, value in headers.items()}
                answer = await browser.client.post(at(path), data=data, headers=sent)
                assert answer.status_code == 403, f"{path} {sent}"
                _check_headers(answer)
        assert changes(before, await stored(backend), ("web_sessions.expires_at",)) == []
        # From their own page they are taken: as browsers send it, and as old ones do.
        for headers in ({"Origin": backend.url, "Sec-Fetch-Site": "same-origin"}, {}):
            form = {"invite_id": IDS["user_id"], "decision": "accept", "csrf": hers.csrf}
            assert (await hers.client.post("/invites/answer", data=form, headers=headers)).status_code == 404


async def test_no_page_can_be_framed_or_leads_elsewhere(
    settings: Settings, backend: RunningBackend, ann: BackendUser, owner: BackendUser
) -> None:
    shown = 0
    async with AsyncExitStack() as stack:
        browsers = [Browser(await stack.enter_async_context(backend.client())) for _ in range(3)]
        await _sign_in(browsers[0], "/invites", "ann")
        await _sign_in(browsers[1], "/admin", "owner")
        paths = [at(path) for path, _ in pages(settings, "GET")]
        odd = "/nowhere", "/invites/", "/admin/", "/account/nothing", "//evil.example/", "/device/code"
        for path in [*paths, *odd]:
            for browser in browsers:
                shown += _check_headers(await browser.client.get(path))
            if path in {"/device", "/invites", "/invites/code", "/register", "/admin", "/admin/sign-in"}:
                browser = browsers[1 if path == "/admin" else 2]
                for away in AWAY:
                    query = "&".join(f"{way}={quote(away)}" for way in WAYS)
                    _check_way(await browser.client.get(f"{path}?{query}"))
        for path, away in product(("/device", "/invites", "/admin"), AWAY[::3]):
            anew = Browser(await stack.enter_async_context(backend.client()))
            await anew.open("/admin/sign-in" if path == "/admin" else path)
            who = {"login": "owner", "password": PASSWORD, "user_code": away[:32]}
            signed_in = await anew.send(f"{path}/sign-in", **dict.fromkeys(WAYS, away) | who)
            assert signed_in.status_code == 303, path
            _check_way(signed_in)
        slash = await browsers[2].client.post(
            "/api/v1/auth/login/", headers={"Host": "evil.example"}, json={}
        )
        assert (slash.status_code, "location" in slash.headers) == (404, False)
    assert shown > 30


def _check_headers(answer: httpx.Response) -> bool:
    """Look at what browsers are told; tell whether it is a page."""
    given, policy = answer.headers, answer.headers["content-security-policy"]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["default-src"] == rules["frame-ancestors"] == "'none'", answer.url
    assert given["x-frame-options"] == "DENY"
    assert given["x-content-type-options"] == "nosniff"
    is_page = "text/html" in given.get("content-type", "")
    if is_page:
        assert rules["base-uri"] == "'none'"
        assert rules["form-action"] == "'self'"
        assert rules.get("script-src", "'self'") == "'self'"
        # A mail brings its styles with it; `/dev/outbox` shows mails to this machine alone.
        assert rules["style-src"] == "'self'" or answer.url.path == "/dev/outbox"
        assert given["cache-control"] == "no-store"
        assert given["cross-origin-opener-policy"] == "same-origin"
    return is_page


def _check_way(answer: httpx.Response) -> None:
    if (to := answer.headers.get("location")) is not None:
        parts = urlsplit(to)
        assert (parts.scheme, parts.netloc) == ("", ""), to
        assert re.fullmatch(r"/(device|invites|admin)(/[a-z-]+)?(\?user_code=[A-Z0-9-]*)?", to), to


async def _sign_in(browser: Browser, path: str, login: str) -> None:
    await browser.open("/admin/sign-in" if path == "/admin" else path)
    answer = await browser.send(f"{path}/sign-in", login=login, password=PASSWORD)
    assert answer.status_code == 303
    await browser.open(path)


HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>'\""


async def test_whatever_people_typed_runs_in_no_browser(
    backend: RunningBackend, ann: BackendUser, bob: BackendUser, owner: BackendUser
) -> None:
    project = await ann.project(HOSTILE)
    invite = {"username": "bob"}
    (await ann.client.post(f"/api/v1/projects/{project}/team/invites", json=invite)).raise_for_status()
    (await ann.client.post("/api/v1/support/questions", json={"question": HOSTILE})).raise_for_status()
    form = {"client_id": HOSTILE[:100], "device_name": HOSTILE[:100]}
    code = (await ann.client.post("/api/v1/auth/device/code", data=form)).json()["user_code"]
    await asyncio.to_thread(_look, backend.url, code)


def _look(url: str, code: str) -> None:
    typed = quote(HOSTILE)
    with chromium() as browser:
        page = browser.new_page()
        _open(page, f"{url}/invites")
        _enter(page, "bob")
        assert HOSTILE in page.locator("h2").inner_text(), "the name is shown as it was typed"
        for path in (
            "/invites",
            f"/device?user_code={code}",
            f"/device?user_code={typed}",
            f"/register?place=device&user_code={typed}",
            f"/api/v1/docs?q={typed}",
            f"/account/reset#{typed}",
            f"/account/{typed}",
            f"/nowhere/{typed}",
            "/dev/outbox",
        ):
            _open(page, f"{url}{path}")
        _open(page, f"{url}/admin/sign-in")
        _enter(page, "owner")
        for path in ("", "/questions", "/projects", "/audit", f"/users?q={typed}", f"/jobs?state={typed}"):
            _open(page, f"{url}/admin{path}")


def _enter(page: Page, login: str) -> None:
    page.get_by_label("Email or username").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_load_state()
    assert "owned" not in page.title(), address
    # Not even markup: the policy, which would stop it from running, is the second wall.
    found = "document.querySelectorAll('img[src=x], script:not([src]), [onerror]').length"
    assert page.evaluate(found) == 0, address
