"""docs/sdk-reference.md: every public method of the synchronous client, with its docstring."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from hivesync._sync._account import ApiKeys, Devices, OwnProfile
from hivesync._sync._agent import Agent
from hivesync._sync._ai_docs import AiDocs
from hivesync._sync._attachments import Attachments
from hivesync._sync._builds import ProjectAiDocs, ProjectPreviews
from hivesync._sync._client import Client
from hivesync._sync._comments import Comments
from hivesync._sync._labels import Labels
from hivesync._sync._notifications import Notifications
from hivesync._sync._previews import Previews
from hivesync._sync._projects import Projects
from hivesync._sync._search import Search
from hivesync._sync._security import Security
from hivesync._sync._sign_in import SignIn
from hivesync._sync._support import Support
from hivesync._sync._tasks import Tasks
from hivesync._sync._team import Invites, Team
from hivesync._sync._webhooks import Webhooks

from hivesync_dev.generate.generated import NOTICE, Generated
from hivesync_dev.paths import ROOT

_ROOMS: dict[str, type] = {
    "Client()": Client,
    "client.agent": Agent,
    "client.previews": Previews,
    "client.ai_docs": AiDocs,
    "client.projects": Projects,
    "client.projects.tasks(project_id)": Tasks,
    "client.projects.tasks(project_id).attachments(task_id)": Attachments,
    "client.projects.labels(project_id)": Labels,
    "client.projects.comments(project_id)": Comments,
    "client.projects.team(project_id)": Team,
    "client.projects.previews(project_id)": ProjectPreviews,
    "client.projects.ai_docs(project_id)": ProjectAiDocs,
    "client.invites": Invites,
    "client.notifications": Notifications,
    "client.search": Search,
    "client.webhooks": Webhooks,
    "client.api_keys": ApiKeys,
    "client.profile": OwnProfile,
    "client.devices": Devices,
    "client.support": Support,
    "client.security": Security,
    "client.sign_in": SignIn,
}
_INTRODUCTION = """\
# The SDK's reference

The synchronous client. `AsyncClient` has the same methods: `await` those that give a value, and walk with
`async for` through what gives many. Shapes are the frozen dataclasses of `hivesync_contract`; errors are
drawn in [sdk.md](sdk.md). A method raises what its text says, and any of `Offline`, `SignedOut`, `ApiError`.
"""


def sdk_reference() -> Generated:
    """Give the page."""
    parts = [f"<!-- {NOTICE} -->", _INTRODUCTION, *(_room(name, room) for name, room in _ROOMS.items())]
    return Generated(ROOT / "docs" / "sdk-reference.md", "\n".join(parts))


def _room(name: str, room: type) -> str:
    entries = "".join(_entry(method_name, method) for method_name, method in _methods(room))
    return f"## `{name}`\n{inspect.getdoc(room)}\n{entries}"


def _methods(room: type) -> Iterator[tuple[str, Any]]:
    """Give the public methods in the order in which they are written."""
    for name, member in vars(room).items():
        if not name.startswith("_") and inspect.isfunction(member):
            yield name, member


def _entry(name: str, method: Any) -> str:
    return f"\n### `{name}{_signature(method)}`\n{inspect.getdoc(method)}\n"


def _signature(method: Any) -> str:
    signature = inspect.signature(method)
    parameters = [each for each in signature.parameters.values() if each.name != "self"]
    text = str(signature.replace(parameters=parameters))
    # Annotations are texts already: their quotes say nothing, nor do the values that stand for "not given".
    return re.sub(r"<Unset\.UNSET: 'unset'>", "UNSET", text.replace("'", ""))
