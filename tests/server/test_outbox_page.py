"""`/dev/outbox` shows mails to the developer on this machine, and to nobody else."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from hivesync_dev.servers.running_backend import RunningBackend
from hivesync_server.mails.mail import Mail
from hivesync_server.mails.outbox import OutboxMailer

pytestmark = pytest.mark.any_database


async def test_mails_are_shown_and_nothing_in_them_runs(
    client: httpx.AsyncClient, backend: RunningBackend
) -> None:
    async with backend.resources.database.transaction() as transaction:
        mailer = OutboxMailer(transaction.session, backend.clock())
        await mailer.send(Mail("ann@example.com", "Hello <b>", "<script>alert(1)</script>"))
    answer = await client.get("/dev/outbox")
    assert "Hello &lt;b&gt;" in answer.text
    assert "<script>" not in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]


async def test_a_name_that_points_here_is_not_this_machine(client: httpx.AsyncClient) -> None:
    answer = await client.get("/dev/outbox", headers={"Host": "rebound.example"})
    assert answer.status_code == 404


@pytest.mark.parametrize("field", ["recipient", "subject", "unsubscribe_url"])
def test_a_mail_can_not_smuggle_headers(field: str) -> None:
    mail = Mail("a@example.com", "Hi", "Text\nof lines")
    with pytest.raises(ValueError, match="single lines"):
        replace(mail, **{field: "a\r\nBcc: b@example.com"})  # type: ignore[arg-type]
