"""What can't be previewed is answered with a stable code, a reason, and the place in the source."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hivesync_contract.errors import Diagnostic, ErrorCode
from hivesync_contract.local_api import LocalPreview
from hivesync_contract.previews import PreviewError, PreviewState
from hivesync_dev.browser import Phone
from hivesync_dev.samples import make_vite_project
from hivesync_dev.stack.api import CallRefused
from hivesync_dev.stack.stack import Stack
from playwright.sync_api import expect

Preview = Callable[..., LocalPreview]


def failure(preview: LocalPreview) -> PreviewError:
    assert preview.state is PreviewState.FAILED
    assert preview.error is not None
    return preview.error


def place(preview: LocalPreview) -> Diagnostic:
    error = failure(preview)
    assert error.code is ErrorCode.PREVIEW_BUILD_FAILED
    assert error.diagnostic is not None
    return error.diagnostic


def test_a_syntax_error_names_file_line_and_column_to_agent_and_phone(
    preview: Preview, project: Path, phone: Phone
) -> None:
    (project / "src" / "App.tsx").write_text("export default function App() {\n  return <p>Hello</p\n}\n")

    failed = preview(project)

    found = place(failed)
    assert (found.file, found.line) == ("src/App.tsx", 3)
    assert found.column == 1
    phone.open(failed.preview_url)
    expect(phone.page.get_by_text("src/App.tsx").first).to_be_visible()
    expect(phone.page.get_by_text(found.message).first).to_be_visible()
    phone.keep_screenshot("build-error")


@pytest.mark.parametrize("missing", ["left-pad", "@scope/kit", "./Gone"])
def test_what_is_not_there_is_named(missing: str, preview: Preview, project: Path) -> None:
    app = project / "src" / "App.tsx"
    app.write_text(f"import gone from '{missing}'\n{app.read_text()}\nconsole.log(gone)\n")

    found = place(preview(project))

    assert missing in found.message
    assert (found.file, found.line) == ("src/App.tsx", 1)


@pytest.mark.parametrize("template", ["vue", "svelte"])
def test_a_kind_that_cannot_be_shown_says_so(template: str, preview: Preview, tmp_path: Path) -> None:
    with pytest.raises(CallRefused) as refused:
        preview(make_vite_project(template, tmp_path))
    assert refused.value.problem.code is ErrorCode.PREVIEW_UNSUPPORTED
    assert template in refused.value.problem.detail.lower()


def test_an_empty_folder_says_what_is_missing(preview: Preview, tmp_path: Path) -> None:
    with pytest.raises(CallRefused) as refused:
        preview(tmp_path)
    assert refused.value.problem.code is ErrorCode.PREVIEW_UNSUPPORTED


def test_a_folder_that_does_not_exist_is_named(preview: Preview, tmp_path: Path) -> None:
    with pytest.raises(CallRefused, match="nowhere does not exist") as refused:
        preview(tmp_path / "nowhere")
    assert refused.value.problem.code is ErrorCode.VALIDATION_ERROR


def test_more_source_than_the_cap_is_too_large(preview: Preview, project: Path) -> None:
    lines = "\n".join(f"export const constant{number} = '{'x' * 80}'" for number in range(28_000))
    (project / "src" / "constants.ts").write_text(lines)
    app = project / "src" / "App.tsx"
    app.write_text(f"import './constants'\n{app.read_text()}")
    assert len(lines) > 3_000_000

    try:
        code = failure(preview(project)).code
    except CallRefused as refused:
        code = refused.problem.code

    assert code is ErrorCode.PAYLOAD_TOO_LARGE


def test_an_entry_outside_the_root_is_refused(preview: Preview, project: Path) -> None:
    (project.parent / "outside.tsx").write_text("export default () => null\n")
    with pytest.raises(CallRefused) as refused:
        preview(project, entry="../outside.tsx")
    assert refused.value.problem.code in {ErrorCode.FORBIDDEN, ErrorCode.VALIDATION_ERROR}


def test_a_wrong_password_signs_nobody_in_and_nobody_out(stack: Stack) -> None:
    with stack.api() as api:
        with pytest.raises(CallRefused) as refused:
            api.sign_in(stack.user.email, "not the password")
        assert refused.value.problem.code is ErrorCode.AUTH_INVALID
        assert api.http.get("/api/v1/auth/me").json()["email"] == stack.user.email


def test_secrets_of_a_project_never_leave_the_machine(preview: Preview, project: Path, stack: Stack) -> None:
    canary = "canary-4b1d0c7e9a"
    (project / ".env").write_text(f"DATABASE_PASSWORD={canary}\nVITE_TITLE=public-title\n")
    (project / "src" / "id_rsa").write_text(f"-----BEGIN OPENSSH PRIVATE KEY-----\n{canary}\n")
    app = project / "src" / "App.tsx"
    app.write_text(app.read_text().replace("Get started", "{import.meta.env.VITE_TITLE}"))

    ready = preview(project)

    assert ready.state is PreviewState.READY, ready.error
    stored = _contents(stack.settings.folder)
    assert [path for path, content in stored.items() if canary.encode() in content] == []
    assert any(b"public-title" in content for content in stored.values())


def _contents(folder: Path) -> dict[Path, bytes]:
    """Read all files; those that go away meanwhile, as the side files of a database do, hold nothing."""
    found = {}
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            if path.is_file():
                found[path] = path.read_bytes()
    return found
