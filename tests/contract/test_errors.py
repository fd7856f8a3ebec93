"""Every code has a status, and an error's wire form says all that a client needs."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from hivesync_contract.errors import STATUS_OF, Diagnostic, ErrorCode, FieldError, HiveSyncError


class Missing(HiveSyncError):
    code = ErrorCode.NOT_FOUND


def test_every_code_has_a_status_that_http_knows() -> None:
    assert STATUS_OF.keys() == set(ErrorCode)
    assert all(HTTPStatus(status) for status in STATUS_OF.values())


@pytest.mark.parametrize("code", ErrorCode)
def test_a_code_is_spelt_like_its_name(code: ErrorCode) -> None:
    assert code.value == code.name


def test_the_problem_of_an_error_is_complete() -> None:
    place = Diagnostic("unexpected token", "src/App.tsx", 3, 7)
    error = Missing("There is no such project.", errors=[FieldError("id", "unknown")], diagnostic=place)
    problem = error.problem("r1")
    assert (problem.status, problem.title, problem.code) == (404, "Not Found", ErrorCode.NOT_FOUND)
    assert (problem.detail, problem.request_id) == ("There is no such project.", "r1")
    assert (problem.errors, problem.diagnostic) == ([FieldError("id", "unknown")], place)


@pytest.mark.parametrize(
    ("status", "title"),
    [(402, "Payment Required"), (413, "Content Too Large"), (422, "Unprocessable Content")],
)
def test_a_title_is_that_of_rfc_9110_on_every_python(status: int, title: str) -> None:
    assert Missing("", status=status).problem().title == title


def test_an_error_may_carry_another_status() -> None:
    assert Missing("Gone.", status=410).problem().status == 410


def test_the_contract_s_codes_are_all_there() -> None:
    promised = [
        "AUTH_REQUIRED",
        "AUTH_INVALID",
        "AUTH_EXPIRED",
        "FORBIDDEN",
        "NOT_FOUND",
        "VALIDATION_ERROR",
        "CONFLICT",
        "PRECONDITION_FAILED",
        "IDEMPOTENCY_CONFLICT",
        "RATE_LIMITED",
        "TIER_LIMIT",
        "PAYLOAD_TOO_LARGE",
        "PREVIEW_UNSUPPORTED",
        "PREVIEW_BUILD_FAILED",
        "AI_JOB_FAILED",
        "WORKER_SIGNATURE_INVALID",
        "UPSTREAM_UNREACHABLE",
        "OFFLINE_QUEUED",
        "INTERNAL_ERROR",
    ]
    assert set(promised) <= {code.value for code in ErrorCode}
