"""The plugin's modules: their sources, what they are compiled against. Knows no compiler."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hivesync_dev.paths import ROOT

FOLDER = ROOT / "plugins_bridge" / "jetbrains"
DIST = FOLDER / "dist"
_DEBIAN = Path("/usr/share/java")

GSON = (_DEBIAN / "gson.jar",)
JUNIT = tuple(
    _DEBIAN / f"{name}.jar"
    for name in (
        "junit-jupiter-api",
        "junit-jupiter-engine",
        "junit-jupiter-params",
        "junit-platform-commons",
        "junit-platform-engine",
        "junit-platform-launcher",
        "junit-platform-console",
        "junit-platform-reporting",
        "opentest4j",
        "opentest4j-reporting-events",
        "apiguardian-api",
        "picocli",
        "univocity-parsers",
    )
)


@dataclass(frozen=True, slots=True)
class Module:
    """Sources in `folder`, compiled against jars and other modules."""

    name: str
    folder: Path
    jars: tuple[Path, ...]
    needs: tuple[Module, ...] = ()
    warnings: str = "-Xlint:all"

    @property
    def classes(self) -> Path:
        """Where its classes lie."""
        return DIST / "classes" / self.name

    def sources(self) -> list[Path]:
        """Give its source files, sorted."""
        return sorted(self.folder.rglob("*.java"))

    def classpath(self) -> list[Path]:
        """Give what it is compiled against."""
        return [*(need.classes for need in self.needs), *self.jars]


CORE = Module("core", FOLDER / "core/src/main/java", GSON)
# JUnit's own jars name others that Debian does not ship.
_WITHOUT_PATHS = "-Xlint:all,-path"
CORE_TESTS = Module("core-tests", FOLDER / "core/src/test/java", (*GSON, *JUNIT), (CORE,), _WITHOUT_PATHS)
DRIVER = Module("driver", FOLDER / "conformance/src/main/java", GSON, (CORE,))

PLATFORM = tuple(
    _DEBIAN / f"{name}.jar"
    for name in (
        "intellij-platform-api",
        "intellij-core",
        "org.jetbrains.annotations-common",
        "org.jetbrains.annotations-java8",
    )
)
# The platform's own jars name others, and annotations of newer versions, which Debian does not ship.
STUBS = Module("stubs", FOLDER / "plugin/stubs", PLATFORM, (), "-Xlint:all,-path,-classfile,-serial")
PLUGIN = Module(
    "plugin",
    FOLDER / "plugin/src/main/java",
    (*GSON, *PLATFORM),
    (STUBS, CORE),
    "-Xlint:all,-path,-classfile",
)
# Stands in for the platform where the plugin is run: its classes come before the platform's own.
HOST = Module("host", FOLDER / "plugin/host", PLATFORM, (STUBS,), "-Xlint:all,-path,-classfile,-serial")
PLUGIN_TESTS = Module(
    "plugin-tests",
    FOLDER / "plugin/src/test/java",
    (*GSON, *JUNIT, *PLATFORM),
    (HOST, STUBS, PLUGIN, CORE, CORE_TESTS),
    "-Xlint:all,-path,-classfile",
)
RESOURCES = FOLDER / "plugin/src/main/resources"
