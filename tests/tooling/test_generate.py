"""What is generated is fresh, complete, and refuses to guess."""

from __future__ import annotations

import json
from pathlib import Path

import jwt
import pytest
from hivesync_contract import signing
from hivesync_contract.errors import ErrorCode
from hivesync_dev.generate.__main__ import generated_files
from hivesync_dev.generate.generated import NOTICE, Generated
from hivesync_dev.generate.shapes import contract_shapes, definitions, referenced
from hivesync_dev.generate.typescript import declaration, type_of
from hivesync_dev.paths import ROOT

VECTORS = ROOT / "plugins_bridge" / "spec" / "vectors"


@pytest.fixture(scope="module")
def files() -> list[Generated]:
    return generated_files()


def test_first_line_says_that_the_file_is_generated(files: list[Generated]) -> None:
    assert [file.path.name for file in files if NOTICE not in file.text.splitlines()[0]] == []


def test_generated_files_are_fresh(files: list[Generated]) -> None:
    assert [file.path.name for file in files if not file.is_fresh()] == []


def test_every_reference_has_its_definition() -> None:
    found = definitions(contract_shapes())
    assert set(referenced(found)) <= set(found)


def test_generating_twice_gives_the_same_bytes(files: list[Generated]) -> None:
    assert generated_files() == files


def test_an_edited_file_is_stale_and_writing_repairs_it(tmp_path: Path) -> None:
    file = Generated(tmp_path / "new" / "a.json", "{}\n")
    assert not file.is_fresh()
    file.write()
    assert file.is_fresh()
    file.path.write_text("{ }\n")
    assert not file.is_fresh()


def test_writing_a_fresh_file_leaves_its_time_alone(tmp_path: Path) -> None:
    file = Generated(tmp_path / "a.json", "{}\n")
    file.write()
    before = file.path.stat().st_mtime_ns
    file.write()
    assert file.path.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "format": "date-time"}, "string"),
        ({"type": "integer", "default": 3}, "number"),
        ({"$ref": "#/$defs/Tier"}, "Tier"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}, "string | null"),
        ({"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, "(string | null)[]"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "Record<string, string>"),
        ({"enum": ["a", 1]}, '"a" | 1'),
    ],
)
def test_typescript_of(schema: dict[str, object], expected: str) -> None:
    assert type_of(schema) == expected


def test_an_unknown_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="minLength"):
        type_of({"type": "string", "minLength": 3})


def test_an_optional_member_is_marked() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "required": ["a"],
    }
    assert declaration("S", schema) == "export interface S {\n  a: string;\n  b?: string;\n}\n"


def test_a_docstring_cannot_end_the_comment_it_stands_in() -> None:
    text = declaration("S", {"enum": ["a"], "description": "src/*/index */ evil"})
    assert text.count("*/") == 1


def test_every_error_code_reaches_typescript() -> None:
    text = (ROOT / "worker" / "src" / "contract.gen.ts").read_text()
    assert all(f"  {code.value}: " in text for code in ErrorCode)


def test_signing_vectors_hold_for_our_own_code() -> None:
    vectors = json.loads((VECTORS / "signing.json").read_text())
    for case in vectors["accepted"]:
        assert verify(vectors["secret"], case | {"now": case["timestamp"]})
    for case in vectors["refused"]:
        assert not verify(vectors["secret"], case), case["why"]


def verify(secret: str, case: dict[str, object]) -> bool:
    return signing.verify(
        [secret],
        str(case["id"]),
        str(case["timestamp"]),
        str(case["signature"]),
        str(case["body"]).encode(),
        now_seconds=float(str(case["now"])),
    )


def test_preview_token_vectors_can_be_read_by_a_jwt_library() -> None:
    vectors = json.loads((VECTORS / "preview_token.json").read_text())
    for case in vectors["cases"]:
        key = bytes.fromhex(case["key_hex"])
        claims = jwt.decode(case["token"], key, algorithms=["HS256"], options={"verify_exp": False})
        assert claims == case["claims"]
        assert jwt.get_unverified_header(case["token"])["kid"] == case["kid"]
