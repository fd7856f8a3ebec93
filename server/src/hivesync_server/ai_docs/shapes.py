"""From rows to wire forms and back."""

from __future__ import annotations

from hivesync_contract.ai_docs import AiDocs, AiDocsError, AiDocsResult, AiDocsState, Selection
from hivesync_contract.jobs import AiDocsRequest
from pydantic import TypeAdapter

from hivesync_server.ai_docs.tables import AiDocsRow

ERROR = TypeAdapter(AiDocsError)
REQUEST = TypeAdapter(AiDocsRequest)
RESULT = TypeAdapter(AiDocsResult)


def entry_shape(row: AiDocsRow) -> AiDocs:
    """Give the wire form for lists, without the result."""
    return _shape(row, None)


def ai_docs_shape(row: AiDocsRow) -> AiDocs:
    """Give the whole wire form."""
    return _shape(row, RESULT.validate_json(row.result) if row.result else None)


def _shape(row: AiDocsRow, result: AiDocsResult | None) -> AiDocs:
    selection = None
    if row.line_start is not None and row.line_end is not None:
        selection = Selection(row.line_start, row.line_end)
    return AiDocs(
        id=row.id,
        project_id=row.project_id,
        path=row.path,
        sha256=row.sha256,
        state=AiDocsState(row.state),
        created_at=row.created_at,
        result=result,
        error=ERROR.validate_json(row.error) if row.error else None,
        selection=selection,
        finished_at=row.finished_at,
    )
