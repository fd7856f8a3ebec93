"""What of a package is left where it is, since nobody takes what only those files export."""

from __future__ import annotations

from pathlib import Path

import pytest
from hivesync_agent.projects.barrels import exports_in, names_taken
from hivesync_agent.projects.scan import Scanner, Snapshot
from hivesync_contract.previews import Narrowed, Origin
from hivesync_dev.project_files import Content, write_files

INDEX = "node_modules/dates/index.js"
PACKAGE: dict[str, Content] = {
    "package.json": {"main": "index.js", "sideEffects": False},
    "index.js": """
/* export * from "./commented.js"; */
export * from "./add.js";
export * from "./more/index.js";
export * from "./legacy.js";
export { default as Icon, twice as both } from "./icon.js";
export { default } from "./icon.js";
export * as all from "./icon.js";
export { shared } from "other";
export const own = 1;""",
    "add.js": 'import "./inner.js";\nexport function add(a) { return a; }\nexport { add as plus };',
    "inner.js": "",
    "more/index.js": 'export * from "./sub.js";\nexport * from "./rest.js";',
    "more/sub.js": "export const sub = 2;\nexport default 3;",
    "more/rest.js": "export const rest = 2;",
    "legacy.js": "export const kept = { text: 'unclear' };",
    "icon.js": "export const twice = 2;\nexport default 4;",
    "commented.js": "export const commented = 1;",
}
EVERYTHING = {f"node_modules/dates/{name}" for name in PACKAGE}


@pytest.fixture
def web(project: Path) -> Path:
    page = '<script type="module" src="/src/main.ts"></script>'
    write_files(project / "node_modules" / "dates", PACKAGE)
    return write_files(project, {"package.json": "{}", "index.html": page})


def taken(scanner: Scanner, project: Path, **sources: str) -> Snapshot:
    write_files(project, {f"src/{name}.ts": text for name, text in sources.items()})
    return scanner.snapshot(scanner.find(str(project), None))


def of_dates(snapshot: Snapshot) -> set[str]:
    return {file.entry.path for file in snapshot.files if "node_modules" in file.entry.path}


@pytest.mark.parametrize(
    ("text", "origins", "files"),
    [
        ("import { add } from 'dates'", {"add": Origin("./add.js", "add")}, {"add.js", "inner.js"}),
        ("export { plus } from 'dates'", {"plus": Origin("./add.js", "plus")}, {"add.js", "inner.js"}),
        (
            'import Standard, { Icon, both as b } from "dates"',
            {
                "default": Origin("./icon.js", "default"),
                "Icon": Origin("./icon.js", "default"),
                "both": Origin("./icon.js", "twice"),
            },
            {"icon.js"},
        ),
        (
            """
/**
 * As ever: import { Icon, * } from 'dates';
 */
import { add } from 'dates'; const pattern = 'src/*' + '/*.ts';""",
            {"add": Origin("./add.js", "add")},
            {"add.js", "inner.js"},
        ),
        ("import { type Unit, type Day as D } from 'dates'", {}, set()),
        # Unlike TypeScript, what runs has no types: nothing exports such a name.
        (
            "import { add, dd } from 'dates'",
            {"add": Origin("./add.js", "add"), "dd": None},
            {"add.js", "inner.js"},
        ),
    ],
)
def test_only_the_files_behind_the_names_that_are_taken_are_sent(
    scanner: Scanner, web: Path, text: str, origins: dict[str, Origin | None], files: set[str]
) -> None:
    snapshot = taken(scanner, web, main=text)
    assert snapshot.narrowed == {INDEX: origins}
    assert of_dates(snapshot) == {
        f"node_modules/dates/{name}" for name in ("package.json", "index.js", *files)
    }


def test_what_a_barrel_has_of_another_package_is_looked_for_there(scanner: Scanner, web: Path) -> None:
    other: dict[str, Content] = {
        "package.json": {"main": "i", "sideEffects": False},
        "i.js": "export { a as shared, b } from './a'",
    }
    write_files(web / "node_modules" / "other", {**other, "a.js": "import './more'", "more.js": ""})
    snapshot = taken(scanner, web, main="import { shared } from 'dates'")
    assert snapshot.narrowed == {
        INDEX: {"shared": Origin("other", "shared")},
        "node_modules/other/i.js": {"shared": Origin("./a", "a")},
    }
    assert {"node_modules/other/a.js", "node_modules/other/more.js"} <= of_dates(snapshot)


