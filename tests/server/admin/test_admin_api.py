"""The routes of admins: for admins only, by password where they change something, all in the audit log."""

from __future__ import annotations

import csv
import io
import json
import logging
from dataclasses import replace
from typing import Any

import httpx
import pytest
from hivesync_contract.errors import ErrorCode
from hivesync_contract.jobs import CallbackError, JobStatus
from hivesync_dev.servers.backend_user import PASSWORD, BackendUser
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, documented, success
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_dev.servers.webhook_receiver import WebhookReceiver
from hivesync_dev.waiting import until
from hivesync_server.admin.exports import as_csv
from hivesync_server.admin.figures import histogram, percentile
from hivesync_server.auth.throttle import Throttle
from hivesync_server.housekeeping import Housekeeping
from hivesync_server.logbook.keeper import LogKeeper
from hivesync_server.mails.tables import MailDeliveryRow, MailRow
from hivesync_server.webhooks.tables import WebhookDeliveryRow, WebhookRow
from sqlalchemy import delete, update

from .conftest import ROOT, actions, confirmed, get

SOME = "0198f2c1-1111-7000-8000-000000000000"


@pytest.mark.any_database
async def test_nobody_else_reaches_any_of_them(
    ann: BackendUser, owner: BackendUser, client: httpx.AsyncClient, backend: RunningBackend
) -> None:
    described = (await client.get("/api/v1/openapi.json")).json()["paths"]
    routes = [
        (method.upper(), path)
        for path, methods in described.items()
        for method in methods
        if path.startswith(ROOT)
    ]
    assert len(routes) >= 12
    key = (await owner.api_key(scope="write"))["key"]
    for method, path in routes:
        place = path.replace("{user_id}", ann.profile["id"]).replace("{mail_id}", SOME)
        place = place.replace("{what}", "users").replace("{chore}", "sweep").replace("{job_id}", SOME)
        place = place.replace("{delivery_id}", SOME)
        body = confirmed() if method in {"POST", "PATCH"} else None
        for answer, status in (
            (await client.request(method, place, json=body), 401),
            (await ann.client.request(method, place, json=body), 403),
            (await client.request(method, place, json=body, headers={"Authorization": f"Bearer {key}"}), 403),
        ):
            assert (method, path, answer.status_code) == (method, path, status)
        if body is not None:
            wrong = await owner.client.request(method, place, json=body | {"password": "wrong password"})
            assert (method, path, wrong.status_code) == (method, path, 403)
            await Throttle(backend.resources.cache).forgive(f"confirm:{owner.profile['id']}")
    assert await actions(owner) == ["api_key.created"]


async def test_an_account_is_found_changed_and_shut(
    ann: BackendUser, owner: BackendUser, backend: RunningBackend, client: httpx.AsyncClient
) -> None:
    found = await get(owner, "/users", q="ANN")
    assert [user["username"] for user in found["items"]] == ["ann"]
    assert (await get(owner, "/users", q="%"))["items"] == []
    place = f"{ROOT}/users/{ann.profile['id']}"
    key = (await ann.api_key())["key"]
    await ann.project()

    details = await get(owner, f"/users/{ann.profile['id']}")
    assert (details["sessions"], details["api_keys"], details["projects"]) == (1, 1, 1)
    changed = await owner.client.patch(place, json=confirmed(tier="pro", email_verified=True))
    assert (changed.json()["tier"], changed.json()["email_verified"]) == ("pro", True)
    assert (await ann.client.get("/api/v1/auth/me")).json()["tier"] == "pro"

    (await owner.client.patch(place, json=confirmed(disabled=True))).raise_for_status()
    assert (await ann.client.get("/api/v1/auth/me")).status_code == 401
    by_key = await client.get("/api/v1/projects", headers={"Authorization": f"Bearer {key}"})
    assert by_key.status_code == 401
    login = {"login": "ann", "password": PASSWORD}
    refused = await client.post("/api/v1/auth/login", json=login)
    assert (refused.status_code, "disabled" in refused.json()["detail"]) == (401, True)
    guessed = await client.post("/api/v1/auth/login", json=login | {"password": "wrong password"})
    assert "disabled" not in guessed.json()["detail"]

    (await owner.client.patch(place, json=confirmed(disabled=False))).raise_for_status()
    await ann.sign_in()
    (await owner.client.post(f"{place}/revoke-sessions", json=confirmed())).raise_for_status()
    assert (await ann.client.get("/api/v1/auth/me")).status_code == 401

    own = f"{ROOT}/users/{owner.profile['id']}"
    assert (await owner.client.patch(own, json=confirmed(disabled=True))).status_code == 409
    assert (await owner.client.patch(f"{ROOT}/users/{SOME}", json=confirmed(tier="pro"))).status_code == 404
    assert (await owner.client.patch(place, json=confirmed(is_admin=True))).status_code == 422
    entries = (await get(owner, "/audit", action="admin.user_changed"))["items"]
    assert [entry["data"] for entry in entries] == [
        {"disabled": "false"},
        {"disabled": "true"},
        {"tier": "pro", "email_verified": "true"},
    ]
    named = {(entry["actor"], entry["subject"], entry["subject_id"]) for entry in entries}
    assert named == {("owner", "ann", ann.profile["id"])}
    assert {"admin.user_seen", "admin.sessions_revoked"} <= set(await actions(owner))


