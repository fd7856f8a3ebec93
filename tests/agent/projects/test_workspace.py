"""What a project of a monorepo may read beyond its root, and what of it is sent."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest
from hivesync_agent.projects.refusals import PathRefused
from hivesync_agent.projects.root import Approval, Roots
from hivesync_agent.projects.scan import Scanner, Snapshot
from hivesync_dev.project_files import Content, write_files

PAGE = '<script type="module" src="/src/main.tsx"></script>'
PNPM = {"pnpm-workspace.yaml": "packages:\n  - apps/*\n  - 'packages/**'\n"}


@pytest.fixture
def mono(home: Path) -> Path:
    """A monorepo with an app, two packages of it, and a folder that no settings declare."""
    return write_files(
        home / "mono",
        {
            "package.json": {"private": True},
            "apps/web/package.json": {"name": "web"},
            "apps/web/index.html": PAGE,
            "apps/web/src/main.tsx": "import '../../../packages/ui/src/button'",
            "packages/ui/package.json": {"name": "@acme/ui", "main": "src/index.ts"},
            "packages/ui/src/index.ts": "export * from './button'",
            "packages/ui/src/button.tsx": "import 'tokens'",
            "packages/tokens/package.json": {"name": "tokens", "main": "index.js"},
            "packages/tokens/index.js": "",
            "private/plan.ts": "canary",
        },
    )


@pytest.fixture
def web(mono: Path) -> Path:
    """The app, in a workspace of pnpm."""
    write_files(mono, dict(PNPM))
    return mono / "apps" / "web"


def snapshot(scanner: Scanner, root: Path, *approvals: Approval) -> Snapshot:
    return scanner.snapshot(scanner.find(str(root), None, approvals))


def sent(scanner: Scanner, root: Path, *approvals: Approval) -> list[str]:
    return [file.entry.path for file in snapshot(scanner, root, *approvals).files]


def link(path: Path, target: Path) -> None:
    """Make a relative link, as package managers do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(os.path.relpath(target, path.parent))


APP = [f"apps/web/{name}" for name in ("index.html", "package.json", "src/main.tsx")]
BUTTON = "packages/ui/src/button.tsx"


