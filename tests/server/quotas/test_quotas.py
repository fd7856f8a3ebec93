"""Quotas by tier: to the last one, however many ask at once and of however many servers."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from hivesync_contract.errors import ErrorCode
from hivesync_contract.identity import Tier
from hivesync_contract.jobs import CallbackError, JobStatus
from hivesync_dev.servers.backend_process import BackendProcess
from hivesync_dev.servers.backend_user import SOURCE, BackendUser, manifest, preview_path
from hivesync_dev.servers.fake_worker import FakeWorker, Reporter, documented, success
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_server import operations
from hivesync_server.settings import Settings, load

AT_ONCE = 12


async def begin(user: BackendUser, project_id: str) -> httpx.Response:
    return await user.client.post(f"/api/v1/projects/{project_id}/previews", json=manifest(SOURCE))


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    """The environment of a backend on which no test meets the limit on requests."""
    return environ | {"TIER_LIMITS": json.dumps({tier: {"requests_per_minute": 10_000} for tier in Tier})}


@pytest.fixture
async def free(ann: BackendUser, settings: Settings) -> BackendUser:
    """A signed-in user of the tier with the narrowest limits."""
    await operations.set_tier(settings, "ann", Tier.FREE)
    return ann


async def test_previews_are_counted_by_hour_and_by_day(
    free: BackendUser, clock: MovableClock, backend: RunningBackend
) -> None:
    project_id = await free.project()
    answers = await asyncio.gather(*(begin(free, project_id) for _ in range(AT_ONCE)))
    assert Counter(answer.status_code for answer in answers) == {201: 5, 402: AT_ONCE - 5}
    problem = next(answer.json() for answer in answers if answer.status_code == 402)
    assert (problem["code"], problem["limit"], problem["used"]) == ("TIER_LIMIT", 5, 5)
    assert "allows 5 previews an hour; try again in 60 minutes, or" in problem["detail"]
    reset = datetime.fromisoformat(problem["reset_at"]) - clock()
    assert timedelta(minutes=58) < reset <= timedelta(hours=1)

    made = next(answer.json()["preview"] for answer in answers if answer.status_code == 201)
    version = await free.client.post(f"{preview_path(made)}/versions", json=manifest(SOURCE))
    assert version.status_code == 201, "a live preview counts once"
    await free.client.delete(preview_path(made))
    assert (await begin(free, project_id)).status_code == 402, "deleting is no way around"

    for hour in range(5):
        clock.advance(hours=1, seconds=1)
        await free.sign_in()
        answers = [await begin(free, project_id) for _ in range(5)]
        assert {answer.status_code for answer in answers} == {201}, f"in hour {hour + 1}"
    clock.advance(hours=1, seconds=1)
    await free.sign_in()
    problem = (await begin(free, project_id)).json()
    assert (problem["limit"], problem["used"]) == (30, 30)
    assert datetime.fromisoformat(problem["reset_at"]) - clock() > timedelta(hours=17)
    assert "allows 30 previews a day; try again in 18 hours, or" in problem["detail"]


async def test_builds_at_once_are_counted_by_preview(
    free: BackendUser, worker: FakeWorker, reporter: Reporter
) -> None:
    project_id = await free.project()
    previews = [(await free.preview(project_id))["preview"] for _ in range(3)]
    answers = await asyncio.gather(*(free.client.post(f"{preview_path(p)}/complete") for p in previews))
    assert Counter(answer.status_code for answer in answers) == {202: 1, 402: 2}
    first = await worker.next_delivery()
    assert first.job.preview is not None
    running = {"project_id": project_id, "id": first.job.preview.preview_id}
    # The next save of what is being built is not refused: it is the same preview.
    await free.client.post(f"{preview_path(running)}/versions", json=manifest(SOURCE))
    assert (await free.client.post(f"{preview_path(running)}/complete")).status_code == 202
    second = await worker.next_delivery()

    waiting = next(p for p in previews if p["id"] != running["id"])
    refused = await free.client.post(f"{preview_path(waiting)}/complete")
    assert (refused.json()["limit"], refused.json()["used"]) == (1, 1)
    assert "allows 1 preview build at once; wait until one has ended" in refused.json()["detail"]
    assert "reset_at" not in refused.json()
    for delivered in (first, second):
        await reporter.report(success(delivered.job))
    assert (await free.client.post(f"{preview_path(waiting)}/complete")).status_code == 202


async def test_a_failure_of_ours_gives_the_preview_back(
    free: BackendUser, worker: FakeWorker, reporter: Reporter
) -> None:
    project_id = await free.project()
    for code, left in ((ErrorCode.PREVIEW_BUILD_FAILED, 4), (ErrorCode.INTERNAL_ERROR, 4)):
        await free.complete((await free.preview(project_id))["preview"])
        callback = success((await worker.next_delivery()).job)
        failure = replace(callback, status=JobStatus.FAIL, error=CallbackError(code, "x"), artifact_keys=[])
        assert (await reporter.report(failure)).json() == {"applied": True}
        answers = [await begin(free, project_id) for _ in range(left)] if code == "INTERNAL_ERROR" else []
        assert all(answer.status_code == 201 for answer in answers)
    assert (await begin(free, project_id)).status_code == 402


async def test_ai_requests_are_counted_at_once_and_by_minute(
    free: BackendUser, worker: FakeWorker, reporter: Reporter, clock: MovableClock
) -> None:
    project_id = await free.project()
    answers = await asyncio.gather(*(free.ask_docs(project_id, f"let a = {n}") for n in range(AT_ONCE)))
    assert Counter(answer.status_code for answer in answers) == {202: 1, 402: AT_ONCE - 1}
    # The same file in another place at the same moment costs nothing.
    known = next(number for number, answer in enumerate(answers) if answer.status_code == 202)
    assert (await free.ask_docs(project_id, f"let a = {known}")).status_code == 202
    await reporter.report(documented((await worker.next_delivery()).job))
    by_minute = (await free.ask_docs(project_id, "let b = 1")).json()
    assert (by_minute["limit"], by_minute["used"], "reset_at" in by_minute) == (1, 1, True)
    assert (await free.ask_docs(project_id, f"let a = {known}")).json()["state"] == "ready"
    clock.advance(seconds=61)
    assert (await free.ask_docs(project_id, "let b = 1")).status_code == 202


@pytest.mark.postgres_only
async def test_two_servers_together_allow_no_more_than_one(
    environ: dict[str, str], worker: FakeWorker
) -> None:
    first, second = (BackendProcess(environ | {"BASE_URL": "http://127.0.0.1:4000"}) for _ in range(2))
    try:
        await asyncio.gather(first.start(), second.start())
        async with first.client() as here, second.client() as there:
            ann = await BackendUser(here, "ann").sign_up()
            there.headers["Authorization"] = here.headers["Authorization"]
            await operations.set_tier(load(environ), "ann", Tier.FREE)
            project_id = await ann.project()
            both = [ann, BackendUser(there, "ann")]
            await asyncio.gather(*(user.client.get("/api/v1/auth/me") for user in both * 6))
            answers = await asyncio.gather(*(begin(user, project_id) for user in both * AT_ONCE))
            assert Counter(answer.status_code for answer in answers) == {201: 5, 402: 2 * AT_ONCE - 5}
            docs = await asyncio.gather(
                *(user.ask_docs(project_id, f"let a = {n}") for n, user in enumerate(both * AT_ONCE))
            )
            assert Counter(answer.status_code for answer in docs) == {202: 1, 402: 2 * AT_ONCE - 1}
            previews: list[dict[str, Any]] = [a.json()["preview"] for a in answers if a.status_code == 201]
            completed = await asyncio.gather(
                *(
                    user.client.post(f"{preview_path(preview)}/complete")
                    for preview in previews
                    for user in both
                )
            )
            built = {answer.json()["id"] for answer in completed if answer.status_code == 202}
            assert len(built) == 1
    finally:
        await asyncio.gather(first.kill(), second.kill())


@pytest.mark.any_database
async def test_history_reaches_as_far_back_as_the_tier(
    ann: BackendUser, settings: Settings, worker: FakeWorker, reporter: Reporter, clock: MovableClock
) -> None:
    project_id = await ann.project()
    previews = [(await ann.preview(project_id))["preview"]["id"] for _ in range(12)]
    docs: list[str] = []
    for number in range(12):
        docs.append((await ann.ask_docs(project_id, f"let a = {number}")).json()["id"])
        await reporter.report(documented((await worker.next_delivery()).job))
        clock.advance(seconds=10)
    shown = {Tier.FREE: 3, Tier.PRO: 10, Tier.PREMIUM: 12}
    for tier, count in shown.items():
        await operations.set_tier(settings, "ann", tier)
        for name, made in (("previews", previews), ("ai-docs", docs)):
            found: list[str] = []
            parameters: dict[str, Any] = {"limit": 2}
            while True:
                path = f"/api/v1/projects/{project_id}/{name}"
                page = (await ann.client.get(path, params=parameters)).json()
                found += [item["id"] for item in page["items"]]
                if page["next_cursor"] is None:
                    break
                parameters["cursor"] = page["next_cursor"]
            assert found == made[::-1][:count], (tier, name)
    # What is not listed any more can still be had by who kept its address.
    assert (await ann.client.get(f"/api/v1/projects/{project_id}/ai-docs/{docs[0]}")).status_code == 200