async def test_figures_and_lists_show_what_happened(
    ann: BackendUser, owner: BackendUser, worker: FakeWorker, reporter: Reporter
) -> None:
    first = await ann.queued(worker)
    await reporter.report(success(first.job))
    await ann.queued(worker)
    seen = await get(owner, "/overview")
    assert (seen["users"], seen["users_today"], seen["projects"]) == (2, 2, 2)
    assert seen["notifications_today"] == 1, "the preview is ready"
    pipeline = seen["pipelines"][0]
    assert (pipeline["kind"], pipeline["succeeded"], pipeline["open"]) == ("preview.build", 1, 1)
    assert sum(bucket["jobs"] for bucket in pipeline["histogram"]) == 1
    assert pipeline["p50_seconds"] > 0
    premium = (await get(owner, "/queues"))[0]
    assert (premium["tier"], premium["waiting"] + premium["running"]) == ("premium", 1)
    assert [job["state"] for job in (await get(owner, "/jobs", state="succeeded"))["items"]] == ["succeeded"]
    projects = await get(owner, "/projects", limit="1")
    assert (projects["items"][0]["owner"], projects["items"][0]["members"]) == ("ann", 1)
    assert projects["next_cursor"]
    assert seen["mails"]["waiting"] == len((await get(owner, "/mails", state="waiting"))["items"])


async def test_it_shows_how_well_the_faq_answers(ann: BackendUser, owner: BackendUser) -> None:
    for question, helpful in (("How do I sign in?", True), ("Who won the cup in 1974?", None)):
        asked = await ann.client.post("/api/v1/support/questions", json={"question": question})
        if helpful is not None:
            place = f"/api/v1/support/questions/{asked.json()['id']}/feedback"
            (await ann.client.post(place, json={"helpful": helpful})).raise_for_status()
    faq = (await get(owner, "/overview"))["faq"]
    assert (faq["asked"], faq["answered"], faq["helpful"], faq["unhelpful"]) == (2, 1, 1, 0)
    unanswered = (await get(owner, "/questions", answered="false"))["items"]
    assert [each["question"] for each in unanswered] == ["Who won the cup in 1974?"]
    assert "ann" not in str(unanswered)
    assert len((await get(owner, "/questions"))["items"]) == 2


