"""Reads one part of an index in its order: what belongs to one user or project, by age."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from hivesync_server.adapters.tables import Id


class _InPart(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True
    name = "in_part"


def in_part(column: Any, identifier: str) -> ColumnElement[bool]:
    """Choose the rows of one user or project; sort them by this column first.

    To Postgres this is a choice of one value out of a list. Were the column known to be the same in all rows,
    the planner might read everybody's rows from the newest on, in search of a busy one's who has long been
    silent. Bounds would prevent that too, but it guesses how many rows are between them, and guesses wrong.
    """
    return _InPart(column, literal(identifier, Id))


@compiles(_InPart, "postgresql")
def _one_of(element: _InPart, compiler: SQLCompiler, **options: Any) -> str:
    column, value = element.clauses
    return f"{compiler.process(column, **options)} = ANY (ARRAY[{compiler.process(value, **options)}])"


@compiles(_InPart)
def _equal(element: _InPart, compiler: SQLCompiler, **options: Any) -> str:
    column, value = element.clauses
    return f"{compiler.process(column, **options)} = {compiler.process(value, **options)}"
