# Generated from hivesync/_async by `make generate`; do not edit.
# ruff: noqa: UP028
"""The agent itself: its state, its session, its end."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from hivesync_contract.local_api import AgentStatus, LoginStart, LogLines, Session
from hivesync_contract.local_projects import LocalProject, LocalProjectFiles, LocalProjectLink
from hivesync_contract.local_support import SupportBundle
from hivesync_contract.operations import Operation, OperationList
from hivesync_contract.pages import Page
from hivesync_contract.previews import FileEntry

from hivesync._call import new_call
from hivesync._paths import absolute, segment
from hivesync._sync._router import Router

_PROJECTS = "/v1/projects"
Shape = TypeVar("Shape")


class Agent:
    """`client.agent`. Every call raises `AgentAbsent` where no agent runs."""

    def __init__(self, router: Router) -> None:
        self._router = router

    def status(self) -> AgentStatus:
        """Give versions, connection, clients and queues."""
        return self._decoded("GET", "/v1/status", AgentStatus)

    def session(self) -> Session:
        """Give who is signed in, or what a pending sign-in waits for."""
        return self._decoded("GET", "/v1/session", Session)

    def login_device(self) -> Session:
        """Start a device-code sign-in; `pending` says what the user must open."""
        return self._decoded("POST", "/v1/session/login", Session, LoginStart())

    def login_password(self, login: str, password: str) -> Session:
        """Sign in without a browser; raise `AuthenticationFailed` for a wrong password."""
        return self._decoded("POST", "/v1/session/login", Session, LoginStart(login, password))

    def logout(self) -> Session:
        """End the session here, and at the backend as soon as that can be reached."""
        return self._decoded("DELETE", "/v1/session", Session)

    def operations(self) -> OperationList:
        """Give the changes that wait for the backend, and those that came back as conflicts."""
        return self._decoded("GET", "/v1/operations", OperationList)

    def discard_operation(self, operation_id: str) -> None:
        """Give a change up; raise `NotFound` if it is done by now, `Conflicting` while it is being sent."""
        self._done("DELETE", f"/v1/operations/{segment(operation_id)}")

    def retry_operation(self, operation_id: str) -> Operation:
        """Send a conflict once more, over what is there now; raise as `discard_operation` does."""
        return self._decoded("POST", f"/v1/operations/{segment(operation_id)}/retry", Operation)

    def linked_projects(self) -> list[LocalProject]:
        """Give the folders of this machine that are linked to projects."""
        return (self._decoded("GET", _PROJECTS, Page[LocalProject])).items

    def link_project(
        self,
        path: str | os.PathLike[str],
        *,
        project_id: str | None = None,
        workspace_roots: Iterable[str | os.PathLike[str]] = (),
    ) -> LocalProject:
        """Link a folder to a project and have it watched; see `LocalProjectLink`."""
        body = LocalProjectLink(absolute(path), project_id, [absolute(each) for each in workspace_roots])
        return self._decoded("POST", _PROJECTS, LocalProject, body)

    def unlink_project(self, project_id: str) -> None:
        """Forget a folder's link; its project stays."""
        self._done("DELETE", f"{_PROJECTS}/{segment(project_id)}")

    def project_files(self, project_id: str) -> Iterator[FileEntry]:
        """Give every file of a linked folder with its hash, fetching pages as they are needed.

        Those of its workspace roots, which are named from there, are not among them.
        """
        path, cursor, root = f"{_PROJECTS}/{segment(project_id)}/files", None, None
        while True:
            call = new_call("GET", path, params={"cursor": cursor})
            page = (self._router.send(call)).raise_for_status().decode(LocalProjectFiles)
            root = root or page.root
            if page.root != root:
                return
            for file in page.files:
                yield file
            cursor = page.next_cursor
            if cursor is None:
                return

    def logs(self, *, lines: int | None = None) -> LogLines:
        """Give the last lines of the agent's log, redacted."""
        call = new_call("GET", "/v1/logs", params={"lines": lines})
        return (self._router.send(call)).raise_for_status().decode(LogLines)

    def pause(self) -> None:
        """Stop talking to the backend until `resume`."""
        self._done("POST", "/v1/pause")

    def resume(self) -> None:
        """Talk to the backend again."""
        self._done("POST", "/v1/resume")

    def support_bundle(self) -> SupportBundle:
        """Have a redacted zip made of what helps to find a fault; it stays on this machine."""
        return self._decoded("POST", "/v1/support-bundle", SupportBundle)

    def shutdown(self) -> None:
        """End the agent after it has answered."""
        self._done("POST", "/v1/shutdown")

    def _done(self, method: str, path: str) -> None:
        (self._router.send(new_call(method, path))).raise_for_status()

    def _decoded(self, method: str, path: str, shape: type[Shape], body: Any = None) -> Shape:
        return (self._router.send(new_call(method, path, body=body))).raise_for_status().decode(shape)
