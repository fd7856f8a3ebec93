"""Build errors and warnings as editors show them: at a place in a file of this machine."""

from __future__ import annotations

from dataclasses import dataclass, field

from hivesync_contract.errors import ErrorCode


@dataclass(frozen=True, slots=True)
class LocalDiagnostic:
    """`path` is absolute and `file` relative to the project's root; both are empty where no file is to blame.

    `line` and `column` count from 1.
    """

    path: str
    file: str
    line: int
    column: int
    message: str
    code: ErrorCode
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class LocalWarning:
    """What a preview does otherwise than a device, or what its files seem to have wrong. Places are as those
    of a `LocalDiagnostic`."""

    path: str
    file: str
    line: int
    column: int
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class PreviewDiagnosticsEvent:
    """`preview.diagnostics`, from the agent only: all that is wrong with a preview's files by its last build.

    It replaces what was said before of the same preview; empty lists mean that all is well again. `warnings`
    keep nothing from being shown.
    """

    preview_id: str
    root: str
    version: int
    diagnostics: list[LocalDiagnostic]
    warnings: list[LocalWarning] = field(default_factory=list)
