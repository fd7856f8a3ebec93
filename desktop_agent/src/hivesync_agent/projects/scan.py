"""From a path to a manifest: what is shown, which files that takes, their hashes. Blocks: for a thread."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from hivesync_contract.previews import PreviewKind

from hivesync_agent.projects.admission import Admission, Verdict, manifest_path
from hivesync_agent.projects.digests import DigestCache
from hivesync_agent.projects.ignore import Ignores
from hivesync_agent.projects.kinds import Subject, identify
from hivesync_agent.projects.refusals import PathRefused
from hivesync_agent.projects.root import Roots, Target
from hivesync_agent.projects.secrets import public_env
from hivesync_agent.projects.selection import Selection, select
from hivesync_agent.projects.snapshot import Progress, SourceFile, hash_files


@dataclass(frozen=True, slots=True)
class Found:
    """What a request means: known before anything is scanned, so that a refusal is immediate."""

    target: Target
    subject: Subject


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that one version of a preview is made of. `skipped` may hold secrets, so it stays here."""

    root: Path
    subject: Subject
    files: tuple[SourceFile, ...]
    skipped: tuple[str, ...]
    env: dict[str, str]

    @property
    def size_bytes(self) -> int:
        """Give the size of all files."""
        return sum(file.entry.size for file in self.files)


@dataclass(frozen=True, slots=True)
class Scanner:
    """Knows where projects may lie and what was hashed before."""

    roots: Roots
    cache: DigestCache

    def find(self, path: str, entry: str | None) -> Found:
        """Give what a path means; raise `PathInvalid`, `PathRefused` or `Unsupported`."""
        target = self.roots.find(path)
        return Found(target, identify(target, entry))

    def snapshot(
        self, found: Found, distrusted: Collection[str] = (), hashed: Progress | None = None
    ) -> Snapshot:
        """Hash what `found` takes; raise `SourceTooLarge`, or `PathRefused` if even the entry must stay.

        `hashed` is told now and then how far it has come.
        """
        root = found.target.root
        selection = self._select(found)
        result = hash_files(root, selection.candidates, self.cache, distrusted, hashed)
        entry = manifest_path(found.subject.entry)
        if not any(file.entry.path == entry for file in result.files):
            raise PathRefused(f"{entry} can't be read, or may hold a secret, so there is nothing to show.")
        return Snapshot(
            root=root,
            subject=Subject(found.subject.kind, entry, found.subject.title),
            files=result.files,
            skipped=tuple(sorted({*map(manifest_path, selection.skipped), *result.secrets})),
            env=public_env(root) if _is_built(found) else {},
        )

    def _select(self, found: Found) -> Selection:
        target = found.target
        admission = Admission(target.root, Ignores(target.root, target.top), self.roots.own_identities())
        verdict = admission.of_file(found.subject.entry)
        if verdict is not Verdict.ADMITTED:
            raise PathRefused(f"{found.subject.entry} is not sent: {_REASONS[verdict]}.")
        return select(target, found.subject, admission)


def _is_built(found: Found) -> bool:
    """Tell whether the files become a program, which alone can use an env file's values."""
    return not found.target.loose and found.subject.kind in (
        PreviewKind.WEB,
        PreviewKind.REACT_NATIVE,
        PreviewKind.COMPONENT,
    )


_REASONS = {
    Verdict.SECRET: "its name says that it may hold a secret",
    Verdict.IGNORED: "an ignore list excludes it (.gitignore, .hivesyncignore or the built-in one)",
    Verdict.OUTSIDE: "it leads out of the project, or its name can't be sent",
}
