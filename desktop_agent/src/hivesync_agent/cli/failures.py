"""Exit codes and words for failures. Anything that is not expected keeps its traceback: it is a bug."""

from __future__ import annotations

import errno
import os
from typing import Any

import click
from hivesync_contract.errors import STATUS_OF, ErrorCode, HiveSyncError

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_SIGNED_OUT = 3
EXIT_OFFLINE = 4
EXIT_INTERRUPTED = 130

_EXIT_OF = {
    ErrorCode.AUTH_REQUIRED: EXIT_SIGNED_OUT,
    ErrorCode.AUTH_INVALID: EXIT_SIGNED_OUT,
    ErrorCode.AUTH_EXPIRED: EXIT_SIGNED_OUT,
    ErrorCode.UPSTREAM_UNREACHABLE: EXIT_OFFLINE,
    ErrorCode.OFFLINE_QUEUED: EXIT_OFFLINE,
    ErrorCode.PROJECT_UNCLEAR: EXIT_USAGE,
}
_PROJECTS_SHOWN = 10


def exit_code_of(error: HiveSyncError) -> int:
    """Give the exit code of an expected failure."""
    from hivesync import ApiError, CallInvalid, SettingsInvalid

    if isinstance(error, (CallInvalid, SettingsInvalid)):
        return EXIT_USAGE
    if isinstance(error, ApiError) and error.status >= 500 and not error.wire_code:
        return EXIT_FAILED
    return _EXIT_OF.get(error.code, EXIT_FAILED)


def report(error: BaseException, *, as_json: bool) -> int:
    """Tell of the failure and give the exit code; raise what nobody expected."""
    match error:
        case HiveSyncError():
            _tell(problem_of(error), as_json)
            return exit_code_of(error)
        case click.exceptions.Abort() | KeyboardInterrupt():
            click.echo("Interrupted.", err=True)
            return EXIT_INTERRUPTED
        case click.exceptions.NoArgsIsHelpError() if not as_json:
            click.echo(error.format_message(), err=True)
            return EXIT_USAGE
        case click.UsageError():
            _tell(_problem(400, "VALIDATION_ERROR", error.format_message()), as_json)
            if not as_json and error.ctx is not None:
                click.echo(f"Try '{error.ctx.command_path} --help'.", err=True)
            return EXIT_USAGE
        case click.ClickException():
            _tell(_problem(400, "VALIDATION_ERROR", error.format_message()), as_json)
            return error.exit_code
        case BrokenPipeError():
            _silence_stdout()
            return EXIT_FAILED
        case OSError():
            detail = f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
            full = error.errno in {errno.ENOSPC, errno.EDQUOT}
            code = ErrorCode.STORAGE_FULL if full else ErrorCode.INTERNAL_ERROR
            _tell(_problem(STATUS_OF[code], code, detail), as_json)
            return EXIT_FAILED
    raise error


def problem_of(error: HiveSyncError) -> dict[str, Any]:
    """Give the failure as a problem document, with the code as the backend sent it."""
    import msgspec

    from hivesync_agent.cli.chosen_project import ProjectUnclear

    problem: dict[str, Any] = msgspec.to_builtins(error.problem(getattr(error, "request_id", "")))
    problem["code"] = getattr(error, "wire_code", "") or problem["code"]
    if isinstance(error, ProjectUnclear):
        problem["projects"] = [each._asdict() for each in error.projects]
    return problem


def _problem(status: int, code: str, detail: str) -> dict[str, Any]:
    return {"title": "Error", "status": status, "code": code, "detail": detail}


def _tell(problem: dict[str, Any], as_json: bool) -> None:
    if as_json:
        from hivesync_agent.cli.console import print_json

        print_json(problem)
        return
    click.secho(problem["detail"], fg="red", err=True)
    for field in problem.get("errors") or []:
        click.echo(f"  {field['field'] or 'body'}: {field['message']}", err=True)
    _list(problem.get("projects") or [])
    if hint := _hint(problem["code"]):
        click.echo(hint, err=True)
    click.echo(f"code: {problem['code']}", err=True)
    if problem.get("request_id"):
        click.echo(f"request: {problem['request_id']}", err=True)


def _list(projects: list[dict[str, str]]) -> None:
    """Show what there is to choose from; names were written by others."""
    from hivesync_agent.cli.printable import printable

    for each in projects[:_PROJECTS_SHOWN]:
        click.echo(printable(f"  {each['id']}  {each['name']}", kept=""), err=True)
    if len(projects) > _PROJECTS_SHOWN:
        click.echo(f"  and {len(projects) - _PROJECTS_SHOWN} more", err=True)


def _hint(code: str) -> str:
    """Say what the words of a server can't know: which credential of this machine it has refused."""
    if code in {ErrorCode.AUTH_INVALID, ErrorCode.AUTH_EXPIRED} and os.environ.get("HIVESYNC_TOKEN"):
        return "HIVESYNC_TOKEN is set and was used: give it a valid API key, or unset it."
    return ""


def _silence_stdout() -> None:
    """Keep Python from complaining at exit that the reader of the pipe has gone."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
