"""Which files a bare import means by `paths` and `baseUrl` of TypeScript's settings, rather too many.

What several settings say counts together: here it is asked which files may be needed, and the build decides.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hivesync_agent.projects.confined import Within
from hivesync_agent.projects.jsonc import read_object, texts
from hivesync_agent.projects.resolution import join

_SETTINGS_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Aliases:
    """Patterns with the paths that they stand for, and the folders that bare names are looked up in."""

    patterns: list[tuple[re.Pattern[str], str]] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, within: Within, settings: Iterable[str]) -> Aliases:
        """Read settings; one that is broken says nothing."""
        found = cls()
        for path in settings:
            options = read_object(within, path, _SETTINGS_BYTES).get("compilerOptions")
            if isinstance(options, dict):
                found._add(posixpath.dirname(path), options.get("baseUrl"), options.get("paths"))
        return found

    def _add(self, folder: str, base_url: object, paths: object) -> None:
        base = join(folder, base_url) if isinstance(base_url, str) else None
        if base is not None:
            self.folders.append(base)
        for pattern, targets in paths.items() if isinstance(paths, dict) else ():
            before, star, after = pattern.partition("*")
            regex = re.compile(re.escape(before) + ("(.*)" if star else "()") + re.escape(after), re.DOTALL)
            meant = (join(folder if base is None else base, target) for target in texts(targets))
            self.patterns.extend((regex, path) for path in meant if path is not None)

    def meanings(self, text: str) -> Iterator[str]:
        """Give the paths that a bare import may mean, without their endings."""
        for regex, path in self.patterns:
            match = regex.fullmatch(text)
            if match and (meant := join("", path.replace("*", match[1]))) is not None:
                yield meant
        for folder in self.folders:
            if (named := join(folder, text)) is not None:
                yield named
