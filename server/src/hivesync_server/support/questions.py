"""Questions: answered from the FAQ where it has an answer, passed on to a person where it has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from hivesync_contract.errors import ErrorCode, HiveSyncError
from hivesync_contract.support import BundleState, FaqEntry, Question

from hivesync_server.adapters.ids import new_id
from hivesync_server.auth.tables import UserRow
from hivesync_server.mails.letters import MailKind, letter
from hivesync_server.mails.mail import Mailer
from hivesync_server.retry_later import RetryLater
from hivesync_server.support import faq
from hivesync_server.support.bundles import BundleUnknown, object_key
from hivesync_server.support.ranking import Match, Ranking
from hivesync_server.support.repository import BundleRepository, QuestionRepository
from hivesync_server.support.schemas import QuestionEscalateBody
from hivesync_server.support.tables import BundleRow, QuestionRow

CONFIDENT = 0.45
"""Below this no answer is given: tried on questions that the FAQ has, and on those that it has not."""

RELATED_CONFIDENT = 0.15
RELATED_MAX = 3
ESCALATIONS_PER_DAY = 5
_DAY = timedelta(days=1)
_MAIL_LIFE = timedelta(days=30)


class QuestionUnknown(HiveSyncError):
    """The user has asked no such question."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such question.")


class TooManyEscalations(RetryLater):
    """People have been asked often enough for today."""

    code = ErrorCode.RATE_LIMITED

    def __init__(self, wait: timedelta) -> None:
        super().__init__(
            f"You can pass on {ESCALATIONS_PER_DAY} questions a day; try again later.",
            int(wait.total_seconds()) + 1,
        )


class NobodyToAsk(HiveSyncError):
    """The server names no person for support."""

    code = ErrorCode.CONFLICT

    def __init__(self) -> None:
        super().__init__("This server names nobody who answers questions; ask whoever gave you the account.")


@cache
def ranking() -> Ranking:
    """Give the index of this release's FAQ."""
    return Ranking(faq.load())


def search(text: str) -> list[FaqEntry]:
    """Give the entries that have anything to do with a text, best first."""
    return [match.source.entry for match in ranking().search(text) if match.confidence >= RELATED_CONFIDENT]


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions of one user."""

    repository: QuestionRepository
    bundles: BundleRepository
    mailer: Mailer
    user_id: str
    support_email: str
    now: datetime

    async def ask(self, text: str) -> Question:
        """Note a question, with the answer if there is one."""
        matches = ranking().search(text)
        best = matches[0] if matches and matches[0].confidence >= CONFIDENT else None
        row = QuestionRow(
            id=new_id(),
            user_id=self.user_id,
            question=text,
            entry_id=best.source.entry.id if best else None,
            confidence=matches[0].confidence if matches else 0.0,
            created_at=self.now,
        )
        await self.repository.add(row)
        return question_shape(row, matches)

    async def get(self, question_id: str, *, lock: bool = False) -> QuestionRow:
        """Give a question, or raise `QuestionUnknown`."""
        row = await self.repository.get(question_id, self.user_id, lock=lock)
        if row is None:
            raise QuestionUnknown
        return row

    async def escalate(self, question_id: str, body: QuestionEscalateBody) -> QuestionRow:
        """Pass a question on by mail; a second time changes nothing. Raise `QuestionUnknown`,
        `BundleUnknown`, `NobodyToAsk` or `TooManyEscalations`.
        """
        # One at a time for each user, else two requests at once would both find room.
        asker = await self.repository.asker(self.user_id)
        row = await self.get(question_id, lock=True)
        if row.escalated_at is not None or asker is None:
            return row
        bundle = await self._bundle(body.bundle_id)
        recipients = [self.support_email] if self.support_email else await self.repository.admin_addresses()
        if not recipients:
            raise NobodyToAsk
        recent = await self.repository.escalations(self.user_id, self.now - _DAY)
        if len(recent) >= ESCALATIONS_PER_DAY:
            raise TooManyEscalations(recent[0] + _DAY - self.now)
        row.escalated_at = self.now
        await self._write(recipients, asker, row, body.message, bundle)
        return row

    async def _bundle(self, bundle_id: str | None) -> BundleRow | None:
        if bundle_id is None:
            return None
        bundle = await self.bundles.get(bundle_id, self.user_id)
        if bundle is None or bundle.state != BundleState.READY:
            raise BundleUnknown
        return bundle

    async def _write(
        self,
        recipients: Sequence[str],
        asker: UserRow,
        row: QuestionRow,
        message: str,
        bundle: BundleRow | None,
    ) -> None:
        for recipient in recipients:
            mail = letter(
                MailKind.SUPPORT_ESCALATION,
                recipient,
                expires_at=self.now + _MAIL_LIFE,
                username=asker.username,
                email=asker.email,
                question=row.question,
                message=message,
                bundle=f"{object_key(bundle.id)} (until {bundle.expires_at:%Y-%m-%d})" if bundle else "",
            )
            await self.mailer.send(mail)


def question_shape(row: QuestionRow, matches: Sequence[Match] | None = None) -> Question:
    """Give a question's wire form; the answer is the one of then, as the FAQ words it now."""
    found = ranking().search(row.question) if matches is None else matches
    entries = {source.entry.id: source.entry for source in faq.load()}
    near = [match.source.entry for match in found if match.confidence >= RELATED_CONFIDENT]
    return Question(
        id=row.id,
        question=row.question,
        answer=entries.get(row.entry_id) if row.entry_id else None,
        confidence=round(row.confidence, 2),
        related=[entry for entry in near if entry.id != row.entry_id][:RELATED_MAX],
        helpful=row.helpful,
        created_at=row.created_at,
        escalated_at=row.escalated_at,
    )
