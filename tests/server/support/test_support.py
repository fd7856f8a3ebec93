"""Support: questions, feedback, a person by mail, and bundles that go straight to the object store."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hivesync_contract.limits import BUNDLE_BYTES
from hivesync_dev.servers.backend_user import BackendUser
from hivesync_dev.servers.running_backend import MovableClock, RunningBackend
from hivesync_dev.servers.s3 import ARTIFACTS_BUCKET, S3Server
from hivesync_dev.waiting import until
from hivesync_server.auth.tables import UserRow
from hivesync_server.housekeeping import QUESTIONS_KEPT, Housekeeping
from hivesync_server.mails.tables import MailRow
from hivesync_server.settings import SettingInvalid, load
from hivesync_server.support.bundles import PER_USER, BundleUnknown, download_url
from hivesync_server.support.questions import ESCALATIONS_PER_DAY
from hivesync_server.support.repository import QuestionRepository, SupportFigures
from sqlalchemy import delete, select, update

SUPPORT = "/api/v1/support"
ZIP = b"PK\x05\x06" + b"\0" * 18


async def ask(user: BackendUser, question: str = "My phone link expired") -> dict[str, Any]:
    answer = await user.client.post(f"{SUPPORT}/questions", json={"question": question})
    assert answer.status_code == 201, answer.text
    asked: dict[str, Any] = answer.json()
    return asked


async def escalate(user: BackendUser, question: dict[str, Any], **body: Any) -> httpx.Response:
    return await user.client.post(f"{SUPPORT}/questions/{question['id']}/escalate", json=body)


async def mails(backend: RunningBackend) -> list[MailRow]:
    query = select(MailRow).where(MailRow.kind == "support_escalation").order_by(MailRow.id)
    async with backend.resources.database.transaction(writes=False) as transaction:
        return list((await transaction.session.scalars(query)).all())


async def make_admin(backend: RunningBackend, user: BackendUser) -> None:
    async with backend.resources.database.transaction() as transaction:
        mine = update(UserRow).where(UserRow.id == user.profile["id"])
        await transaction.session.execute(mine.values(is_admin=True))


async def begin_bundle(user: BackendUser, data: bytes = ZIP) -> dict[str, Any]:
    body = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    answer = await user.client.post(f"{SUPPORT}/bundles", json=body)
    assert answer.status_code == 201, answer.text
    begun: dict[str, Any] = answer.json()
    return begun


async def upload(begun: dict[str, Any], data: bytes = ZIP) -> httpx.Response:
    put = begun["upload"]["put"]
    async with httpx.AsyncClient(trust_env=False) as browser:
        return await browser.put(put["url"], content=data, headers=put["headers"])


async def complete(user: BackendUser, begun: dict[str, Any]) -> httpx.Response:
    return await user.client.post(f"{SUPPORT}/bundles/{begun['bundle']['id']}/complete")


async def bundle(user: BackendUser) -> dict[str, Any]:
    begun = await begin_bundle(user)
    assert (await upload(begun)).status_code == 200
    answer = await complete(user, begun)
    assert answer.status_code == 200, answer.text
    ready: dict[str, Any] = answer.json()
    return ready


def key(bundle: dict[str, Any]) -> str:
    return f"support/bundles/{bundle['id']}"


@pytest.mark.any_database
async def test_everybody_may_read_the_faq(client: httpx.AsyncClient) -> None:
    everything = (await client.get(f"{SUPPORT}/faq")).json()
    assert everything["next_cursor"] is None
    assert everything["items"][0]["id"] == "sign-in"
    found = (await client.get(f"{SUPPORT}/faq", params={"search": "proxy of my company"})).json()["items"]
    assert found[0]["id"] == "proxy"
    topic = (await client.get(f"{SUPPORT}/faq", params={"topic": "Scripts"})).json()["items"]
    assert {item["topic"] for item in topic} == {"Scripts"}
    assert (await client.get(f"{SUPPORT}/faq", params={"search": "qwertz"})).json()["items"] == []
    for hostile in ("*", '"', "' OR 1=1 --", "🙂", "x" * 200):
        assert (await client.get(f"{SUPPORT}/faq", params={"search": hostile})).status_code == 200
    tag = (await client.get(f"{SUPPORT}/faq")).headers["etag"]
    again = await client.get(f"{SUPPORT}/faq", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert (await client.post(f"{SUPPORT}/questions", json={"question": "x"})).status_code == 401


async def test_a_question_is_answered_rated_and_counted(
    ann: BackendUser, backend: RunningBackend, clock: MovableClock
) -> None:
    asked = await ask(ann)
    assert asked["answer"]["id"] == "phone-link-expired"
    assert asked["confidence"] > 0.5
    assert asked["answer"]["id"] not in [entry["id"] for entry in asked["related"]]
    path = f"{SUPPORT}/questions/{asked['id']}"
    for helpful in (True, False):
        rated = await ann.client.post(f"{path}/feedback", json={"helpful": helpful})
        assert rated.json() == asked | {"helpful": helpful}
    assert (await ann.client.get(path)).json() == asked | {"helpful": False}
    second = await ask(ann)
    await ann.client.post(f"{SUPPORT}/questions/{second['id']}/feedback", json={"helpful": True})
    nothing = await ask(ann, "Which colour has the sky?")
    assert (nothing["answer"], nothing["confidence"] < 0.45) == (None, True)
    await make_admin(backend, ann)
    await escalate(ann, nothing)
    async with backend.resources.database.transaction(writes=False) as transaction:
        questions = QuestionRepository(transaction.session)
        figures = await questions.figures(clock() - timedelta(hours=1))
        later = await questions.figures(clock() + timedelta(hours=1))
    assert figures == SupportFigures(asked=3, answered=2, helpful=1, unhelpful=1, escalated=1)
    assert later == SupportFigures(0, 0, 0, 0, 0)
    clock.advance(seconds=QUESTIONS_KEPT.total_seconds() + 1)
    await Housekeeping(backend.resources.database, clock).sweep()
    async with backend.resources.database.transaction(writes=False) as transaction:
        assert (
            await QuestionRepository(transaction.session).figures(clock() - QUESTIONS_KEPT * 2)
        ).asked == 0


async def test_a_question_is_passed_on_once_with_its_bundle(
    ann: BackendUser, bob: BackendUser, backend: RunningBackend
) -> None:
    for user in (ann, bob):
        await make_admin(backend, user)
    uploaded = await bundle(ann)
    asked = await ask(ann, "It hangs.\nWhat <b>now</b>?")
    answers = await asyncio.gather(
        *(
            escalate(ann, asked, message="Please!\nBcc: evil@example.com", bundle_id=uploaded["id"])
            for _ in "12"
        )
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["escalated_at"] is not None
    first, second = await mails(backend)
    assert {first.recipient, second.recipient} == {ann.email, bob.email}
    assert first.subject == "HiveSync support: ann asks"
    for text in (ann.email, "It hangs.\nWhat <b>now</b>?", "Bcc: evil@example.com", key(uploaded)):
        assert text in first.body
    assert "<b>now" not in first.html


@pytest.mark.any_database
async def test_a_configured_address_gets_questions_instead_of_the_admins(
    environ: dict[str, str], clock: MovableClock
) -> None:
    settings = load(environ | {"SUPPORT_EMAIL": "help@example.com"})
    async with RunningBackend(settings, clock) as backend, backend.client() as client:
        ann = await BackendUser(client, "ann").sign_up()
        await make_admin(backend, ann)
        answer = await client.post(f"{SUPPORT}/questions/{(await ask(ann))['id']}/escalate")
        assert answer.status_code == 200, answer.text
        assert [mail.recipient for mail in await mails(backend)] == ["help@example.com"]
    for wrong in ("help", "a@b, c@d", "a@b\nBcc: c@d"):
        with pytest.raises(SettingInvalid, match="SUPPORT_EMAIL"):
            load(environ | {"SUPPORT_EMAIL": wrong})


async def test_people_are_asked_so_often_a_day_and_only_where_there_are_any(
    ann: BackendUser, backend: RunningBackend, clock: MovableClock
) -> None:
    nobody = await escalate(ann, await ask(ann))
    assert (nobody.status_code, nobody.json()["code"]) == (409, "CONFLICT")
    await make_admin(backend, ann)
    asked = [await ask(ann) for _ in range(ESCALATIONS_PER_DAY + 2)]
    answers = await asyncio.gather(*(escalate(ann, question) for question in asked))
    refused = [answer for answer in answers if answer.status_code != 200]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(429, "RATE_LIMITED")] * 2
    assert 86_000 < int(refused[0].headers["retry-after"]) <= 86_401
    assert len(await mails(backend)) == ESCALATIONS_PER_DAY
    clock.advance(days=1, seconds=1)
    await ann.sign_in()
    assert (await escalate(ann, await ask(ann))).status_code == 200


@pytest.mark.any_database
async def test_nobody_reaches_what_others_asked_or_sent(
    ann: BackendUser, bob: BackendUser, backend: RunningBackend
) -> None:
    await make_admin(backend, bob)
    asked, uploaded, begun = await ask(ann), await bundle(ann), await begin_bundle(ann)
    question, sent = f"{SUPPORT}/questions/{asked['id']}", f"{SUPPORT}/bundles/{uploaded['id']}"
    for method, path, body in (
        ("GET", question, None),
        ("POST", f"{question}/feedback", {"helpful": True}),
        ("POST", f"{question}/escalate", {}),
        ("GET", sent, None),
        ("POST", f"{sent}/complete", None),
        ("DELETE", sent, None),
    ):
        answer = await bob.client.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND"), path
    # Nor is a bundle passed on that is another's, or not there yet.
    for user, bundle_id in ((bob, uploaded["id"]), (ann, begun["bundle"]["id"])):
        own = await ask(user)
        answer = await escalate(user, own, bundle_id=bundle_id)
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
        assert (await user.client.get(f"{SUPPORT}/questions/{own['id']}")).json()["escalated_at"] is None
    assert await mails(backend) == []


@pytest.mark.any_database
async def test_bad_input_is_refused(ann: BackendUser) -> None:
    asked = await ask(ann)
    question = f"{SUPPORT}/questions/{asked['id']}"
    sha256 = "0" * 64
    bad: tuple[tuple[str, dict[str, Any]], ...] = (
        *((f"{SUPPORT}/questions", {"question": text}) for text in ("", " \n", "x" * 2001, "a\r\nBcc: x", 1)),
        (f"{SUPPORT}/questions", {"question": "x", "user_id": "y"}),
        *((f"{question}/feedback", body) for body in ({}, {"helpful": None}, {"helpful": 1})),
        *((f"{question}/escalate", {"message": text}) for text in ("x" * 5001, "a\rb", None)),
        (f"{question}/escalate", {"bundle_id": "x"}),
        *((f"{SUPPORT}/bundles", {"size": size, "sha256": sha256}) for size in (0, "1", 1.5)),
        (f"{SUPPORT}/bundles", {"size": 1, "sha256": "x"}),
        (f"{SUPPORT}/bundles", {"size": 1, "sha256": sha256, "state": "ready"}),
    )
    for path, body in bad:
        answer = await ann.client.post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR"), (path, body)


async def test_a_bundle_is_what_was_announced_and_goes_after_30_days(
    ann: BackendUser, backend: RunningBackend, clock: MovableClock, s3: S3Server
) -> None:
    begun = await begin_bundle(ann)
    assert (await complete(ann, begun)).status_code == 409
    assert (await upload(begun, ZIP[::-1])).is_client_error
    assert (await upload(begun)).status_code == 200
    ready = (await complete(ann, begun)).json()
    assert ready == (await complete(ann, begun)).json()
    assert ready["state"] == "ready"
    stores = backend.resources.objects
    async with backend.resources.database.transaction(writes=False) as transaction:
        url = await download_url(transaction.session, stores.artifacts, ready["id"])
        unsent = await begin_bundle(ann)
        with pytest.raises(BundleUnknown):
            await download_url(transaction.session, stores.artifacts, unsent["bundle"]["id"])
    async with httpx.AsyncClient(trust_env=False) as browser:
        file = await browser.get(url)
    assert (file.content, file.headers["content-type"]) == (ZIP, "application/octet-stream")
    assert file.headers["content-disposition"].startswith("attachment;")
    clock.advance(days=29, hours=23)
    backend.wake_deleter()
    await asyncio.sleep(0.2)
    assert s3.has(key(ready), ARTIFACTS_BUCKET)
    clock.advance(hours=2)
    backend.wake_deleter()
    await until(lambda: _is_gone(s3, ready))
    await ann.sign_in()
    assert (await ann.client.get(f"{SUPPORT}/bundles/{ready['id']}")).status_code == 404


async def test_a_bundle_goes_when_it_is_taken_back_or_its_account_ends(
    ann: BackendUser, backend: RunningBackend, s3: S3Server
) -> None:
    taken_back, left = await bundle(ann), await bundle(ann)
    assert (await ann.client.delete(f"{SUPPORT}/bundles/{taken_back['id']}")).status_code == 204
    await until(lambda: _is_gone(s3, taken_back))
    assert s3.has(key(left), ARTIFACTS_BUCKET)
    async with backend.resources.database.transaction() as transaction:
        await transaction.session.execute(delete(UserRow).where(UserRow.id == ann.profile["id"]))
    backend.wake_deleter()
    await until(lambda: _is_gone(s3, left))


@pytest.mark.any_database
async def test_bundles_have_a_largest_size_and_number(ann: BackendUser) -> None:
    large = {"size": BUNDLE_BYTES + 1, "sha256": "0" * 64}
    answer = await ann.client.post(f"{SUPPORT}/bundles", json=large)
    assert (answer.status_code, answer.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")
    for _ in range(PER_USER):
        await begin_bundle(ann)
    answer = await ann.client.post(f"{SUPPORT}/bundles", json={"size": 1, "sha256": "0" * 64})
    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")


async def _is_gone(s3: S3Server, bundle: dict[str, Any]) -> bool:
    return not s3.has(key(bundle), ARTIFACTS_BUCKET)
