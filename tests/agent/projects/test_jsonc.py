"""Settings with comments and trailing commas mean what the same settings without them mean."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hivesync_agent.projects.aliases import Aliases
from hivesync_agent.projects.jsonc import read_object
from hivesync_dev.project_files import write_files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('ab"\\/*,]}{[: \n\u00e9', max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("a/*,", max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.dictionaries(st.text('k"/*\\', max_size=4), _VALUES, max_size=3),
    comment=st.sampled_from(["", "// , ]\n", '/* " } */']),
)
def test_comments_and_trailing_commas_change_nothing(
    tmp_path: Path, value: dict[str, object], comment: str
) -> None:
    # Lines end outside of texts, so there a comment is certainly one.
    lines = json.dumps(value, indent=1).splitlines()
    closing = [each.lstrip().startswith(("}", "]")) for each in [*lines[1:], ""]]
    commas = [
        "," * (after and not line.endswith(("{", "["))) for line, after in zip(lines, closing, strict=True)
    ]
    loose = "".join(f"{line}{comment}{comma}\n" for line, comma in zip(lines, commas, strict=True))
    write_files(tmp_path, {"tsconfig.json": f"{comment}{loose}{comment}"})
    assert read_object(tmp_path, "tsconfig.json", 100_000) == value


@pytest.mark.parametrize(
    "content", ["", "[]", "1", "{", '{"a": }', "\ufeff", "[" * 50_000, '{"a": 1} {"b": 2}', b"\xff\xfe{"]
)
def test_what_is_no_object_says_nothing(tmp_path: Path, content: str | bytes) -> None:
    write_files(tmp_path, {"tsconfig.json": content})
    assert read_object(tmp_path, "tsconfig.json", 100_000) == {}


def test_a_byte_order_mark_is_passed_over_and_a_large_file_is_not_read(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.json": '\ufeff{"a": 1}', "b.json": '{"b": 1}'})
    assert read_object(tmp_path, "a.json", 100) == {"a": 1}
    assert read_object(tmp_path, "b.json", 5) == {}
    assert read_object(tmp_path, "gone.json", 100) == {}


@pytest.mark.parametrize("piece", ["/*", '"', '"\\', ",", ", ", "/", "/* ", '"a" '])
def test_no_file_makes_the_reader_try_again_and_again(tmp_path: Path, piece: str) -> None:
    def seconds(count: int) -> float:
        write_files(tmp_path, {"x.json": piece * count})
        began = time.process_time()
        read_object(tmp_path, "x.json", 10_000_000)
        return time.process_time() - began

    seconds(1_000)
    # Twenty times the text takes twenty times as long, and not four hundred times.
    assert seconds(100_000) < 100 * max(seconds(5_000), 0.001)


def test_aliases_of_odd_settings_name_nothing(tmp_path: Path) -> None:
    odd = '{"compilerOptions": {"baseUrl": 1, "paths": {"a": "b", "c": [1], "d/*": ["../../out/*", "in/*"]}}}'
    write_files(tmp_path, {"tsconfig.json": odd, "other.json": '{"compilerOptions": []}'})
    found = Aliases.read(tmp_path, ["tsconfig.json", "other.json", "gone.json"])
    asked = ("a", "c", "d/x", "d/../../x")
    assert [list(found.meanings(text)) for text in asked] == [[], [], ["in/x"], []]
