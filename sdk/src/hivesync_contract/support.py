"""Help: questions that are often asked, answers found among them, and a way to a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hivesync_contract.uploads import FileUploadPlan


@dataclass(frozen=True, slots=True)
class FaqEntry:
    """One entry of `GET /support/faq`. `answer` is Markdown; `id` is stable and readable."""

    id: str
    topic: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class QuestionCreate:
    """`POST /support/questions`."""

    question: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question that was asked, and what the FAQ has to say.

    Without `answer` nothing fits well enough, and none is pretended; `related` may still be worth a look.
    `confidence`: from 0 to 1, how much of the question the best entry covers.
    """

    id: str
    question: str
    answer: FaqEntry | None
    confidence: float
    related: list[FaqEntry]
    helpful: bool | None
    created_at: datetime
    escalated_at: datetime | None


@dataclass(frozen=True, slots=True)
class QuestionFeedback:
    """`POST /support/questions/{id}/feedback`: whether the answer helped. The last one counts."""

    helpful: bool


@dataclass(frozen=True, slots=True)
class QuestionEscalate:
    """`POST /support/questions/{id}/escalate`: have a person look at it, once for each question.

    `bundle_id`: a support bundle of one's own that was uploaded.
    """

    message: str = ""
    bundle_id: str | None = None


class BundleState(StrEnum):
    UPLOADING = "uploading"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class UploadedBundle:
    """A support bundle that was uploaded, until `expires_at`."""

    id: str
    size: int
    sha256: str
    state: BundleState
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class BundleCreate:
    """`POST /support/bundles`: the zip that `hivesync support-bundle` made, at most `BUNDLE_BYTES`."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BundleCreated:
    """Answer of `POST /support/bundles`. After the upload: `POST /support/bundles/{id}/complete`."""

    bundle: UploadedBundle
    upload: FileUploadPlan
