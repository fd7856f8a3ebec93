"""Which files of installed packages travel with a project, and under which paths."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hivesync_agent.projects.exports import targets
from hivesync_agent.projects.packages import split_name
from hivesync_agent.projects.refusals import PathRefused
from hivesync_agent.projects.resolution import ENDINGS
from hivesync_agent.projects.scan import Scanner
from hivesync_agent.projects.specifiers import How
from hivesync_dev.paths import WORKER
from hivesync_dev.project_files import Content, write_files

PAGE = '<script type="module" src="/src/main.ts"></script>'


@pytest.fixture
def web(project: Path) -> Path:
    return write_files(project, {"package.json": "{}", "index.html": PAGE})


def sent(scanner: Scanner, project: Path) -> dict[str, str]:
    """Manifest path → disk path of all files below node_modules."""
    snapshot = scanner.snapshot(scanner.find(str(project), None))
    return {f.entry.path: f.disk for f in snapshot.files if "node_modules" in f.entry.path}


def install(project: Path, folder: str, files: dict[str, Content]) -> None:
    write_files(project / folder, files)


def test_only_what_is_reached_of_an_installed_package_is_sent(scanner: Scanner, web: Path) -> None:
    write_files(web, {"src/main.ts": "import { a } from 'tiny'; import './style.css'", "src/style.css": ""})
    install(
        web,
        "node_modules/tiny",
        {
            "package.json": {"name": "tiny", "module": "esm/index.js", "main": "cjs/index.js"},
            "esm/index.js": "export * from './part'; import data from '../data.json'",
            "esm/part.js": "export const a = 1",
            "cjs/index.js": "module.exports = 1",
            "data.json": "{}",
            "README.md": "",
            "test/test.js": "",
        },
    )
    assert sorted(sent(scanner, web)) == [
        f"node_modules/tiny/{name}" for name in ("data.json", "esm/index.js", "esm/part.js", "package.json")
    ]


def test_a_packages_own_packages_follow(scanner: Scanner, web: Path) -> None:
    write_files(web, {"src/main.ts": "import '@scope/a/deep'"})
    install(
        web,
        "node_modules/@scope/a",
        {
            "package.json": {"exports": {"./deep": {"types": "./d.d.ts", "import": "./deep.mjs"}}},
            "deep.mjs": "import b from 'b'",
        },
    )
    install(web, "node_modules/b", {"package.json": {"main": "main"}, "main.js": "require('@scope/a/deep')"})
    assert sorted(sent(scanner, web)) == [
        "node_modules/@scope/a/deep.mjs",
        "node_modules/@scope/a/package.json",
        "node_modules/b/main.js",
        "node_modules/b/package.json",
    ]


def test_of_files_with_several_endings_the_one_is_sent_that_the_build_takes(
    scanner: Scanner, web: Path
) -> None:
    write_files(web, {"src/main.ts": "import 'twice'"})
    install(
        web,
        "node_modules/twice",
        {
            "package.json": {"main": "index.mjs"},
            "index.mjs": "import './part'; import './folder'",
            "part.js": "",
            "part.mjs": "",
            "part.web.cjs": "",
            "folder/index.js": "",
            "folder/index.mjs": "",
        },
    )
    names = ("folder/index.js", "index.mjs", "package.json", "part.js", "part.web.cjs")
    assert sorted(sent(scanner, web)) == [f"node_modules/twice/{name}" for name in names]


def test_endings_are_tried_in_the_order_of_the_build() -> None:
    build = (WORKER / "src" / "preview" / "project.ts").read_text("utf-8")
    assert f"const EXTENSIONS = {json.dumps(ENDINGS)};" in build


@pytest.mark.parametrize("name", ["react", "react-dom/client", "react-native", "preact/hooks", "expo"])
def test_what_the_worker_has_built_in_is_not_sent(scanner: Scanner, web: Path, name: str) -> None:
    write_files(web, {"src/main.ts": f"import x from '{name}'"})
    folder = f"node_modules/{name.split('/')[0]}"
    install(web, folder, {"package.json": "{}", "index.js": "", "client.js": "", "hooks.js": ""})
    assert sent(scanner, web) == {}


def test_a_package_that_is_not_there_is_left_to_the_build(scanner: Scanner, web: Path) -> None:
    write_files(web, {"src/main.ts": "import 'absent'; import 'node:fs'; import 'fs'"})
    install(web, "node_modules/other", {"package.json": "{}", "index.js": ""})
    assert sent(scanner, web) == {}


def test_tool_settings_do_not_pull_their_tools_in(scanner: Scanner, web: Path) -> None:
    write_files(web, {"src/main.ts": "import { a } from '@/lib'", "vite.config.ts": "import v from 'vite'"})
    write_files(web, {"src/lib.ts": "import 'used'", "src/a.test.ts": "import 'vitest'"})
    for name in ("vite", "vitest", "used"):
        install(web, f"node_modules/{name}", {"package.json": "{}", "index.js": ""})
    # `@/lib` is an alias, so every script of the app counts as reached: but not its tools' settings.
    assert sorted(sent(scanner, web)) == ["node_modules/used/index.js", "node_modules/used/package.json"]


def test_scripts_that_the_entry_does_not_reach_pull_nothing_in(scanner: Scanner, web: Path) -> None:
    write_files(web, {"src/main.ts": "import './a'", "src/a.ts": "", "scripts/seed.ts": "import 'database'"})
    install(web, "node_modules/database", {"package.json": "{}", "index.js": ""})
    assert sent(scanner, web) == {}


def test_two_versions_of_a_package_keep_apart(scanner: Scanner, web: Path) -> None:
    write_files(web, {"src/main.ts": "import 'a'; import 'b'"})
    install(web, "node_modules/a", {"package.json": "{}", "index.js": "require('b')"})
    install(web, "node_modules/a/node_modules/b", {"package.json": "{}", "index.js": "old"})
    install(web, "node_modules/b", {"package.json": "{}", "index.js": "new"})
    paths = sent(scanner, web)
    assert paths["node_modules/b/index.js"] == "node_modules/b/index.js"
    assert paths["node_modules/a/node_modules/b/index.js"] == "node_modules/a/node_modules/b/index.js"


def test_a_package_behind_links_is_sent_once_from_where_it_lies(scanner: Scanner, web: Path) -> None:
    """pnpm keeps every package in a store of links. Each importer finds its own version, by Node's lookup."""
    write_files(web, {"src/main.ts": "import 'a'; import 'c'; import 'd'"})
    store = "node_modules/.pnpm"
    install(web, f"{store}/a@1/node_modules/a", {"package.json": "{}", "index.js": "require('b')"})
    install(web, f"{store}/b@1/node_modules/b", {"package.json": "{}", "index.js": "require('a')"})
    install(web, f"{store}/b@2/node_modules/b", {"package.json": "{}", "index.js": "two"})
    install(web, f"{store}/c@1/node_modules/c", {"package.json": "{}", "index.js": "require('b')"})
    install(web, f"{store}/d@1/node_modules/d", {"package.json": "{}", "index.js": "require('b')"})
    links = {
        "node_modules/a": "a@1/node_modules/a",
        "node_modules/c": "c@1/node_modules/c",
        "node_modules/d": "d@1/node_modules/d",
        f"{store}/a@1/node_modules/b": "b@1/node_modules/b",
        f"{store}/b@1/node_modules/a": "a@1/node_modules/a",
        f"{store}/c@1/node_modules/b": "b@2/node_modules/b",
        f"{store}/d@1/node_modules/b": "b@2/node_modules/b",
    }
    for link, real in links.items():
        (web / link).symlink_to(web / store / real)
    snapshot = scanner.snapshot(scanner.find(str(web), None))
    assert snapshot.links == {link: f"{store}/{real}" for link, real in links.items()}
    assert [file.entry.path for file in snapshot.files if file.entry.path.endswith(".js")] == [
        f"{store}/{each[0]}@{each[1]}/node_modules/{each[0]}/index.js"
        for each in ("a1", "b1", "b2", "c1", "d1")
    ]


