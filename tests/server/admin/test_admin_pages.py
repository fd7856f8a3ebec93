"""The admin pages: behind a cookie of their own, by forms of their own, and deaf to what users typed."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field

import httpx
import pytest
from hivesync_contract.alerts import AlertKind
from hivesync_dev.browser import chromium, keep_screenshot
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, success
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server.adapters.ids import new_id
from hivesync_server.alerts.incidents import Incident, Incidents, incidents_on
from hivesync_server.alerts.service import alerts_on
from hivesync_server.logbook.tables import LogRow
from hivesync_server.mails.mail import Mail
from hivesync_server.mails.outbox import OutboxMailer
from hivesync_server.mails.tables import MailDeliveryRow, MailRow
from hivesync_server.webhooks.tables import WebhookDeliveryRow
from hivesync_server.workers.tables import WorkerHeartbeatRow
from playwright.sync_api import ConsoleMessage, Page, expect
from sqlalchemy import delete, update

from .conftest import actions

pytestmark = pytest.mark.any_database

PAGES = (
    "",
    "/users",
    "/projects",
    "/jobs",
    "/workers",
    "/mails",
    "/webhooks",
    "/logs",
    "/questions",
    "/alerts",
    "/audit",
    "/maintenance",
)
GUESSED = "5 times within an hour, a sign-in (the last one from 192.0.2.0/24) failed for “owner”"
REFUSED = "Resend takes no mails (401 invalid_api_key); check RESEND_API_KEY. They wait until it does"
HOSTILE = "<img src=x onerror=document.title='owned'>\"'"


async def sign_in(client: httpx.AsyncClient, login: str = "owner") -> httpx.Response:
    form = await client.get("/admin/sign-in")
    fields = {"csrf": csrf_of(form), "login": login, "password": PASSWORD}
    return await client.post("/admin/sign-in", data=fields)


def csrf_of(page: httpx.Response) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
    assert found is not None
    return found.group(1)


async def test_pages_are_for_admins_who_are_signed_in_there(
    client: httpx.AsyncClient, owner: BackendUser, ann: BackendUser, clock: MovableClock
) -> None:
    for path in PAGES:
        answer = await client.get(f"/admin{path}")
        assert (answer.status_code, answer.headers.get("location")) == (303, "/admin/sign-in")
    await sign_in(client, "ann")
    assert (await client.get("/admin")).status_code == 403

    signed_in = await sign_in(client)
    cookie = signed_in.headers["set-cookie"]
    assert (signed_in.headers["location"], "hivesync_admin=" in cookie) == ("/admin", True)
    assert {"HttpOnly", "SameSite=strict"} <= set(cookie.split("; "))
    for path in (*PAGES, "/figures", f"/users/{ann.profile['id']}"):
        shown = await client.get(f"/admin{path}")
        assert (path, shown.status_code) == (path, 200)
        policy = shown.headers["content-security-policy"]
        assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(
            policy.split("; ")
        )
        assert "unsafe" not in policy
        assert shown.headers["cache-control"] == "no-store"
    assert {"admin.user_seen", "admin.signed_in"} <= set(await actions(owner))
    listed = (await client.get("/admin/audit")).text
    assert re.search(rf'<a href="/admin/users/{ann.profile["id"]}"[^>]*>ann</a>', listed), listed

    clock.advance(minutes=25)
    assert (await client.get("/admin")).status_code == 200
    clock.advance(minutes=25)  # used meanwhile, so it stays
    page = await client.get("/admin")
    assert page.status_code == 200
    assert (await client.post("/admin/sign-out", data={"csrf": "0" * 64})).status_code == 403
    assert (await client.get("/admin")).status_code == 200
    assert (await client.post("/admin/sign-out", data={"csrf": csrf_of(page)})).status_code == 303
    assert (await client.get("/admin")).status_code == 303
    await sign_in(client)
    clock.advance(minutes=31)
    assert (await client.get("/admin")).status_code == 303


async def test_forms_of_others_and_wrong_passwords_change_nothing(
    client: httpx.AsyncClient, owner: BackendUser, ann: BackendUser
) -> None:
    await sign_in(client)
    place = f"/admin/users/{ann.profile['id']}/change"
    csrf = csrf_of(await client.get("/admin"))
    fields = {"csrf": csrf, "disabled": "true", "password": PASSWORD}
    for answer in (
        await client.post(place, data=fields | {"csrf": "0" * 64}),
        await client.post(place, data=fields, headers={"Origin": "https://evil.test"}),
        await client.post(place, data=fields, headers={"Sec-Fetch-Site": "cross-site"}),
        await client.post(place, data=fields | {"password": "wrong password"}),
    ):
        assert answer.status_code == 403
    assert (await ann.client.get("/api/v1/auth/me")).status_code == 200
    done = await client.post(place, data=fields)
    assert (done.status_code, done.headers["location"]) == (303, f"/admin/users/{ann.profile['id']}")
    assert "disabled" in (await client.get(done.headers["location"])).text
    assert (await ann.client.get("/api/v1/auth/me")).status_code == 401


async def test_chores_mails_and_alerts_are_looked_after_by_forms(
    client: httpx.AsyncClient, owner: BackendUser, backend: RunningBackend, clock: MovableClock
) -> None:
    async with backend.resources.database.transaction() as transaction:
        await transaction.session.execute(delete(MailDeliveryRow))
        await transaction.session.execute(update(MailRow).values(failed_at=clock(), failure="422"))
    await sign_in(client)
    fields = {"csrf": csrf_of(await client.get("/admin")), "password": PASSWORD}
    failed = await client.get("/admin/mails", params={"state": "failed"})
    again = re.search(r'action="(/admin/mails/[0-9a-f-]+/requeue)"', failed.text)
    assert again is not None
    assert (await client.post(again.group(1), data=fields)).headers["location"] == "/admin/mails"
    assert "waiting" in (await client.get("/admin/mails")).text
    swept = await client.post("/admin/maintenance/sweep", data=fields)
    assert swept.headers["location"] == "/admin/maintenance?done=0"

    wanted = {"emails": "ops@example.com boss@example.com", "kinds": ["worker_down"]}
    changed = await client.post("/admin/alerts/settings", data=fields | wanted)
    assert changed.status_code == 303
    shown = (await client.get("/admin/alerts")).text
    assert "ops@example.com, boss@example.com" in shown
    wrong = await client.post("/admin/alerts/settings", data=fields | {"emails": "nobody"})
    assert wrong.status_code == 422
    assert (await client.post("/admin/alerts/test", data=fields)).status_code == 303
    assert {"admin.alerts_changed", "admin.alert_tested"} <= set(await actions(owner))
    saved = await client.get("/admin/exports/mails", params={"format": "csv"})
    assert "HiveSync: Test alert" in saved.text


async def test_nothing_that_users_typed_runs_in_a_real_browser(
    owner: BackendUser,
    ann: BackendUser,
    backend: RunningBackend,
    worker: FakeWorker,
    reporter: Reporter,
    clock: MovableClock,
) -> None:
    await reporter.report(success((await ann.queued(worker)).job))
    await ann.project(HOSTILE)
    await ann.api_key(name=HOSTILE)
    async with backend.resources.database.transaction() as transaction:
        await OutboxMailer(transaction.session, backend.clock()).send(Mail(HOSTILE, HOSTILE, HOSTILE))
        none = dict.fromkeys(("running", "queued", "done", "failed", "errors"))
        beat = WorkerHeartbeatRow(worker_id=HOSTILE[:64], version=HOSTILE[:64], **none)
        beat.sent_at = beat.received_at = backend.clock()
        transaction.session.add(beat)
        trace = json.dumps({"exception": f"Traceback\n{HOSTILE * 9}", "reason": HOSTILE})
        record = LogRow(id=new_id(), at=backend.clock(), level="ERROR", logger=HOSTILE, message=HOSTILE * 4)
        record.request_id, record.fields = HOSTILE, trace
        transaction.session.add(record)
        alerts = alerts_on(backend.resources, transaction)
        await alerts.raise_alert(AlertKind.SECURITY_EVENT, GUESSED, "guessing")
        await Incidents(alerts).settle(Incident.MAIL_PROVIDER, REFUSED)
    clock.advance(minutes=7)
    async with backend.resources.database.transaction() as transaction:
        await incidents_on(backend.resources, transaction).settle(Incident.MAIL_PROVIDER, None)
    hook = {"url": f"{backend.url}/gone?{'x' * 40}", "events": ["*"], "description": HOSTILE}
    webhook = (await ann.client.post("/api/v1/webhooks", json=hook)).json()["webhook"]
    await ann.client.post(f"/api/v1/webhooks/{webhook['id']}/test")
    async with backend.resources.database.transaction() as transaction:
        failed = update(WebhookDeliveryRow).values(state="failed", failure="status", status=404)
        await transaction.session.execute(failed)
    await asyncio.to_thread(look, backend.url, [*PAGES, f"/users/{ann.profile['id']}"])


@dataclass  # Playwright keeps something of its own on it
class Screen:
    """A browser's window in which an admin has signed in. `problems`: what went wrong in it."""

    page: Page
    name: str
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def sign_in(self, url: str) -> None:
        self.page.goto(f"{url}/admin")
        self.page.get_by_label("Email or username").fill("owner")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(f"{url}/admin")

    def open(self, url: str, path: str) -> None:
        """Open a page: nothing in it has run, and it fits the screen."""
        self.page.goto(f"{url}/admin{path}")
        self.page.wait_for_load_state("networkidle")
        assert "owned" not in self.page.title(), path
        assert self.page.locator("img").count() == 0, path
        fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert self.page.evaluate(fits), f"{path} is wider than the {self.name}"

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(message.text)


def look(url: str, paths: list[str]) -> None:
    """Open every page as a person does, on a desktop in light and on a phone in dark."""
    with chromium() as browser:
        desktop = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
        phone = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
        for screen in (Screen(desktop.new_page(), "desktop"), Screen(phone.new_page(), "phone")):
            screen.sign_in(url)
            for path in paths:
                screen.open(url, path)
            assert screen.page.locator(".confirm").first.is_visible()
            screen.open(url, "")
            keep_screenshot(screen.page, f"admin-overview-{screen.name}")
            assert screen.page.locator(".chart canvas").count() == 1
            assert screen.problems == []
        screen = Screen(desktop.new_page(), "desktop")
        screen.open(url, "/alerts")
        keep_screenshot(screen.page, "admin-alerts-desktop")
        screen.open(url, "/users")
        screen.page.get_by_label("Part of an address or name").press_sequentially("own")
        expect(screen.page.locator("tbody tr")).to_have_count(1)
        keep_screenshot(screen.page, "admin-users-desktop")
        assert screen.problems == []
