"""JSON Schema 2020-12 of the contract: all of it for editors, the Worker's inputs for the Worker."""

from __future__ import annotations

from collections.abc import Iterable

from hivesync_contract.jobs import AiDocsCallback, AiDocsRequest, Callback, Job, SourceManifest
from hivesync_contract.preview_token import PreviewClaims

from hivesync_dev.generate.generated import Generated, json_text
from hivesync_dev.generate.shapes import DIALECT, contract_shapes, definitions
from hivesync_dev.paths import ROOT, WORKER

WORKER_SHAPES: tuple[type, ...] = (
    Job,
    SourceManifest,
    AiDocsRequest,
    Callback,
    AiDocsCallback,
    PreviewClaims,
)
"""What the Worker checks before it believes it, and what it must send."""


def schema_files() -> list[Generated]:
    """Give both schema files."""
    spec = ROOT / "plugins_bridge" / "spec" / "schema" / "contract.schema.json"
    worker = WORKER / "src" / "contract.schema.gen.json"
    return [
        Generated(spec, _bundle(contract_shapes())),
        Generated(worker, _bundle(WORKER_SHAPES)),
    ]


def _bundle(shapes: Iterable[type]) -> str:
    return json_text({"$schema": DIALECT, "$defs": definitions(shapes)})
