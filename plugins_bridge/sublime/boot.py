"""What Sublime Text loads: it looks for commands and listeners in the modules at a package's top.

Everything else lies in folders, which it leaves alone.
"""

from __future__ import annotations

from .commands.account import HivesyncLogInCommand, HivesyncLogOutCommand
from .commands.agent import (
    HivesyncCancelCommand,
    HivesyncShowBuildErrorsCommand,
    HivesyncShowConsoleCommand,
    HivesyncStartAgentCommand,
    HivesyncStatusCommand,
)
from .commands.ai_docs import (
    HivesyncApplySuggestedDiffCommand,
    HivesyncClearExplanationsCommand,
    HivesyncGenerateAiDocsCommand,
    HivesyncShowSuggestedDiffCommand,
)
from .commands.comments import HivesyncOpenCommentsCommand
from .commands.doctor import HivesyncDoctorCommand
from .commands.notifications import HivesyncShowNotificationsCommand
from .commands.previews import (
    HivesyncCopyPreviewLinkCommand,
    HivesyncLivePreviewCommand,
    HivesyncOpenPreviewCommand,
    HivesyncRequestPreviewCommand,
    HivesyncShowPreviewCommand,
    HivesyncStopPreviewCommand,
)
from .commands.tasks import HivesyncOpenTasksCommand
from .surface.plugin import load, unload
from .surface.views import HivesyncViews

__all__ = [
    "HivesyncApplySuggestedDiffCommand",
    "HivesyncCancelCommand",
    "HivesyncClearExplanationsCommand",
    "HivesyncCopyPreviewLinkCommand",
    "HivesyncDoctorCommand",
    "HivesyncGenerateAiDocsCommand",
    "HivesyncLivePreviewCommand",
    "HivesyncLogInCommand",
    "HivesyncLogOutCommand",
    "HivesyncOpenCommentsCommand",
    "HivesyncOpenPreviewCommand",
    "HivesyncOpenTasksCommand",
    "HivesyncRequestPreviewCommand",
    "HivesyncShowBuildErrorsCommand",
    "HivesyncShowConsoleCommand",
    "HivesyncShowNotificationsCommand",
    "HivesyncShowPreviewCommand",
    "HivesyncShowSuggestedDiffCommand",
    "HivesyncStartAgentCommand",
    "HivesyncStatusCommand",
    "HivesyncStopPreviewCommand",
    "HivesyncViews",
]


def plugin_loaded() -> None:
    """Begin; the editor calls this when its API can be used."""
    load()


def plugin_unloaded() -> None:
    """End, before an update or the editor's own end."""
    unload()
