"""Programs that the tests use and that come from neither PyPI nor npm; installed only in CI, by apt as root.

Elsewhere nothing is installed: the tests that need a missing program are skipped, and the one command
that installs it is printed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SystemTool:
    """A program, the Debian packages that bring it, and what it is for. `files` must be there too."""

    program: str
    packages: tuple[str, ...]
    purpose: str
    files: tuple[str, ...] = ()

    @property
    def is_installed(self) -> bool:
        return shutil.which(self.program) is not None and all(map(os.path.exists, self.files))


TOOLS = (
    SystemTool("chromium", ("chromium", "fonts-dejavu-core"), "previews in a real browser"),
    SystemTool("gnome-keyring-daemon", ("gnome-keyring",), "a real keychain"),
    SystemTool("dbus-run-session", ("dbus",), "a session bus for the keychain"),
    SystemTool("systemd", ("systemd",), "the service in a real user session"),
    SystemTool("Xvfb", ("xvfb", "xdotool", "imagemagick"), "the tray under a real X server"),
    SystemTool("trayer", ("trayer", "python3-gi", "gir1.2-gtk-3.0"), "a panel for the tray's icon"),
    SystemTool("sshd", ("openssh-server", "openssh-client"), "editors on another machine, by ssh"),
    SystemTool("/usr/bin/nvim", ("neovim",), "the plugin in an older Neovim"),
    SystemTool("vim", ("vim",), "the plugin in Vim"),
    SystemTool("tmux", ("tmux",), "editors in a terminal"),
    SystemTool("nginx", ("nginx-light",), "the operator guide's reverse proxy"),
    SystemTool(
        "javac",
        (
            "openjdk-17-jdk-headless",
            "junit5",
            "libgoogle-gson-java",
            "libintellij-core-java",
            "libintellij-platform-api-java",
            "libjetbrains-annotations-java",
        ),
        "the JetBrains plugin",
        (
            "/usr/share/java/gson.jar",
            "/usr/share/java/junit-platform-console.jar",
            "/usr/share/java/intellij-core.jar",
            "/usr/share/java/intellij-platform-api.jar",
            "/usr/share/java/org.jetbrains.annotations-common.jar",
        ),
    ),
)


def ensure_tools() -> None:
    """Install what is missing where that is allowed; else say what will be skipped and how to get it."""
    missing = [tool for tool in TOOLS if not tool.is_installed]
    if not missing:
        return
    packages = [package for tool in missing for package in tool.packages]
    if _may_install():
        _install(packages)
        return
    for tool in missing:
        print(f"{tool.program} is missing: tests of {tool.purpose} will be skipped.")
    print(f"To run them: sudo apt-get install --no-install-recommends {' '.join(packages)}\n", flush=True)


def _may_install() -> bool:
    in_ci = os.environ.get("CI", "").lower() == "true"
    return in_ci and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install(packages: list[str]) -> None:
    print(f"Installing {' '.join(packages)}", flush=True)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=env)
    command = ["apt-get", "install", "-qq", "--yes", "--no-install-recommends", *packages]
    subprocess.run(command, check=True, env=env, stdout=subprocess.DEVNULL)
