"""Open Comments: those on the file in front, or on the whole project."""

from __future__ import annotations

import sublime
import sublime_plugin

from ..surface import comments
from ..surface.projects import Located, with_project


class HivesyncOpenCommentsCommand(sublime_plugin.WindowCommand):
    """Lists the comments on the current file and marks their lines; the first entry writes one."""

    def run(self, whole_project: bool = False) -> None:
        """Find the project, then fetch and show."""
        view = self.window.active_view()
        path = view.file_name() if view is not None else None

        def show(project: Located) -> None:
            relative = project.relative(path) if path and not whole_project else ""
            if relative:
                comments.show_list(self.window, project, comments.on_line(relative, 0), relative)
            elif path and not whole_project:
                sublime.error_message(f"HiveSync: this file is not in the folder of {project.name}.")
            else:
                comments.show_list(self.window, project, {"kind": "project"}, project.name)

        with_project(self.window, show)
