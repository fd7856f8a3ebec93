"""What a project is, where it starts, and why some can't be shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hivesync_agent.projects.kinds import Subject, identify
from hivesync_agent.projects.packages import PROVIDED, split_name
from hivesync_agent.projects.refusals import PathInvalid, PathRefused, Unsupported
from hivesync_agent.projects.scan import Scanner
from hivesync_agent.projects.shown import SHOWN, check_shown
from hivesync_contract.errors import ErrorCode
from hivesync_contract.previews import PreviewKind
from hivesync_dev.paths import ROOT
from hivesync_dev.project_files import Content, write_files
from hivesync_dev.samples import VITE_TEMPLATES, make_vite_project


def package(main: str = "", **dependencies: str) -> dict[str, object]:
    return {"name": "shop", "main": main, "dependencies": dependencies}


NATIVE = {"react": "19", "react-native": "0.86"}


def kind_of(scanner: Scanner, path: Path, entry: str | None = None) -> tuple[PreviewKind, str]:
    """Give what is recognised, shown in this version or not."""
    subject = identify(scanner.roots.find(str(path)), entry)
    return subject.kind, subject.entry


def admit(scanner: Scanner, path: Path, entry: str | None = None) -> None:
    """Do what a preview does first: find what is meant, and ask whether this version shows it."""
    subject = scanner.find(str(path), entry).subject
    check_shown(subject.kind, subject.entry)


@pytest.mark.parametrize(
    ("files", "entry"),
    [
        ({"package.json": package("index.js", **NATIVE), "index.js": "", "App.tsx": ""}, "index.js"),
        (
            {"package.json": package("./src/start", **NATIVE), "src/start.ts": "", "App.tsx": ""},
            "src/start.ts",
        ),
        ({"package.json": package("expo/AppEntry.js", **NATIVE), "App.tsx": ""}, "App.tsx"),
        ({"package.json": package("node_modules/expo/AppEntry.js", expo="57"), "App.js": ""}, "App.js"),
        ({"package.json": package("", **NATIVE), "App.jsx": ""}, "App.jsx"),
        ({"package.json": package("missing.js", **NATIVE), "src/App.tsx": ""}, "src/App.tsx"),
        (
            # As create-expo-app makes it: its index only hands App to Expo's native half.
            {
                "package.json": package("index.ts", expo="57", **NATIVE),
                "index.ts": "import { registerRootComponent } from 'expo';",
                "App.tsx": "",
            },
            "App.tsx",
        ),
    ],
)
def test_a_react_native_app_starts_at(
    scanner: Scanner, project: Path, files: dict[str, Content], entry: str
) -> None:
    write_files(project, files)
    assert kind_of(scanner, project) == (PreviewKind.REACT_NATIVE, entry)


def test_our_sample_is_a_react_native_app(scanner: Scanner) -> None:
    found = scanner.find(str(ROOT / "examples" / "react-native-app"), None)
    assert found.subject == Subject(PreviewKind.REACT_NATIVE, "App.tsx", "Trailbook")


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    parent = tmp_path_factory.mktemp("vite")
    return {template: make_vite_project(template, parent) for template in VITE_TEMPLATES}


@pytest.mark.parametrize("template", VITE_TEMPLATES)
def test_what_create_vite_makes_is_a_web_project(
    scanner: Scanner, templates: dict[str, Path], template: str
) -> None:
    found = scanner.find(str(templates[template]), None)
    assert (found.subject.kind, found.subject.entry) == (PreviewKind.WEB, "index.html")
    paths = {file.entry.path for file in scanner.snapshot(found).files}
    assert {"index.html", "package.json", "public/favicon.svg", "src/assets/hero.png"} <= paths
    assert not any(path.startswith((".", "node_modules")) for path in paths)


@pytest.mark.parametrize(
    ("packages", "name"),
    [
        (["vue"], "Vue"),
        (["svelte"], "Svelte"),
        (["solid-js"], "Solid"),
        (["@angular/core"], "Angular"),
        (["next", "react"], "Next.js"),
        (["nuxt", "vue"], "Nuxt"),
        (["@remix-run/react", "react"], "Remix"),
        (["astro"], "Astro"),
    ],
)
def test_a_framework_that_cannot_be_shown_is_named(
    scanner: Scanner, project: Path, packages: list[str], name: str
) -> None:
    write_files(project, {"package.json": package(**dict.fromkeys(packages, "1")), "index.html": ""})
    with pytest.raises(Unsupported, match=name) as caught:
        scanner.find(str(project), None)
    assert caught.value.code is ErrorCode.PREVIEW_UNSUPPORTED


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("pubspec.yaml", "Flutter"),
        ("Package.swift", "Swift"),
        ("Shop.xcodeproj/project.pbxproj", "Xcode"),
        ("build.gradle.kts", "Kotlin"),
        ("settings.gradle", "Android"),
    ],
)
def test_a_native_project_is_named(scanner: Scanner, project: Path, file: str, name: str) -> None:
    write_files(project, {file: ""})
    with pytest.raises(Unsupported, match=name):
        scanner.find(str(project), None)


def test_a_react_native_project_is_not_taken_for_its_native_half(scanner: Scanner, project: Path) -> None:
    write_files(project, {"package.json": package(**NATIVE), "App.tsx": "", "build.gradle": ""})
    assert kind_of(scanner, project)[0] is PreviewKind.REACT_NATIVE


@pytest.mark.parametrize("files", [{}, {"package.json": package(react="19")}, {"package.json": "{broken"}])
def test_nothing_to_show_says_what_would_be_needed(
    scanner: Scanner, project: Path, files: dict[str, Content]
) -> None:
    write_files(project, files)
    with pytest.raises(Unsupported, match=r"index\.html"):
        scanner.find(str(project), None)


def test_expo_router_says_why_not(scanner: Scanner, project: Path) -> None:
    write_files(project, {"package.json": package("expo-router/entry", **NATIVE), "app/index.tsx": ""})
    with pytest.raises(Unsupported, match="Metro"):
        scanner.find(str(project), None)
    assert kind_of(scanner, project, "app/index.tsx") == (PreviewKind.COMPONENT, "app/index.tsx")


class TestOneFile:
    """A file asked for by an editor, or named as the entry."""

    @pytest.fixture(autouse=True)
    def _files(self, project: Path) -> None:
        write_files(
            project,
            {
                "package.json": package(react="19"),
                "index.html": "",
                "about.html": "",
                "README.md": "",
                "logo.svg": "",
                "src/Card.tsx": "",
                "src/style.css": "",
            },
        )

    @pytest.mark.parametrize("file", ["src/Card.tsx", "src/style.css", "package.json", "index.html"])
    def test_a_source_file_stands_for_its_app(self, scanner: Scanner, project: Path, file: str) -> None:
        assert kind_of(scanner, project / file) == (PreviewKind.WEB, "index.html")

    @pytest.mark.parametrize(
        ("file", "kind"),
        [
            ("about.html", PreviewKind.WEB),
            ("README.md", PreviewKind.MARKDOWN),
            ("logo.svg", PreviewKind.IMAGE),
        ],
    )
    def test_a_page_text_or_image_stands_for_itself(
        self, scanner: Scanner, project: Path, file: str, kind: PreviewKind
    ) -> None:
        assert kind_of(scanner, project / file) == (kind, file)

    def test_a_named_entry_is_shown_alone(self, scanner: Scanner, project: Path) -> None:
        assert kind_of(scanner, project, "src/Card.tsx") == (PreviewKind.COMPONENT, "src/Card.tsx")

    def test_a_named_entry_that_is_the_apps_own_is_the_app(self, scanner: Scanner, project: Path) -> None:
        write_files(project, {"package.json": package("App.tsx", **NATIVE), "App.tsx": ""})
        assert kind_of(scanner, project, "App.tsx") == (PreviewKind.REACT_NATIVE, "App.tsx")

    @pytest.mark.parametrize("entry", ["../x.md", "/etc/passwd", "src/../../x.md", "missing.tsx", "", "src"])
    def test_an_entry_must_be_a_file_of_the_project(
        self, scanner: Scanner, project: Path, entry: str
    ) -> None:
        with pytest.raises(PathInvalid):
            scanner.find(str(project), entry)

    def test_an_entry_that_links_out_is_refused(self, scanner: Scanner, project: Path, home: Path) -> None:
        write_files(home, {"outside.md": "secret"})
        (project / "link.md").symlink_to(home / "outside.md")
        with pytest.raises(PathRefused):
            scanner.find(str(project), "link.md")

    @pytest.mark.parametrize(
        ("entry", "kind"),
        [
            ("src/Card.tsx", PreviewKind.COMPONENT),
            ("README.md", PreviewKind.MARKDOWN),
            ("logo.svg", PreviewKind.IMAGE),
        ],
    )
    def test_a_single_file_is_shown_as_what_it_is(
        self, scanner: Scanner, project: Path, entry: str, kind: PreviewKind
    ) -> None:
        admit(scanner, project, entry)
        assert kind_of(scanner, project, entry) == (kind, entry)

    def test_a_kind_without_a_view_is_refused(self, scanner: Scanner, project: Path) -> None:
        with pytest.raises(Unsupported, match=r"style\.css"):
            scanner.find(str(project), "src/style.css")


def test_a_component_of_a_server_framework_can_be_shown_alone(scanner: Scanner, project: Path) -> None:
    write_files(project, {"package.json": package(next="15", react="19"), "ui/Card.tsx": ""})
    assert kind_of(scanner, project, "ui/Card.tsx") == (PreviewKind.COMPONENT, "ui/Card.tsx")


@pytest.mark.parametrize("file", ["App.vue", "App.svelte", "main.dart", "View.swift"])
def test_a_file_of_another_compiler_is_refused(scanner: Scanner, project: Path, file: str) -> None:
    write_files(project, {file: ""})
    with pytest.raises(Unsupported, match="can't be previewed"):
        scanner.find(str(project / file), None)


@pytest.mark.parametrize(
    ("app_json", "title"),
    [
        ({"expo": {"name": "Trail Book"}}, "Trail Book"),
        ({"displayName": "Shown"}, "Shown"),
        ({"expo": {"name": "two\nlines"}}, "shop"),
        ("[1, 2]", "shop"),
    ],
)
def test_the_title_is_a_line_for_people(
    scanner: Scanner, project: Path, app_json: Content, title: str
) -> None:
    write_files(project, {"package.json": package(**NATIVE), "App.tsx": "", "app.json": app_json})
    assert scanner.find(str(project), None).subject.title == title


REFUSED = [
    ({}, None),
    ({"a.css": ""}, "a.css"),
    ({"package.json": package(next="15", react="19")}, None),
    ({"package.json": package("expo-router/entry", **NATIVE)}, None),
]


@pytest.mark.parametrize(("files", "entry"), REFUSED)
def test_no_refusal_offers_what_is_refused_too(
    scanner: Scanner, project: Path, files: dict[str, Content], entry: str | None
) -> None:
    write_files(project, files)
    with pytest.raises(Unsupported) as caught:
        admit(scanner, project, entry)
    assert "as the entry" not in caught.value.detail


def test_what_is_shown_is_what_the_worker_builds() -> None:
    planners = (ROOT / "worker" / "src" / "preview" / "kinds" / "planners.ts").read_text()
    built = {kind for kind in PreviewKind if re.search(rf"^  {kind.value}(:|,)", planners, re.MULTILINE)}
    assert built == SHOWN


def test_what_the_worker_replaces_is_never_uploaded() -> None:
    folder = ROOT / "worker" / "src" / "preview" / "stand_ins"
    table = "".join((folder / name).read_text() for name in ("expo.ts", "native.ts"))
    named = set(re.findall(r'^  "?([@a-z][a-z0-9@/-]+)"?: (?:\{ instead|\{$|ICONS)', table, re.MULTILINE))
    kept = {"react-native-safe-area-context"}  # its own code runs in a browser
    assert {"expo", "expo-font", "@expo/vector-icons"} < named
    assert {split_name(each)[0] for each in named - kept} <= PROVIDED
