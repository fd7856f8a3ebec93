"""Is it the Worker, and is it sense? Checks a callback's two proofs and its shape; changes nothing."""

from __future__ import annotations

import hmac
from dataclasses import dataclass as plain_dataclass
from datetime import datetime
from typing import Annotated, Literal, TypeVar

from hivesync_contract import headers
from hivesync_contract.errors import ErrorCode, FieldError, HiveSyncError
from hivesync_contract.jobs import AiDocsCallback, Callback, JobKind, JobStatus
from hivesync_contract.signing import verify
from pydantic import Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass
from starlette.datastructures import Headers

from hivesync_server.ai_docs.schemas import ReportedResult
from hivesync_server.http.fields import STRICT
from hivesync_server.http.json_bodies import RepeatedName, read_json
from hivesync_server.jobs.kinds import AnyCallback, JobHandler
from hivesync_server.jobs.tables import JobRow
from hivesync_server.settings.groups import WorkerSettings

_KEYS_MAX = 5_000

Shape = TypeVar("Shape")


class SignatureInvalid(HiveSyncError):
    """It is not signed by the Worker, or too late; which of both is not told."""

    code = ErrorCode.WORKER_SIGNATURE_INVALID


class CallbackInvalid(HiveSyncError):
    """The Worker signed something that we can't use."""

    code = ErrorCode.VALIDATION_ERROR


@dataclass(frozen=True, slots=True, config=STRICT)
class CallbackBody(Callback):
    """Body of a preview's callback. The nested shapes are plain dataclasses, so they refuse unknown fields
    too."""

    kind: Literal[JobKind.PREVIEW_BUILD]


@dataclass(frozen=True, slots=True, config=STRICT)
class AiDocsCallbackBody(AiDocsCallback):
    """Body of a callback of AI documentation."""

    kind: Literal[JobKind.AI_DOCS]
    result: ReportedResult | None = None

    def __post_init__(self) -> None:
        if self.status is JobStatus.SUCCESS and self.result is None:
            raise ValueError("a success has a result")


_CALLBACK: TypeAdapter[CallbackBody | AiDocsCallbackBody] = TypeAdapter(
    Annotated[CallbackBody | AiDocsCallbackBody, Field(discriminator="kind")]
)


@plain_dataclass(frozen=True, slots=True)
class WorkerProof:
    """The two proofs that both have to be right: the signature and the shared secret itself."""

    settings: WorkerSettings

    def check(self, given: Headers, body: bytes, now: datetime) -> None:
        """Raise `SignatureInvalid` unless the Worker sent this, and just now."""
        if not (self._is_signed(given, body, now) & self._is_authorized(given)):
            raise SignatureInvalid("The signature or authorization is not right.")

    def _is_signed(self, given: Headers, body: bytes, now: datetime) -> bool:
        return verify(
            [secret.reveal() for secret in self.settings.secrets],
            given.get(headers.WEBHOOK_ID, ""),
            given.get(headers.WEBHOOK_TIMESTAMP, ""),
            given.get(headers.WEBHOOK_SIGNATURE, ""),
            body,
            now_seconds=now.timestamp(),
        )

    def _is_authorized(self, given: Headers) -> bool:
        offered = given.get("authorization", "").encode()
        # Every secret is compared, so the time taken tells nothing about which one matched.
        matches = [
            hmac.compare_digest(secret.reveal().encode(), offered)
            for secret in self.settings.secrets
            if secret
        ]
        return any(matches)


def read_callback(given: Headers, body: bytes) -> AnyCallback:
    """Give the callback, or raise `CallbackInvalid`."""
    callback = parsed(_CALLBACK, body)
    if given.get(headers.WEBHOOK_ID) != f"{callback.job_id}.{callback.attempt}.done":
        raise CallbackInvalid("The callback's webhook-id does not belong to its job and attempt.")
    return callback


def parsed(shape: TypeAdapter[Shape], body: bytes) -> Shape:
    """Give a signed body, or raise `CallbackInvalid` naming the fields that are not as they should be."""
    try:
        return shape.validate_python(read_json(body))
    except RepeatedName as error:
        raise CallbackInvalid(str(error)) from error
    except ValidationError as error:
        fields = [
            FieldError(".".join(str(part) for part in entry["loc"]), entry["msg"]) for entry in error.errors()
        ]
        raise CallbackInvalid("The body is not as it should be.", errors=fields[:20]) from error
    except (ValueError, RecursionError) as error:
        raise CallbackInvalid("The body is not JSON that can be read.") from error


def check_belongs(callback: AnyCallback, job: JobRow, handler: JobHandler) -> None:
    """Raise `CallbackInvalid` if the callback is of another kind or names objects of someone else."""
    foreign = [key for key in callback.artifact_keys if not handler.owns(job, key)]
    if callback.kind.value != job.kind or foreign or len(callback.artifact_keys) > _KEYS_MAX:
        raise CallbackInvalid("The callback does not belong to that job.")
