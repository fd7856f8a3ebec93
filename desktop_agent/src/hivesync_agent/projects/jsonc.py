"""Read JSON as people write it for tools: with comments and trailing commas. What is broken says nothing."""

from __future__ import annotations

import json
import re
from typing import Any

from hivesync_agent.projects.confined import Within, read_inside

# Strings come first in both, so that what looks like a comment or a comma in one stays.
# What is not closed ends with the text, so that no file makes the search begin again and again.
_COMMENTS = re.compile(r'("(?:[^"\\\n]|\\.)*"?)|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?', re.DOTALL)
_COMMAS = re.compile(r'("(?:[^"\\\n]|\\.)*"?)|,(?=\s*+[}\]])', re.DOTALL)


def read_object(within: Within, relative: str, limit_bytes: int) -> dict[str, Any]:
    """Give the object that a file holds; an empty one if it is absent, too large or holds something else."""
    content = read_inside(within, relative, limit_bytes)
    if not content:
        return {}
    text = content.decode("utf-8-sig", "replace")
    for superfluous in (_COMMENTS, _COMMAS):
        text = superfluous.sub(lambda match: match[1] or " ", text)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def texts(value: object) -> list[str]:
    """Give the texts of a list; nothing for what is no list."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