class TestDetection:
    """Which settings declare a workspace, and for whom."""

    @pytest.mark.parametrize(
        "settings",
        [
            PNPM,
            {"pnpm-workspace.yaml": "packages: ['./apps/*/', packages/ui, packages/tokens] # all\nx: {}"},
            {"package.json": {"workspaces": ["apps/*", "packages/*"]}},
            {"package.json": {"workspaces": {"packages": ["{apps,packages}/*"], "nohoist": ["x"]}}},
            {"lerna.json": {"packages": ["*/*"]}},
            {"nx.json": "{ // as Nx writes it\n}", "apps/web/project.json": "{}"},
            {"nx.json": {"workspaceLayout": {"libsDir": "packages", "appsDir": "apps"}}},
        ],
    )
    def test_a_packages_of_any_manager_are_approved(
        self, roots: Roots, mono: Path, settings: dict[str, Content]
    ) -> None:
        write_files(mono, settings)
        target = roots.find(str(mono / "apps/web/src/main.tsx"))
        assert (target.root, target.base, target.place) == (mono / "apps/web", mono, "apps/web")
        assert {"packages/ui", "packages/tokens", "apps/web"} == target.confines.approved
        assert target.from_root(BUTTON) == f"../../{BUTTON}"

    @pytest.mark.parametrize(
        "settings",
        [
            {},
            {"pnpm-workspace.yaml": "packages: [packages/*]"},
            {"pnpm-workspace.yaml": "packages: ['*/*', '!apps/web']"},
            {"pnpm-workspace.yaml": "packages: {"},
            {"pnpm-workspace.yaml": "- apps/*"},
            {"package.json": {"workspaces": "apps/*"}},
            {"package.json": {"workspaces": [1, None]}},
            {"apps/package.json": {"workspaces": ["none/*"]}, **PNPM},
        ],
    )
    def test_a_folder_that_no_workspace_counts_among_its_packages_reads_itself_only(
        self, roots: Roots, mono: Path, settings: dict[str, Content]
    ) -> None:
        write_files(mono, settings)
        target = roots.find(str(mono / "apps/web"))
        assert (target.beyond, target.base) == ((), mono / "apps/web")

    def test_the_workspace_itself_is_a_project_as_any_other(self, roots: Roots, mono: Path) -> None:
        write_files(mono, {"package.json": {"workspaces": ["packages/*"]}, "index.html": ""})
        assert roots.find(str(mono)).beyond == ()

    def test_the_nearest_one_counts(self, roots: Roots, mono: Path) -> None:
        write_files(
            mono, {"apps/package.json": {"workspaces": ["web", "lib"]}, "apps/lib/package.json": "{}"}
        )
        write_files(mono, dict(PNPM))
        assert roots.find(str(mono / "apps/web")).confines.approved == {"web", "lib"}

    def test_installed_packages_and_settings_around_it_are_approved(self, roots: Roots, web: Path) -> None:
        for folder in (web.parents[1], web.parent, web.parents[1] / "packages/ui"):
            (folder / "node_modules").mkdir()
        write_files(web.parents[1], {"tsconfig.base.json": "{}", "jsconfig.json": "{}", "other.json": "{}"})
        assert roots.find(str(web)).confines.approved == {
            *("apps/web", "apps/node_modules", "node_modules", "packages/ui", "packages/tokens"),
            *("tsconfig.base.json", "jsconfig.json"),
        }

    @pytest.mark.parametrize(
        "pattern", ["../other", "/", "../**", "packages/../../other", "{..,x}/other", ".ssh"]
    )
    def test_a_pattern_leads_to_nothing_above_and_to_no_secrets(
        self, roots: Roots, mono: Path, home: Path, pattern: str
    ) -> None:
        write_files(home, {"other/package.json": "{}", "other/a.ts": "canary"})
        write_files(mono, {".ssh/package.json": "{}", "package.json": {"workspaces": ["apps/*", pattern]}})
        assert roots.find(str(mono / "apps/web")).confines.approved <= {"apps/web", ""}
        assert roots.find(str(mono / "apps/web")).beyond == ()

    def test_a_package_that_is_a_link_out_is_not_approved(self, roots: Roots, web: Path, home: Path) -> None:
        outside = write_files(home / "bank", {"package.json": "{}"})
        (web.parents[1] / "packages" / "bank").symlink_to(outside)
        (web.parents[1] / "node_modules").symlink_to(outside)
        assert roots.find(str(web)).confines.approved == {"apps/web", "packages/ui", "packages/tokens"}

    def test_what_git_ignores_is_not_approved(self, roots: Roots, web: Path) -> None:
        write_files(web.parents[1], {".gitignore": "/packages/tok*\n"})
        subprocess.run(["git", "init", "-q", str(web.parents[1])], check=True)
        assert roots.find(str(web)).confines.approved == {"apps/web", "packages/ui"}

    def test_packages_in_packages_and_in_tools_folders_are_no_packages(self, roots: Roots, web: Path) -> None:
        write_files(
            web.parents[1] / "packages/ui",
            {"node_modules/x/package.json": "{}", ".cache/y/package.json": "{}", "sub/package.json": "{}"},
        )
        (web.parents[1] / "packages" / "loop").symlink_to(web.parents[1] / "packages")
        approved = roots.find(str(web)).confines.approved
        assert approved == {"apps/web", "packages/ui", "packages/ui/sub", "packages/tokens"}

    @pytest.mark.parametrize("pattern", ["{a,b}" * 40, "/".join(["**"] * 3000), "a" * 5000, "x" * 255 + "é"])
    def test_a_hostile_pattern_costs_a_moment_and_nothing_else(
        self, roots: Roots, web: Path, pattern: str
    ) -> None:
        write_files(web.parents[1], {"package.json": {"workspaces": ["apps/*", "packages/*", pattern]}})
        (web.parents[1] / "pnpm-workspace.yaml").unlink()
        began = time.monotonic()
        assert roots.find(str(web)).confines.approved == {"apps/web", "packages/ui", "packages/tokens"}
        assert time.monotonic() - began < 10  # two to the fortieth would take years

    @pytest.mark.parametrize("boundary", ["home", "repository"])
    def test_the_search_ends_at_home_and_at_the_repository(
        self, roots: Roots, home: Path, boundary: str
    ) -> None:
        around = home if boundary == "home" else home / "mono"
        write_files(around, {"package.json": {"workspaces": ["shop", "other"]}, "other/package.json": "{}"})
        shop = write_files(around / "shop", {"package.json": "{}", "index.html": ""})
        if boundary == "repository":
            (shop / ".git").mkdir()
        assert roots.find(str(shop)).beyond == ()

    @pytest.mark.skipif(not hasattr(os, "chown") or os.geteuid() != 0, reason="only root may give files away")
    def test_a_workspace_that_another_user_planted_above_is_not_believed(
        self, roots: Roots, web: Path
    ) -> None:
        os.chown(web.parents[1], 12345, 12345)
        assert roots.find(str(web)).beyond == ()


