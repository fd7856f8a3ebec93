"""From rows to wire forms and back; no link is in them, since links are made when someone reads."""

from __future__ import annotations

from hivesync_contract.errors import Diagnostic
from hivesync_contract.jobs import SourceManifest
from hivesync_contract.previews import Platform, Preview, PreviewError, PreviewKind, PreviewState
from pydantic import TypeAdapter

from hivesync_server.previews.repository import PreviewAndVersion

ERROR = TypeAdapter(PreviewError)
MANIFEST = TypeAdapter(SourceManifest)
WARNINGS = TypeAdapter(list[Diagnostic])


def preview_shape(rows: PreviewAndVersion) -> Preview:
    """Give a preview's wire form, with an empty `preview_url`."""
    preview, version = rows.preview, rows.version
    return Preview(
        id=preview.id,
        project_id=preview.project_id,
        version=version.version,
        kind=PreviewKind(version.kind),
        state=PreviewState(version.state),
        title=version.title,
        entry=version.entry,
        platform=Platform(version.platform),
        preview_url="",
        created_at=preview.created_at,
        expires_at=preview.expires_at,
        ready_at=version.ready_at,
        error=ERROR.validate_json(version.error) if version.error else None,
        warnings=WARNINGS.validate_json(version.warnings) if version.warnings else [],
    )
