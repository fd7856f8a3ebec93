"""Acting as another user of the machine, for tests of what that one can do. Needs root."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

OTHER_UID = 65534
"""`nobody`, on every system; no file belongs to it."""

# The interpreter may lie where only root may read, so it starts as root and steps down by itself.
_STEP_DOWN = """
import encodings.idna, json, os, socket, sys
arguments = json.loads(sys.argv[1])
os.setgroups([])
os.setresgid(arguments["uid"], arguments["uid"], arguments["uid"])
os.setresuid(arguments["uid"], arguments["uid"], arguments["uid"])
os.chdir("/")

def tried(action):
    try:
        return action()
    except OSError as error:
        return type(error).__name__

def read(path):
    with open(path, "rb") as file:
        return file.read().decode("latin-1")

def write(path):
    with open(path, "ab"):
        return "written"

def plant(path):
    os.mkdir(path + "/planted")
    return "planted"

def talk(port, text):
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        client.sendall(text.encode("latin-1"))
        answer = b""
        while part := client.recv(65536):
            answer += part
        return answer.decode("latin-1")

actions = {"read": read, "write": write, "plant": plant, "list": os.listdir, "talk": talk}
print(json.dumps([tried(lambda: actions[name](*rest)) for name, *rest in arguments["actions"]]))
"""


def require_root() -> None:
    """Fail in CI, which runs as root, when this is not root; skip elsewhere."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return
    message = "another user can only be played by root; run the tests with sudo"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(message)
    pytest.skip(message)


def as_other_user(*actions: tuple[object, ...]) -> list[Any]:
    """Do things as another user and give each outcome: what it gave, or the name of the error.

    `("read", path)`, `("write", path)`, `("plant", folder)`, `("list", folder)`, `("talk", port, text)`.
    """
    arguments = json.dumps({"uid": OTHER_UID, "actions": actions})
    command = [sys.executable, "-I", "-c", _STEP_DOWN, arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    outcomes: list[Any] = json.loads(done.stdout)
    return outcomes