def test_barrels_behind_a_barrel_are_looked_past_as_well(scanner: Scanner, web: Path) -> None:
    snapshot = taken(scanner, web, main="import { sub } from 'dates'")
    assert snapshot.narrowed["node_modules/dates/more/index.js"] == {"sub": Origin("./sub.js", "sub")}
    assert "node_modules/dates/more/rest.js" not in of_dates(snapshot)


def test_what_all_importers_take_is_sent(scanner: Scanner, web: Path) -> None:
    main = "import './other'; import { add } from 'dates'"
    snapshot = taken(scanner, web, main=main, other="import { both } from 'dates'")
    assert set(snapshot.narrowed[INDEX]) == {"add", "both"}
    assert {"node_modules/dates/add.js", "node_modules/dates/icon.js"} <= of_dates(snapshot)


def test_what_only_a_pattern_reaches_counts_too(scanner: Scanner, web: Path) -> None:
    main = "import { add } from 'dates'; import.meta.glob('./*.ts')"
    snapshot = taken(scanner, web, main=main, page="import { both } from 'dates'")
    assert set(snapshot.narrowed[INDEX]) == {"add", "both"}


@pytest.mark.parametrize(
    "text",
    [
        "import * as dates from 'dates'",
        "import { add } from 'dates'; const all = await import('dates')",
        "import { add } from 'dates'; const all = await import(`dates`)",
        "const { add } = require('dates')",
        "import 'dates'",
        "import { own, sub } from 'dates'",
        "import { all } from 'dates'",
        "import { unclear } from 'dates'",
        "import { add, 'a-b' as c } from 'dates'",
    ],
)
def test_all_is_sent_when_it_is_not_clear_what_is_taken(scanner: Scanner, web: Path, text: str) -> None:
    snapshot = taken(scanner, web, main=text)
    assert INDEX not in snapshot.narrowed
    assert of_dates(snapshot) >= EVERYTHING


def test_all_is_sent_as_soon_as_one_importer_takes_all(scanner: Scanner, web: Path) -> None:
    main = "import { add } from 'dates'; import './other'"
    snapshot = taken(scanner, web, main=main, other="export * from 'dates'")
    assert snapshot.narrowed == {}
    assert of_dates(snapshot) == EVERYTHING


@pytest.mark.parametrize(
    "changes",
    [
        {"package.json": {"main": "index.js"}},
        {"package.json": {"main": "index.js", "sideEffects": ["*.css"]}},
        {"add.js": "exports.add = 1"},
        {
            "add.js": "export { add } from './add.js'; export * from './gone.js'",
            "index.js": "export * from './add'",
        },
        {"index.js": "export * from './gone.js'; export const a = 1; export * from './add.web.js'"},
    ],
    ids=["effects", "some effects", "CommonJS", "one star", "a star that leads nowhere"],
)
def test_all_is_sent_of_what_cannot_be_looked_into(
    scanner: Scanner, web: Path, changes: dict[str, Content]
) -> None:
    write_files(web / "node_modules" / "dates", changes)
    assert taken(scanner, web, main="import { add } from 'dates'").narrowed == {}


def test_a_change_of_what_is_taken_is_a_change_of_the_manifest(scanner: Scanner, web: Path) -> None:
    def narrowed(text: str) -> Narrowed:
        return taken(scanner, web, main=text).narrowed

    assert narrowed("import { Icon } from 'dates'") != narrowed("import { both } from 'dates'")
    # The package was updated, and the name lies elsewhere now.
    before = narrowed("import { add } from 'dates'")
    write_files(
        web / "node_modules" / "dates",
        {"index.js": 'export * from "./sum.js";\nexport const v = 2;', "sum.js": "export const add = 1;"},
    )
    after = narrowed("import { add } from 'dates'")
    assert (before[INDEX]["add"], after[INDEX]["add"]) == (
        Origin("./add.js", "add"),
        Origin("./sum.js", "add"),
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "/*" * 400_000,
        "export {" * 100_000,
        "export" + " " * 800_000,
        "import " * 100_000,
        "export * as " * 70_000,
    ],
)
def test_a_hostile_package_costs_no_time(hostile: str) -> None:
    exports_in(hostile)
    assert not names_taken(hostile, "dates")
