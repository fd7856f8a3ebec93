"""The templates that this release has, from the data file beside this module."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from hivesync_contract.projects import ProjectTemplate
from pydantic import TypeAdapter


@cache
def templates() -> dict[str, ProjectTemplate]:
    """Give all, by key, in the file's order."""
    content = files(__package__).joinpath("catalog.json").read_bytes()
    found = TypeAdapter(list[ProjectTemplate]).validate_json(content)
    return {template.key: template for template in found}
