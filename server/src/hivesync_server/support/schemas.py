"""Limits on what support takes; the shapes themselves are the contract's."""

from __future__ import annotations

from typing import Annotated

from hivesync_contract.support import (
    BundleCreate,
    QuestionCreate,
    QuestionEscalate,
    QuestionFeedback,
)
from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from hivesync_server.http.fields import STRICT, GivenId, Prose


def _something(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


Sha256 = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$"), AfterValidator(str.lower)]


@dataclass(frozen=True, slots=True, config=STRICT)
class QuestionCreateBody(QuestionCreate):
    """Body of `POST /support/questions`."""

    question: Annotated[Prose, Field(max_length=2000), AfterValidator(_something)]


@dataclass(frozen=True, slots=True, config=STRICT)
class QuestionFeedbackBody(QuestionFeedback):
    """Body of `POST …/feedback`."""

    helpful: Annotated[bool, Field(strict=True)]


@dataclass(frozen=True, slots=True, config=STRICT)
class QuestionEscalateBody(QuestionEscalate):
    """Body of `POST …/escalate`."""

    message: Annotated[Prose, Field(max_length=5000)] = ""
    bundle_id: GivenId | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class BundleCreateBody(BundleCreate):
    """Body of `POST /support/bundles`."""

    size: Annotated[int, Field(strict=True, ge=1, le=2**53)]
    sha256: Sha256
