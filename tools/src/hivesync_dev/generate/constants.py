"""The contract's constants as TypeScript: limits, header names, error statuses, token parameters."""

from __future__ import annotations

import json
from types import ModuleType

from hivesync_contract import PROTOCOL_MAX, PROTOCOL_MIN, headers, limits, preview_token
from hivesync_contract.errors import STATUS_OF
from hivesync_contract.sources import SOURCE_SUFFIXES


def constants_text() -> str:
    """Give the declarations; values only, so that a name has one meaning in every language."""
    statuses = "".join(f"  {code.value}: {status},\n" for code, status in STATUS_OF.items())
    return "\n".join(
        [
            _group("LIMITS", limits),
            _group("HEADERS", headers),
            _constant("PROTOCOL", {"MIN": PROTOCOL_MIN, "MAX": PROTOCOL_MAX}),
            _constant(
                "PREVIEW_TOKEN",
                {"ALGORITHM": preview_token.ALGORITHM, "KEY_INFO": preview_token.KEY_INFO.decode()},
            ),
            f"export const SOURCE_SUFFIXES: readonly string[] = {json.dumps(sorted(SOURCE_SUFFIXES))};\n",
            f"export const STATUS_OF: Record<ErrorCode, number> = {{\n{statuses}}};\n",
        ]
    )


def _group(name: str, module: ModuleType) -> str:
    values = {key: value for key, value in vars(module).items() if key.isupper() and not key.startswith("_")}
    return _constant(name, values)


def _constant(name: str, values: dict[str, str | int]) -> str:
    lines = "".join(f"  {key}: {json.dumps(value)},\n" for key, value in values.items())
    return f"export const {name} = {{\n{lines}}} as const;\n"