def test_a_package_linked_from_outside_the_project_is_refused(
    scanner: Scanner, web: Path, home: Path
) -> None:
    write_files(web, {"src/main.ts": "import 'linked'"})
    outside = write_files(home / "elsewhere", {"package.json": "{}", "index.js": "canary"})
    (web / "node_modules").mkdir(exist_ok=True)
    (web / "node_modules" / "linked").symlink_to(outside)
    with pytest.raises(PathRefused) as caught:
        sent(scanner, web)
    for said in ("src/main.ts", "'linked'", str(outside), f"hivesync link {web} --root {outside}"):
        assert said in caught.value.detail


def test_what_a_package_links_from_outside_is_not_read(scanner: Scanner, web: Path, home: Path) -> None:
    write_files(web, {"src/main.ts": "import 'sneaky'"})
    outside = write_files(home / "elsewhere", {"package.json": "{}", "index.js": "canary"})
    install(web, "node_modules/sneaky", {"package.json": "{}", "a.js": "require('linked')"})
    (web / "node_modules" / "sneaky" / "index.js").symlink_to(outside / "index.js")
    assert sorted(sent(scanner, web)) == ["node_modules/sneaky/package.json"]
    install(web, "node_modules/sneaky/node_modules", {"x/package.json": "{}"})
    (web / "node_modules/sneaky/node_modules/linked").symlink_to(outside)
    write_files(web, {"node_modules/sneaky/package.json": {"main": "a.js"}})
    assert sorted(sent(scanner, web)) == ["node_modules/sneaky/a.js", "node_modules/sneaky/package.json"]


