"""What is known of one preview, in the form that survives the end of the agent."""

from __future__ import annotations

from dataclasses import dataclass, field

from hivesync_contract.errors import Diagnostic
from hivesync_contract.local_api import LocalPreviewCreate
from hivesync_contract.previews import FINAL_STATES, PreviewError, PreviewState
from hivesync_contract.rooms import PreviewDevice

from hivesync_agent.projects.links import Scope


@dataclass(frozen=True, slots=True)
class Record:
    """One preview. `request` is what was asked for; `scope` is for whom, so that nobody else continues it.

    `request_key` is the caller's Idempotency-Key, `linked_at` when the link was made (it can be opened for
    ten minutes), `deliveries` counts the plans that expired and the versions of a live preview. `plan_path`
    and `plan_key` are the last plan's request, which a restart repeats; `shown_key` is of the files that the
    phones show, empty if that is not known. `live` says that saved files still
    give new versions; `diagnostic` is why the last version that ended could not be built, and `warnings` what
    it warned of. `place` is where the manifest has the root: files are named from the workspace around it.
    `beyond` are the folders of the workspace that the last version took files from. `devices` have it open
    now.
    """

    id: str
    created_at: float
    scope: Scope
    request: LocalPreviewCreate
    root: str
    entry: str
    request_key: str = ""
    state: PreviewState = PreviewState.PREPARING
    project_id: str = ""
    preview_id: str = ""
    version: int = 0
    preview_url: str = ""
    linked_at: float = 0.0
    uploaded_bytes: int = 0
    total_bytes: int = 0
    error: PreviewError | None = None
    skipped: list[str] = field(default_factory=list)
    deliveries: int = 0
    live: bool = False
    total_files: int = 0
    hashed_files: int = 0
    diagnostic: PreviewError | None = None
    plan_path: str = ""
    plan_key: str = ""
    shown_key: str = ""
    place: str = ""
    beyond: list[str] = field(default_factory=list)
    devices: list[PreviewDevice] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)

    @property
    def upstream_path(self) -> str:
        """Give the backend's path of the preview, once it has one."""
        return f"/projects/{self.project_id}/previews/{self.preview_id}"

    def is_of(self, user_id: str | None) -> bool:
        """Tell whether this user has asked for it."""
        return self.scope.user_id == user_id

    @property
    def is_final(self) -> bool:
        """Tell whether nothing more will happen."""
        return self.is_settled and not self.live

    @property
    def is_settled(self) -> bool:
        """Tell whether the current version has ended."""
        return self.state in FINAL_STATES