class TestFiles:
    """What is sent: named from the workspace, and only what the app needs of it."""

    def test_a_relative_import_brings_the_file_and_not_its_package(self, scanner: Scanner, web: Path) -> None:
        found = snapshot(scanner, web)
        assert [file.entry.path for file in found.files] == [*APP, BUTTON]
        assert found.subject.entry == "apps/web/index.html"
        assert found.beyond == (web.parents[1] / "packages/ui",)

    def test_a_folder_that_is_not_declared_is_not_read(self, scanner: Scanner, web: Path) -> None:
        write_files(web, {"src/main.tsx": "import '../../../private/plan'"})
        assert sent(scanner, web) == APP

    def test_npm_links_its_packages_at_the_top(self, scanner: Scanner, mono: Path) -> None:
        write_files(mono, {"package.json": {"workspaces": ["apps/*", "packages/*"]}})
        write_files(mono, {"node_modules/clsx/package.json": "{}", "node_modules/clsx/index.js": ""})
        write_files(mono, {"apps/web/src/main.tsx": "import '@acme/ui'; import 'clsx'"})
        link(mono / "node_modules/@acme/ui", mono / "packages/ui")
        link(mono / "node_modules/tokens", mono / "packages/tokens")
        found = snapshot(scanner, mono / "apps/web")
        assert found.links == {
            "node_modules/@acme/ui": "packages/ui",
            "node_modules/tokens": "packages/tokens",
        }
        assert [file.entry.path for file in found.files] == [
            *APP,
            *("node_modules/clsx/index.js", "node_modules/clsx/package.json"),
            *("packages/tokens/index.js", "packages/tokens/package.json"),
            *("packages/ui/package.json", BUTTON, "packages/ui/src/index.ts"),
        ]

    def test_both_ways_to_a_package_lead_to_one(self, scanner: Scanner, web: Path) -> None:
        write_files(web, {"src/main.tsx": "import '@acme/ui'; import '../../../packages/ui/src/button'"})
        link(web / "node_modules/@acme/ui", web.parents[1] / "packages/ui")
        assert sent(scanner, web).count(BUTTON) == 1
        assert not [path for path in sent(scanner, web) if "node_modules" in path]

    def test_each_folder_has_its_own_ignore_lists_and_secrets_stay(self, scanner: Scanner, web: Path) -> None:
        mono = web.parents[1]
        write_files(
            web, {"src/main.tsx": "".join(f"import '../../../packages/ui/{n}';" for n in ("a", "b", "c"))}
        )
        write_files(mono, {".hivesyncignore": "b.ts\n", "packages/ui/.gitignore": "/a.ts\n"})
        write_files(
            mono, dict.fromkeys((f"packages/ui/{n}.ts" for n in ("a", "b", "c")), "") | {"apps/web/a.ts": ""}
        )
        write_files(
            mono, {"packages/ui/c.ts": "import './.env.json'; import './tls.key'; import d from './d.json'"}
        )
        write_files(mono, {"packages/ui/.env.json": "canary", "packages/ui/tls.key": "canary"})
        write_files(mono, {"packages/ui/d.json": '"-----BEGIN PRIVATE KEY-----"', "apps/web/.env": "S=1"})
        found = snapshot(scanner, web)
        assert [file.entry.path for file in found.files] == ["apps/web/a.ts", *APP, "packages/ui/c.ts"]
        assert found.skipped == ("../../packages/ui/d.json", ".env")

    def test_a_packages_own_build_that_is_ignored_is_refused_with_the_way_to_send_it(
        self, scanner: Scanner, web: Path
    ) -> None:
        ui = web.parents[1] / "packages/ui"
        write_files(web, {"src/main.tsx": "import '@acme/ui'"})
        write_files(
            ui, {"package.json": {"main": "dist/index.js"}, "dist/index.js": "", ".gitignore": "dist\n"}
        )
        link(web / "node_modules/@acme/ui", ui)
        with pytest.raises(
            PathRefused, match=r"packages/ui/dist/index\.js.*!/dist/.*packages/ui/\.hivesyncignore"
        ):
            sent(scanner, web)
        write_files(ui, {".hivesyncignore": "!/dist/\n"})
        assert "packages/ui/dist/index.js" in sent(scanner, web)

    def test_settings_lead_to_files_by_alias_and_by_what_they_extend(
        self, scanner: Scanner, web: Path
    ) -> None:
        write_files(
            web.parents[1],
            {
                "tsconfig.base.json": '{"compilerOptions": {"paths": {"@ui/*": ["./packages/ui/src/*"],}}}',
                "apps/web/tsconfig.json": '{"extends": ["../../tsconfig.base.json"]} // "extends": "./no"',
                "apps/web/src/main.tsx": "import '@ui/button'",
            },
        )
        names = ["apps/web/tsconfig.json", BUTTON, "tsconfig.base.json"]
        assert sent(scanner, web) == sorted([*APP, *names])

    def test_settings_of_the_workspace_count_where_the_app_has_none(
        self, scanner: Scanner, web: Path
    ) -> None:
        options = '{"compilerOptions": {"baseUrl": "packages", "paths": {"ui": ["ui/src/index"]}}}'
        write_files(web.parents[1], {"tsconfig.json": options, "apps/web/src/main.tsx": "import 'ui'"})
        assert sent(scanner, web) == [
            *(*APP, "packages/tokens/index.js", BUTTON, "packages/ui/src/index.ts", "tsconfig.json")
        ]

    def test_a_linked_folder_in_the_app_is_judged_by_where_it_leads(
        self, scanner: Scanner, web: Path
    ) -> None:
        ui = web.parents[1] / "packages/ui"
        write_files(ui, {"src/gen/a.ts": "", "src/b.ts": "", ".gitignore": "gen/\nb.ts\n"})
        link(web / "src/ui", ui / "src")
        assert [path for path in sent(scanner, web) if "/ui/" in path] == [
            *("apps/web/src/ui/button.tsx", "apps/web/src/ui/index.ts", BUTTON)
        ]

    def test_our_own_folders_stay_though_a_workspace_declares_them(
        self, scanner: Scanner, own_folder: Path
    ) -> None:
        mono = own_folder.parent
        write_files(mono, {"package.json": {"workspaces": ["*"]}, "hivesync/package.json": "{}"})
        write_files(mono, {"web/package.json": "{}", "web/index.html": PAGE})
        write_files(
            mono, {"web/src/main.tsx": "import '../../hivesync/desktop-agent.json'; import 'hivesync'"}
        )
        link(mono / "node_modules/hivesync", own_folder)
        assert sent(scanner, mono / "web") == [f"web/{path.removeprefix('apps/web/')}" for path in APP]

    def test_two_apps_of_one_workspace_do_not_forget_each_others_hashes(
        self, scanner: Scanner, web: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_files(web.parent / "other", {"package.json": "{}", "index.html": ""})
        monkeypatch.setattr("hivesync_agent.projects.digests.time.time", lambda: 4_000_000_000.0)
        for folder in (web, web.parent / "other"):
            sent(scanner, folder)
        monkeypatch.setattr(
            "hivesync_agent.projects.snapshot.open_inside", lambda *_: pytest.fail("read again")
        )
        for folder in (web, web.parent / "other"):
            sent(scanner, folder)


class TestApproval:
    """Folders that the user approved when he linked a project."""

    @pytest.fixture
    def shop(self, home: Path) -> Path:
        """A project that imports a file and a linked package of a folder beside it."""
        write_files(home, {"shared/a.ts": "", "shared/lib/package.json": "{}", "shared/lib/index.js": ""})
        shop = write_files(home / "shop", {"package.json": "{}", "index.html": PAGE})
        write_files(shop, {"src/main.tsx": "import '../../shared/a'; import 'lib'; import './out'"})
        link(shop / "node_modules/lib", home / "shared/lib")
        link(shop / "src/out.ts", home / "shared/a.ts")
        return shop

    def test_a_link_that_leads_out_names_its_target_and_the_command(
        self, scanner: Scanner, shop: Path
    ) -> None:
        with pytest.raises(PathRefused) as caught:
            sent(scanner, shop)
        target = shop.parent / "shared"
        for said in (
            "src/main.tsx",
            "src/out.ts",
            f"{target / 'a.ts'}",
            f"hivesync link {shop} --root {target}",
        ):
            assert said in caught.value.detail

    def test_what_is_approved_is_read(self, scanner: Scanner, shop: Path, home: Path) -> None:
        approval = Approval(shop, (home / "shared",))
        found = snapshot(scanner, shop, approval)
        assert [file.entry.path for file in found.files] == [
            *("shared/a.ts", "shared/lib/index.js", "shared/lib/package.json"),
            *(f"shop/{name}" for name in ("index.html", "package.json", "src/main.tsx", "src/out.ts")),
        ]
        assert found.links == {"shop/node_modules/lib": "shared/lib"}

    def test_it_holds_for_what_lies_in_the_linked_folder_and_for_nothing_else(
        self, roots: Roots, shop: Path, home: Path
    ) -> None:
        approval = Approval(shop, (home / "shared",))
        inner = write_files(shop / "apps/x", {"package.json": "{}"})
        assert roots.find(str(inner), [approval]).confines.approved == {"shop", "shop/apps/x", "shared"}
        other = write_files(home / "other", {"package.json": "{}"})
        assert roots.find(str(other), [approval]).beyond == ()

    def test_a_folder_that_became_a_link_is_not_approved_any_more(
        self, roots: Roots, shop: Path, home: Path
    ) -> None:
        (home / "shared").rename(home / "moved")
        (home / "shared").symlink_to(home / "moved")
        assert roots.find(str(shop), [Approval(shop, (home / "shared", home / "gone"))]).beyond == ()

    def test_no_base_would_tell_the_users_name(self, roots: Roots, shop: Path, home: Path) -> None:
        outside = write_files(home.parent / "outside", {"a.ts": ""})
        with pytest.raises(PathRefused, match="in common"):
            roots.check_approved(shop, outside)
        assert roots.find(str(shop), [Approval(shop, (outside,))]).beyond == ()
        roots.check_approved(shop, home / "shared")

    def test_a_file_seen_through_a_link_into_an_approved_folder_is_the_projects(
        self, roots: Roots, shop: Path, home: Path
    ) -> None:
        with pytest.raises(PathRefused, match="leads out"):
            roots.find(str(shop / "src/out.ts"))
        target = roots.find(str(shop / "src/out.ts"), [Approval(shop, (home / "shared",))])
        assert (target.root, target.focus) == (shop, "src/out.ts")