@pytest.mark.parametrize("main", ["../../.env", "/etc/passwd", "../../src/main.ts", "secret.key"])
def test_a_hostile_package_json_reaches_no_other_file(scanner: Scanner, web: Path, main: str) -> None:
    write_files(web, {"src/main.ts": "import 'evil'", ".env": "canary"})
    install(web, "node_modules/evil", {"package.json": {"main": main}, "secret.key": "canary"})
    assert sorted(sent(scanner, web)) == ["node_modules/evil/package.json"]


def test_a_packages_files_for_browsers_are_sent_as_well(scanner: Scanner, web: Path) -> None:
    write_files(web, {"src/main.ts": "import 'iso'"})
    install(
        web,
        "node_modules/iso",
        {
            "package.json": {"main": "index.js", "browser": {"./node.js": "./web.js", "fs": False}},
            "index.js": "require('./node')",
            "node.js": "",
            "web.js": "",
        },
    )
    assert "node_modules/iso/web.js" in sent(scanner, web)


@pytest.mark.parametrize(
    ("package", "subpath", "how", "expected"),
    [
        ({}, "", How.IMPORT, ["index"]),
        ({}, "sub/x", How.IMPORT, ["sub/x"]),
        ({"main": "./m.js", "module": "m.mjs"}, "", How.IMPORT, ["m.mjs"]),
        ({"main": "./m.js", "module": "m.mjs"}, "", How.REQUIRE, ["m.mjs", "m.js"]),
        ({"browser": "b.js", "main": "m.js"}, "", How.IMPORT, ["b.js"]),
        ({"exports": "./e.js", "main": "m.js"}, "", How.IMPORT, ["e.js"]),
        ({"exports": "./e.js"}, "sub", How.IMPORT, []),
        ({"exports": {".": {"node": "./n.js", "default": "./d.js"}}}, "", How.IMPORT, ["d.js"]),
        ({"exports": {"import": "./i.js", "require": "./r.js"}}, "", How.REQUIRE, ["r.js"]),
        (
            {"exports": {"import": {"development": "./dev.js", "default": "./i.js"}}},
            "",
            How.IMPORT,
            ["dev.js", "i.js"],
        ),
        ({"exports": {"./*": "./lib/*.js", "./x/*": "./x/*.mjs"}}, "x/y", How.IMPORT, ["x/y.mjs"]),
        ({"exports": {"./*": "./lib/*.js"}}, "deep/y", How.IMPORT, ["lib/deep/y.js"]),
        ({"exports": {"./no": None, "./*": "./*.js"}}, "no", How.IMPORT, []),
        ({"exports": {".": ["./a.js", "./b.js"]}}, "", How.IMPORT, ["a.js", "b.js"]),
    ],
)
def test_package_json_says_which_file_is_meant(
    package: dict[str, object], subpath: str, how: How, expected: list[str]
) -> None:
    assert targets(package, subpath, how) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", ("a", "")),
        ("a/b/c", ("a", "b/c")),
        ("@s/a/b", ("@s/a", "b")),
        ("@/x", ("", "x")),
        ("@s", ("", "")),
        ("node:fs", ("", "")),
        ("#internal", ("", "")),
        ("~/x", ("", "x")),
        ("", ("", "")),
    ],
)
def test_a_bare_import_names_a_package_or_none(text: str, expected: tuple[str, str]) -> None:
    assert split_name(text)[0] == expected[0]
