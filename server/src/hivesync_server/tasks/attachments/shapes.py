"""The wire form of attachments."""

from __future__ import annotations

from hivesync_contract.attachments import Attachment, AttachmentState

from hivesync_server.tasks.attachments.tables import AttachmentRow


def attachment_shape(row: AttachmentRow, project_id: str, task_id: str) -> Attachment:
    """Give an attachment's wire form."""
    return Attachment(
        id=row.id,
        project_id=project_id,
        task_id=task_id,
        uploader_id=row.uploader_id,
        name=row.name,
        size=row.size,
        sha256=row.sha256,
        content_type=row.content_type,
        state=AttachmentState(row.state),
        created_at=row.created_at,
        ready_at=row.ready_at,
    )
