"""How mails are worded: every kind, both twins, and whatever people typed into them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hivesync_contract.alerts import AlertKind
from hivesync_server.alerts.wording import words_of
from hivesync_server.mails.letters import MailKind, letter, set_in_layout
from jinja2 import UndefinedError

HOSTILE = "<img src=x onerror=alert(1)>\"'&"
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
UNSUBSCRIBED = {MailKind.NOTIFICATION, MailKind.DIGEST, MailKind.ALERT, MailKind.WEBHOOK_DISABLED}
VALUES: dict[MailKind, dict[str, Any]] = {
    MailKind.VERIFY: {"username": HOSTILE, "link": "https://x.test/account/verify#t"},
    MailKind.EMAIL_CHANGE: {"username": HOSTILE, "link": "https://x.test/account/verify#t"},
    MailKind.EMAIL_CHANGED: {"username": HOSTILE, "link": "https://x.test/account/revert#t"},
    MailKind.PASSWORD_RESET: {"username": HOSTILE, "link": "https://x.test/account/reset#t"},
    MailKind.PASSWORD_CHANGED: {
        "username": HOSTILE,
        "was_reset": True,
        "link": "https://x.test/account/forgot",
    },
    MailKind.ACCOUNT_KNOWN: {},
    MailKind.ACCOUNT_UNKNOWN: {},
    MailKind.ACCOUNT_DELETED: {"username": HOSTILE, "base_url": "https://x.test"},
    MailKind.SIGN_IN_NEW: {
        "username": "ann",
        "label": HOSTILE,
        "address": "192.0.2.1",
        "at": "noon",
        "link": "https://x.test/security",
    },
    MailKind.SESSION_STOLEN: {"label": HOSTILE, "link": "https://x.test/security"},
    MailKind.API_KEY_CREATED: {"name": HOSTILE, "scope": "read", "hint": "abcd"},
    MailKind.INVITE: {"inviter": HOSTILE, "link": "https://x.test/invites"},
    MailKind.NOTIFICATION: {"text": HOSTILE},
    MailKind.DIGEST: {"count": 3, "items": [{"text": HOSTILE, "at": "1 May, 10:00 UTC"}]},
    MailKind.ALERT: {"alert": words_of(AlertKind.WORKER_DOWN, HOSTILE, "https://x.test", NOON)},
    MailKind.EXPORT_READY: {"days": 7},
    MailKind.WEBHOOK_DISABLED: {"name": "My hook", "host": "hooks.x.test", "reason": HOSTILE},
    MailKind.SUPPORT_ESCALATION: {
        "username": "ann",
        "email": "ann@example.com",
        "question": HOSTILE,
        "message": f"{HOSTILE}\nsecond line",
        "bundle": "",
    },
}


@pytest.mark.parametrize("kind", MailKind)
def test_each_kind_says_the_same_in_text_and_html(kind: MailKind) -> None:
    mail = letter(kind, "ann@example.com", unsubscribe_url="https://x.test/stop/1", **VALUES[kind])
    assert mail.subject
    assert mail.kind == kind.value
    assert "<img" not in mail.html
    assert "onerror" not in re.sub(r"&lt;.*?&gt;", "", mail.html)
    assert re.search(r"\n\n\n", mail.body) is None, mail.body
    said = [value for value in VALUES[kind].values() if isinstance(value, str) and value]
    for value in said:
        assert value in mail.body or value in mail.subject
    for link in re.findall(r"https://\S+", mail.body):
        assert link in mail.html
    assert "http://" not in mail.html  # nothing is loaded from anywhere
    assert re.search(r"<(script|img|link|iframe)", mail.html) is None
    unsubscribes = kind in UNSUBSCRIBED
    assert ("stop/1" in mail.html, "stop/1" in mail.body) == (unsubscribes, unsubscribes)


def test_a_value_that_is_missing_is_an_error_and_no_gap() -> None:
    with pytest.raises(UndefinedError):
        letter(MailKind.SESSION_STOLEN, "ann@example.com")


def test_a_subject_is_one_line_of_bearable_length() -> None:
    mail = letter(MailKind.NOTIFICATION, "ann@example.com", text="a\rBcc: bob@example.com\x00" + "x" * 900)
    assert mail.subject.startswith("a Bcc: bob@example.com x")
    assert len(mail.subject) == 200


def test_plain_text_gets_a_twin_in_the_layout() -> None:
    html = set_in_layout("Hello", "One\ntwo <b>\n\nhttps://x.test/a#b\n\njavascript:alert(1)\n")
    assert "One<br>two &lt;b&gt;" in html
    assert 'href="https://x.test/a#b"' in html
    assert "href=" not in html.partition("javascript:")[2]
