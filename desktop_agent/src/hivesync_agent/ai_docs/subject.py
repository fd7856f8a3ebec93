"""The file that is asked about: in a project, admitted, and text. Reads that one file and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from hivesync_contract.ai_docs import LocalAiDocsCreate, Selection
from hivesync_contract.limits import AI_DOCS_FILE_BYTES

from hivesync_agent.ai_docs.refusals import FileTooLarge, NotDocumented
from hivesync_agent.problems import InvalidInput
from hivesync_agent.projects.admission import Admission, Verdict, manifest_path
from hivesync_agent.projects.confined import open_inside
from hivesync_agent.projects.refusals import PathInvalid, PathRefused
from hivesync_agent.projects.root import Roots, Target

_REASONS = {
    Verdict.SECRET: "its name says that it may hold a secret",
    Verdict.IGNORED: "an ignore list excludes it (.gitignore or .hivesyncignore)",
    Verdict.OUTSIDE: "it leads out of the project, or its name can't be sent",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What is documented. `disk` is the file's path as the disk spells it, `path` as the backend knows it."""

    target: Target
    disk: str
    path: str
    content: str
    sha256: str
    selection: Selection | None


def find_subject(roots: Roots, wanted: LocalAiDocsCreate, linked: Collection[str]) -> Subject:
    """Give the file; `linked` are the folders that the user linked. Blocks.

    Raises `PathInvalid`, `PathRefused`, `NotDocumented`, `FileTooLarge` or `InvalidInput`.
    """
    target = _in_project(roots.find(wanted.path), linked)
    if target.focus is None:
        raise PathInvalid(f"{wanted.path} is a folder; name one file in it.")
    admission = Admission.of(target, roots.own_identities(), defaults=())
    verdict = admission.of_file(target.focus)
    if verdict is not Verdict.ADMITTED:
        raise PathRefused(f"{target.focus} is not sent: {_REASONS[verdict]}.")
    content = wanted.content if wanted.content is not None else _read(target.root, target.focus)
    encoded = content.encode("utf-8", "surrogatepass")
    _check_size(len(encoded), target.focus)
    if "\x00" in content:
        raise NotDocumented(f"{target.focus} is not text, so there is nothing to explain.")
    return Subject(
        target=target,
        disk=target.focus,
        path=manifest_path(target.focus),
        content=content,
        sha256=hashlib.sha256(encoded).hexdigest(),
        selection=_checked(wanted.selection, content),
    )


def _in_project(found: Target, linked: Collection[str]) -> Target:
    """Give the file in its project: the nearest linked folder, a package, or a repository around it."""
    if found.focus is None:
        return found
    # Of a workspace, too, one project at a time: what is asked about is one file.
    focus, found = found.focus, replace(found, beyond=())
    file = found.root / focus
    around = [Path(folder) for folder in linked if file.is_relative_to(folder)]
    if around:
        root = max(around, key=lambda folder: len(folder.parts))
    elif not found.loose:
        return found
    elif (found.top / ".git").exists():
        root = found.top
    else:
        raise PathInvalid(f"{file.name} lies in no project. Link its folder first: `hivesync link FOLDER`.")
    top = found.top if root.is_relative_to(found.top) else root
    return Target(root, top, file.relative_to(root).as_posix())


def _read(root: Path, disk: str) -> str:
    try:
        with open_inside(root, disk) as file:
            content = file.read(AI_DOCS_FILE_BYTES + 1) or b""
    except OSError as exc:
        raise PathInvalid(f"{disk} can't be read: {exc.strerror}.") from exc
    _check_size(len(content), disk)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise NotDocumented(f"{disk} is not UTF-8 text, so there is nothing to explain.") from exc


def _check_size(size_bytes: int, disk: str) -> None:
    if size_bytes > AI_DOCS_FILE_BYTES:
        most = f"{AI_DOCS_FILE_BYTES // 1024} KB, the most that is explained"
        raise FileTooLarge(f"{disk} is larger than {most}. Move a part of it to a file of its own.")


def _checked(selection: Selection | None, content: str) -> Selection | None:
    if selection is None:
        return None
    lines = content.count("\n") + 1
    if not 1 <= selection.line_start <= selection.line_end <= lines:
        raise InvalidInput(f"The selection must lie within lines 1 to {lines} of the file.")
    return selection
