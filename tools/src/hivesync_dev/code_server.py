"""A real VS Code workbench for tests: code-server from npm, in a folder of its own, and what runs there.

It is not in a lockfile of ours: its own pins what it brings, and 250 MB are for those tests alone.
"""

from __future__ import annotations

import fcntl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from hivesync_dev.node import NODE, node_env, npm_command
from hivesync_dev.paths import ROOT, VSCODE
from hivesync_dev.stack.part import Part
from hivesync_dev.stack.ports import any_free_port
from hivesync_dev.stack.processes import Command
from hivesync_dev.stack.readiness import answers

VERSION = "4.139.1"
_FOLDER = ROOT / ".tools" / f"code-server-{VERSION}"
_PACKAGE = _FOLDER / "node_modules" / "code-server"
_LOG_WRITER = """\
// Stands in for the native module that writes log files, and so the output panel: that one needs a compiler.
const fs = require("node:fs");
const path = require("node:path");
const LEVELS = ["trace", "debug", "info", "warning", "error", "critical"];
class Logger {
  constructor(_type, _name, file) { this.file = file; this.level = 2; this.raw = false; }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() { this.raw = false; }
  clearFormatters() { this.raw = true; }
  flush() {}
  drop() {}
}
LEVELS.forEach((name, level) => {
  Logger.prototype[name === "warning" ? "warn" : name] = function (text) {
    if (level < this.level) return;
    const stamp = new Date().toISOString().replace("T", " ").replace("Z", "");
    fs.appendFileSync(this.file, this.raw ? text : `${stamp} [${name}] ${text}\\n`);
  };
});
async function open(name, file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  return new Logger("", name, file);
}
exports.version = 1;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = open;
exports.createAsyncRotatingLogger = open;
"""
_QUIET = ("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
# Its native modules would be compiled; no test needs a terminal, and log files are written by the stand-in.
_NO_NATIVE = ("--ignore-scripts", "--omit=dev", "--omit=optional")


def install_code_server() -> Path:
    """Install it unless it is there; several processes may ask at once. Give its folder."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    done = _FOLDER / "done"
    with _lock(_FOLDER / "lock"):
        if not done.exists():
            _npm(_FOLDER, "install", f"code-server@{VERSION}", "--prefix", str(_FOLDER), "--no-save")
            _npm(_PACKAGE / "lib" / "vscode", "install")
            log_writer = _PACKAGE / "lib" / "vscode" / "node_modules" / "@vscode" / "spdlog" / "index.js"
            log_writer.write_text(_LOG_WRITER)
            done.touch()
    return _PACKAGE


def package_extension(vsix: Path) -> None:
    """Build the extension and pack it, as for the marketplace."""
    _run(npm_command("run", "--silent", "package", "--", str(vsix)), VSCODE)


class CodeServer(Part):
    """Serves the workbench to a browser on this machine. `env`: that of the extension, too."""

    name = "code-server"

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        super().__init__()
        self.folder = folder
        self._env = env
        self.port = any_free_port()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def install(self, vsix: Path) -> None:
        """Install an extension, as a user would on the command line."""
        _run([*self._base(), "--install-extension", str(vsix)], self.folder, self._environment())

    def command(self) -> Command:
        self.folder.mkdir(parents=True, exist_ok=True)
        arguments = [*self._base(), "--auth", "none", "--bind-addr", f"127.0.0.1:{self.port}"]
        quiet = ["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"]
        log = self.folder / "code-server.log"
        return Command(self.name, [*arguments, *quiet], self._environment(), self.folder, log)

    def is_ready(self) -> bool:
        return answers(f"{self.url}/healthz")

    def _base(self) -> list[str]:
        data = [
            "--user-data-dir",
            str(self.folder / "data"),
            "--extensions-dir",
            str(self.folder / "extensions"),
        ]
        config = self.folder / "config.yaml"
        self.folder.mkdir(parents=True, exist_ok=True)
        config.write_text("disable-file-downloads: true\n")
        return [
            str(NODE),
            str(install_code_server() / "out" / "node" / "entry.js"),
            *data,
            "--config",
            str(config),
        ]

    def _environment(self) -> dict[str, str]:
        return node_env(self._env) | {
            "XDG_DATA_HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder),
        }


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _npm(folder: Path, *arguments: str) -> None:
    _run(npm_command(*arguments, *_NO_NATIVE, *_QUIET), folder)


def _run(command: list[str], folder: Path, env: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(
        command, cwd=folder, env=env or node_env(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[1:4])} failed: {done.stdout[-2000:]}{done.stderr[-2000:]}")
