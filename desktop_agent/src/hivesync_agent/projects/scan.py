"""From a path to a manifest: what is shown, which files that takes, their hashes. Blocks: for a thread."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from hivesync_contract.previews import Narrowed, PreviewKind

from hivesync_agent.projects.admission import Admission, Verdict, is_installed, manifest_path
from hivesync_agent.projects.digests import DigestCache
from hivesync_agent.projects.kinds import Subject, identify
from hivesync_agent.projects.refusals import PathRefused
from hivesync_agent.projects.root import Approval, Roots, Target
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
    """Everything that one version of a preview is made of. `skipped` may hold secrets, so it stays here.

    Files, links and the subject's entry are named from the target's base, `skipped` from its root.
    `beyond` are the folders outside of the root that files come from, installed packages apart.
    """

    target: Target
    subject: Subject
    files: tuple[SourceFile, ...]
    links: dict[str, str]
    narrowed: Narrowed
    skipped: tuple[str, ...]
    env: dict[str, str]
    beyond: tuple[Path, ...] = ()

    @property
    def size_bytes(self) -> int:
        """Give the size of all files."""
        return sum(file.entry.size for file in self.files)


@dataclass(frozen=True, slots=True)
class Scanner:
    """Knows where projects may lie and what was hashed before."""

    roots: Roots
    cache: DigestCache

    def find(self, path: str, entry: str | None, approvals: Collection[Approval] = ()) -> Found:
        """Give what a path means; raise `PathInvalid`, `PathRefused` or `Unsupported`."""
        target = self.roots.find(path, approvals)
        return Found(target, identify(target, entry))

    def snapshot(
        self, found: Found, distrusted: Collection[str] = (), hashed: Progress | None = None
    ) -> Snapshot:
        """Hash what `found` takes; raise `SourceTooLarge`, or `PathRefused` if even the entry must stay.

        `hashed` is told now and then how far it has come.
        """
        target = found.target
        selection = self._select(found)
        result = hash_files(
            target.confines, selection.candidates, self.cache, distrusted, hashed, root=target.root
        )
        entry = manifest_path(target.from_base(found.subject.entry))
        if not any(file.entry.path == entry for file in result.files):
            raise PathRefused(
                f"{found.subject.entry} can't be read, or may hold a secret, so there is nothing to show."
            )
        skipped = {*map(manifest_path, selection.skipped), *result.secrets}
        return Snapshot(
            target=target,
            subject=Subject(found.subject.kind, entry, found.subject.title),
            files=result.files,
            links={manifest_path(link): manifest_path(real) for link, real in selection.links.items()},
            narrowed={manifest_path(path): names for path, names in selection.narrowed.items()},
            skipped=tuple(sorted(map(target.from_root, skipped))),
            env=public_env(target.root) if _is_built(found) else {},
            beyond=_beyond(target, selection.candidates.values()),
        )

    def _select(self, found: Found) -> Selection:
        target = found.target
        admission = Admission.of(target, self.roots.own_identities())
        verdict = admission.of_file(target.from_base(found.subject.entry))
        if verdict is not Verdict.ADMITTED:
            raise PathRefused(f"{found.subject.entry} is not sent: {_REASONS[verdict]}.")
        return select(target, found.subject, admission)


def _beyond(target: Target, disk_paths: Iterable[str]) -> tuple[Path, ...]:
    confines = target.confines
    parts = {confines.part_of(path) for path in disk_paths if not is_installed(path)}
    folders = (target.base / part for part in parts if part is not None and part != target.place)
    return tuple(sorted(folder for folder in folders if folder.is_dir()))


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