async def test_a_job_that_failed_is_done_again_for_its_user(
    ann: BackendUser, owner: BackendUser, worker: FakeWorker, reporter: Reporter
) -> None:
    first = (await ann.queued(worker)).job
    place = f"{ROOT}/jobs/{first.job_id}/retry"
    assert (await owner.client.post(place, json=confirmed())).status_code == 409
    error = CallbackError(ErrorCode.INTERNAL_ERROR, "x")
    failed: dict[str, Any] = {"status": JobStatus.FAIL, "error": error, "result": None, "artifact_keys": []}
    logs_key = "logs/workers/worker-1/1.json"
    failure = replace(success(first), **failed, logs_key=logs_key)
    assert (await reporter.report(failure)).json() == {"applied": True}
    assert (await get(owner, "/pipelines"))[0]["failures"] == {"INTERNAL_ERROR": 1}

    assert (await owner.client.post(place, json=confirmed())).status_code == 204
    again = (await worker.next_delivery()).job
    assert again.job_id != first.job_id
    assert again.preview == first.preview
    assert (await owner.client.post(place, json=confirmed())).status_code == 409
    assert (await reporter.report(success(again))).json() == {"applied": True}

    await ann.ask_docs(await ann.project())
    docs = (await worker.next_delivery()).job
    assert (await reporter.report(replace(documented(docs), **failed))).json() == {"applied": True}
    place = f"{ROOT}/jobs/{docs.job_id}/retry"
    assert (await owner.client.post(place, json=confirmed())).status_code == 204
    again = (await worker.next_delivery()).job
    assert again.job_id != docs.job_id
    assert again.ai_docs is not None
    assert docs.ai_docs is not None
    assert again.ai_docs.request_key == docs.ai_docs.request_key
    assert (await owner.client.post(place, json=confirmed())).status_code == 409
    assert (await actions(owner)).count("admin.job_retried") == 2

    # Where the Worker kept a log, an admin can read it, and that is noted.
    by_id = {job["id"]: job["has_log"] for job in (await get(owner, "/jobs"))["items"]}
    assert (by_id[first.job_id], by_id[docs.job_id]) == (True, False)
    assert f"/{logs_key}?" in (await get(owner, f"/jobs/{first.job_id}/log"))["url"]
    assert (await owner.client.get(f"{ROOT}/jobs/{docs.job_id}/log")).status_code == 404
    assert (await actions(owner))[0] == "admin.job_log_seen"


async def test_a_webhook_s_delivery_is_sent_again_and_never_shown(
    ann: BackendUser, owner: BackendUser, backend: RunningBackend
) -> None:
    receiver = await WebhookReceiver().start()
    body = {"url": f"{receiver.origin}/in?key=canary", "events": ["*"]}
    webhook = (await ann.client.post("/api/v1/webhooks", json=body)).json()["webhook"]
    await ann.client.post(f"/api/v1/webhooks/{webhook['id']}/test")
    await receiver.wait_for(1)

    async def listed(state: str) -> list[dict[str, object]]:
        items: list[dict[str, object]] = (await get(owner, "/webhook-deliveries", state=state))["items"]
        return items

    (delivery,) = await until(lambda: listed("delivered"))
    assert (delivery["owner"], delivery["host"], delivery["attempts"]) == ("ann", "127.0.0.1", 1)
    assert "canary" not in str(delivery)
    place = f"{ROOT}/webhook-deliveries/{delivery['id']}/redeliver"
    assert (await owner.client.post(place, json=confirmed())).status_code == 409, "it did not fail"
    async with backend.resources.database.transaction() as transaction:
        await transaction.session.execute(
            update(WebhookDeliveryRow).values(state="failed", failure="timeout")
        )
    assert [each["failure"] for each in await listed("failed")] == ["timeout"]
    assert (await owner.client.post(place, json=confirmed())).status_code == 204
    first, second = await receiver.wait_for(2)
    assert first.id == second.id
    await until(lambda: listed("delivered"))
    await receiver.stop()
    async with backend.resources.database.transaction() as transaction:
        await transaction.session.execute(update(WebhookDeliveryRow).values(state="failed", due_at=None))
        await transaction.session.execute(update(WebhookRow).values(disabled_reason="gone"))
    refused = await owner.client.post(place, json=confirmed())
    assert (refused.status_code, "disabled" in refused.json()["detail"]) == (409, True)
    assert (await actions(owner))[0] == "admin.webhook_retried"


