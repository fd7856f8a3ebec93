"""Words mails: one pair of templates a kind, one layout, plain text and HTML from the same values.

Values may hold what people typed. In HTML they are escaped; in a subject their line breaks become spaces.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hivesync_server.mails.mail import Mail

SUBJECT_CHARACTERS = 200
_SUBJECT = "Subject: "


class MailKind(StrEnum):
    """Each has `templates/KIND.txt`, whose first line is the subject, and `templates/KIND.html`."""

    VERIFY = "verify"
    EMAIL_CHANGE = "email_change"
    EMAIL_CHANGED = "email_changed"
    PASSWORD_RESET = "password_reset"
    PASSWORD_CHANGED = "password_changed"
    ACCOUNT_KNOWN = "account_known"
    ACCOUNT_UNKNOWN = "account_unknown"
    ACCOUNT_DELETED = "account_deleted"
    SIGN_IN_NEW = "sign_in_new"
    SESSION_STOLEN = "session_stolen"
    API_KEY_CREATED = "api_key_created"
    INVITE = "invite"
    NOTIFICATION = "notification"
    DIGEST = "digest"
    ALERT = "alert"
    EXPORT_READY = "export_ready"
    WEBHOOK_DISABLED = "webhook_disabled"
    SUPPORT_ESCALATION = "support_escalation"


def _environment(*, autoescape: bool) -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=autoescape,  # noqa: S701 - plain text knows no markup
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )


_text, _html = _environment(autoescape=False), _environment(autoescape=True)


def letter(
    kind: MailKind,
    recipient: str,
    *,
    expires_at: datetime | None = None,
    unsubscribe_url: str = "",
    **values: Any,
) -> Mail:
    """Word a mail of a kind. The values that it needs stand in its templates; one that is missing raises."""
    values["unsubscribe_url"] = unsubscribe_url
    first, _, body = _text.get_template(f"{kind}.txt").render(values).partition("\n")
    subject = single_line(first.removeprefix(_SUBJECT))
    html = _html.get_template(f"{kind}.html").render(values, subject=subject)
    return Mail(recipient, subject, body.strip() + "\n", html, kind.value, expires_at, unsubscribe_url)


def set_in_layout(subject: str, body: str) -> str:
    """Give plain text as HTML: its paragraphs, and a button for one that is an address only."""
    paragraphs = [_paragraph(part.strip()) for part in body.split("\n\n") if part.strip()]
    return _html.get_template("plain.html").render(subject=subject, paragraphs=paragraphs)


def single_line(text: str) -> str:
    """Give text that can be a header: no control characters, and not endless."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return flat if len(flat) <= SUBJECT_CHARACTERS else flat[: SUBJECT_CHARACTERS - 1] + "…"


def _paragraph(text: str) -> dict[str, Any]:
    is_link = text.startswith(("https://", "http://")) and len(text.split()) == 1
    return {"link": text if is_link else "", "lines": text.splitlines()}
