"""Files that may hold secrets never leave the machine; this tells which, by name and by content.

Of env files only the values that their own tools publish anyway are taken (`VITE_*`, `EXPO_PUBLIC_*`).
"""

from __future__ import annotations

import io
import re
from fnmatch import translate
from pathlib import Path, PurePosixPath

from hivesync_agent.projects.confined import read_inside

SECRET_NAMES = (
    *(
        ".env",
        ".env.*",
        "*.env",
        ".envrc",
        ".dev.vars*",
        ".npmrc",
        ".yarnrc",
        ".yarnrc.yml",
        ".netrc",
        "_netrc",
    ),
    *(".pypirc", ".pgpass", ".htpasswd", ".git-credentials", ".dockercfg", ".vault-token", ".terraformrc"),
    *("*.pem", "*.key", "*.p8", "*.p12", "*.pfx", "*.keystore", "*.jks", "*.ppk", "*.asc", "*.gpg", "*.kdbx"),
    *("id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "*.mobileprovision", "*.tfstate*", "*.tfvars"),
    *("google-services.json", "googleservice-info.plist", "*service-account*.json", "*service_account*.json"),
    *("*serviceaccount*.json", "credentials.json", "*-credentials.json", "client_secret*.json"),
    *("secrets.json", "secrets.y*ml", "secrets.toml", "*.secret", "*.secrets", "*firebase-adminsdk*.json"),
)
"""Patterns of file names, in lower case: names are compared without regard to case, as some disks do."""

SECRET_FOLDERS = frozenset({".ssh", ".aws", ".azure", ".gnupg", ".kube", ".docker", ".gcloud"})

_PUBLIC_NAME = re.compile(r"(VITE_|EXPO_PUBLIC_)[A-Za-z0-9_]{1,100}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ENV_VALUES = 100
_ENV_VALUE_CHARACTERS = 4096

ENV_FILES = (".env", ".env.local", ".env.development", ".env.development.local")
"""In Vite's order for its `development` mode, which is Expo's too: a later one wins."""

_SECRET_NAME = re.compile("|".join(translate(pattern) for pattern in SECRET_NAMES))
_ENV_BYTES = 256 * 1024
_DATA_SUFFIXES = (".json", ".txt", ".yaml", ".yml", ".xml", ".csv", ".md")
_PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")


def is_secret(relative: str) -> bool:
    """Tell whether a path may hold a secret by its name or that of a folder it is in."""
    path = PurePosixPath(relative.casefold())
    if SECRET_FOLDERS.intersection(path.parts):
        return True
    return _SECRET_NAME.match(path.name) is not None


def holds_private_key(relative: str, beginning: bytes) -> bool:
    """Tell whether a data file holds a private key, as a service account's JSON does, whatever its name.

    Program text is not judged: code that parses keys names the same marker.
    """
    return relative.lower().endswith(_DATA_SUFFIXES) and bool(_PRIVATE_KEY.search(beginning))


def public_env(root: Path) -> dict[str, str]:
    """Give the public values of the project's env files, as written.

    Nothing is interpolated: `VITE_URL=https://${API_SECRET}@host` must not pull a secret into the build.
    """
    # Imported here: an agent that shows no preview need not hold it.
    from dotenv import dotenv_values

    values: dict[str, str] = {}
    for name in ENV_FILES:
        if content := read_inside(root, name, _ENV_BYTES):
            parsed = dotenv_values(stream=io.StringIO(content.decode("utf-8", "replace")), interpolate=False)
            values |= {key: value or "" for key, value in parsed.items() if _PUBLIC_NAME.fullmatch(key)}
    sendable = [(key, value) for key, value in sorted(values.items()) if _is_plain(value)]
    return dict(sendable[:_ENV_VALUES])


def _is_plain(value: str) -> bool:
    return len(value) <= _ENV_VALUE_CHARACTERS and _CONTROL.search(value) is None
