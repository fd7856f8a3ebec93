"""Engines under test share what they have compiled, and nothing of what they hold."""

from __future__ import annotations

from pathlib import Path

from hivesync_dev.servers.shared_statements import shared_statements
from sqlalchemy import Column, Engine, Integer, MetaData, Table, create_engine, insert, select

TABLE = Table("numbers", MetaData(), Column("number", Integer))


def _remember(folder: Path, number: int) -> Engine:
    engine = create_engine(f"sqlite:///{folder / str(number)}")
    TABLE.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(TABLE).values(number=number))
    return engine


def _numbers(engine: Engine, above: int) -> list[int]:
    with engine.connect() as connection:
        return list(connection.scalars(select(TABLE.c.number).where(TABLE.c.number > above)))


def test_the_second_engine_compiles_nothing_and_reads_its_own_rows(tmp_path: Path) -> None:
    with shared_statements() as statements:
        first = _remember(tmp_path, 1)
        assert _numbers(first, above=0) == [1]
        compiled = len(statements)
        second = _remember(tmp_path, 2)
        assert _numbers(second, above=0) == [2]
        assert _numbers(second, above=2) == []
        assert len(statements) == compiled == 2
    first.dispose()
    second.dispose()