async def test_what_processes_warn_of_can_be_read_for_a_week(
    owner: BackendUser, backend: RunningBackend, clock: MovableClock
) -> None:
    keeper = LogKeeper(backend.resources.database)
    log = logging.Logger("hivesync_server.test")
    log.addHandler(keeper.records)
    log.info("not this")
    log.warning("odd \0 \udc80", extra={"reason": "x\0y", "many": {"a": 1}})
    try:
        raise ValueError("canary" * 2_000 + "the end")
    except ValueError:
        log.exception("failed")
    await keeper.step()
    await keeper.step()
    error, warning = (await get(owner, "/logs"))["items"]
    assert (warning["level"], warning["message"]) == ("WARNING", "odd  ?")
    assert (warning["fields"]["reason"], warning["fields"]["many"]) == ("x\0y", '{"a": 1}')
    assert error["fields"]["exception"].endswith("the end")
    assert len(error["fields"]["exception"]) == 8_000
    assert [each["message"] for each in (await get(owner, "/logs", level="ERROR"))["items"]] == ["failed"]
    for _ in range(600):
        log.warning("again")
    assert len(keeper.records.pending) == 500
    clock.advance(days=8)
    await Housekeeping(backend.resources.database, clock).sweep()
    await owner.sign_in()
    assert (await get(owner, "/logs"))["items"] == []


async def test_a_mail_that_failed_is_sent_again_and_never_shown(
    ann: BackendUser, owner: BackendUser, backend: RunningBackend, clock: MovableClock
) -> None:
    async with backend.resources.database.transaction() as transaction:
        await transaction.session.execute(delete(MailDeliveryRow))
        await transaction.session.execute(update(MailRow).values(failed_at=clock(), failure="422"))
    failed = (await get(owner, "/mails", state="failed"))["items"]
    assert {mail["problem"] for mail in failed} == {"422"}
    assert not {"body", "html", "unsubscribe_url"} & set(failed[0])
    place = f"{ROOT}/mails/{failed[0]['id']}/requeue"
    assert (await owner.client.post(place, json=confirmed())).status_code == 204
    assert (await owner.client.post(place, json=confirmed())).status_code == 409
    done = await owner.client.post(f"{ROOT}/maintenance/requeue-mails", json=confirmed())
    assert done.json() == {"changed": len(failed) - 1}
    waiting = (await get(owner, "/mails", state="waiting"))["items"]
    assert sorted(mail["recipient"] for mail in waiting) == sorted(mail["recipient"] for mail in failed)
    assert not {mail["id"] for mail in waiting} & {mail["id"] for mail in failed}
    (await owner.client.post(f"{ROOT}/maintenance/sweep", json=confirmed())).raise_for_status()
    assert (await actions(owner))[:2] == ["admin.maintained", "admin.mails_requeued"]


@pytest.mark.any_database
async def test_lists_are_exported_whole_and_that_is_noted(ann: BackendUser, owner: BackendUser) -> None:
    await ann.project('=HYPERLINK("https://evil.test")')
    answer = await owner.client.get(f"{ROOT}/exports/projects")
    assert answer.headers["content-disposition"] == 'attachment; filename="hivesync-projects.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["name"], row["owner"]) == ('\'=HYPERLINK("https://evil.test")', "ann")
    answer = await owner.client.get(f"{ROOT}/exports/projects", params={"format": "json"})
    assert json.loads(answer.text)[0]["name"] == '=HYPERLINK("https://evil.test")'
    for what in ("users", "jobs", "mails", "audit", "webhook_deliveries", "logs"):
        assert (await owner.client.get(f"{ROOT}/exports/{what}")).status_code == 200
    assert (await owner.client.get(f"{ROOT}/exports/secrets")).status_code == 422
    entry = (await get(owner, "/audit", action="admin.exported"))["items"][-1]
    assert entry["data"] == {"what": "projects", "format": "csv"}


def test_no_cell_is_a_formula_in_any_country() -> None:
    formulas = [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        " =1",
        "\u3000=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
    ]
    text = as_csv([{"id": "1", "name": cell} for cell in [*formulas, "\uff20SUM(A1)", 'x;=1";=1']])
    cells = [row["name"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    assert [cell[0] for cell in cells] == ["'"] * 13 + ["x"]
    assert text.endswith('"1","x;=1"";=1"\r\n'), "a semicolon would begin a cell where it separates them"


def test_a_histogram_counts_every_value_once() -> None:
    seconds = [0.1, 0.25, 0.26, 7.0, 4000.0]
    buckets = histogram(seconds)
    assert [(bucket.up_to_seconds, bucket.jobs) for bucket in buckets if bucket.jobs] == [
        (0.25, 2),
        (0.5, 1),
        (10.0, 1),
        (None, 1),
    ]
    assert percentile(seconds, 0.5) == 0.26
    assert percentile([], 0.5) is None
