"""What goes with a member who leaves a project, or is removed from it."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from hivesync_server.projects.repository import ProjectRepository
from hivesync_server.tasks.repository import TaskRepository


async def forget_member(session: AsyncSession, project_id: str, user_id: str) -> None:
    """Take back what only members have. The caller has locked the project.

    Every domain that lets a member have something of a project adds its line here.
    """
    await ProjectRepository(session).set_favorite(project_id, user_id, favorite=False)
    await TaskRepository(session, project_id).unassign(user_id)
