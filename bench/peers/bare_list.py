"""The peer of `bench.lists`: the least that FastAPI and SQLAlchemy need for the same list from the same rows.

`python -m bench.peers.bare_list POSTGRES_URL`; it prints its port. Nobody is asked who he is, and nothing is
limited, tagged, logged or guarded.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import AsyncIterator
from typing import Annotated, Any

import psycopg
import uvicorn
from fastapi import Depends, FastAPI, Request
from hivesync_contract.pages import Page
from hivesync_contract.tasks import Task
from hivesync_server.tasks.repository import TaskRepository
from hivesync_server.tasks.shapes import task_shape
from hivesync_server.tasks.tables import TaskRow
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine


async def _session(request: Request) -> AsyncIterator[AsyncSession]:
    async with request.app.state.sessions() as session:
        yield session


async def _tasks(
    project_id: str, session: Annotated[AsyncSession, Depends(_session)], limit: int = 50
) -> Page[Task]:
    listed = select(TaskRow).where(TaskRow.project_id == project_id)
    rows = (await session.scalars(listed.order_by(TaskRow.rank, TaskRow.id).limit(limit))).all()
    stored = await TaskRepository(session, project_id).stored(rows)
    return Page([task_shape(task) for task in stored], None)


def bare_app(url: str) -> FastAPI:
    """Give an application with one route."""

    async def connect(*_: Any, **__: Any) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(url)

    app = FastAPI()
    engine = create_async_engine("postgresql+psycopg://", async_creator=connect)
    app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
    app.get("/projects/{project_id}/tasks")(_tasks)
    return app


def main() -> None:
    """Serve until killed."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(bare_app(sys.argv[1]), log_level="warning", access_log=False)
    uvicorn.Server(config).run([listener])


if __name__ == "__main__":
    main()
