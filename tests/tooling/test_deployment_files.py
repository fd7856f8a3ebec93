"""Compose files and templates hold what the deployment guide and the settings say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hivesync_dev.paths import ROOT, VENV_BIN

CONTRACT_WORKER_VARIABLES = {
    *("WORKER_SHARED_SECRET", "WORKER_SHARED_SECRET_PREVIOUS", "BACKEND_URL"),
    *("PREVIEW_TOKEN_SECRET", "PREVIEW_TOKEN_SECRET_PREVIOUS"),
    *("AI_ENGINE", "AI_MODEL", "AI_MODEL_PREMIUM", "OPENAI_BASE_URL", "OPENAI_API_KEY"),
}
CONTRACT_AGENT_VARIABLES = {
    *("HIVESYNC_SERVER_URL", "HIVESYNC_PROFILE", "HIVESYNC_TOKEN"),
    *("HIVESYNC_RUNTIME_DIR", "HIVESYNC_CONFIG_DIR", "HIVESYNC_STATE_DIR", "HIVESYNC_LOG_DIR"),
    *("HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE"),
}


def template_names(name: str) -> set[str]:
    text = (ROOT / "env_templates" / name).read_text()
    return set(re.findall(r"^(?:# ?)?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))


def compose(file: str, folder: Path = ROOT) -> dict[str, Any]:
    command = [
        str(VENV_BIN / "docker-compose"),
        "--file",
        file,
        "--profile",
        "*",
        "config",
        "--format",
        "json",
    ]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    config: dict[str, Any] = json.loads(result.stdout)
    return config


@pytest.fixture
def operators_clone(tmp_path: Path) -> Path:
    """A clone in which the operator has copied the template, as the guide says."""
    shutil.copy(ROOT / "docker-compose.prod.yml", tmp_path)
    (tmp_path / "server").mkdir()
    shutil.copy(ROOT / "env_templates" / "backend.env.example", tmp_path / "server" / ".env")
    return tmp_path


@pytest.fixture
def local_clone(tmp_path: Path) -> Path:
    """A clone in which a developer has copied both templates, as the guide says."""
    shutil.copy(ROOT / "docker-compose.yml", tmp_path)
    for part, template in (("server", "backend"), ("worker", "worker")):
        (tmp_path / part).mkdir()
        shutil.copy(ROOT / "env_templates" / f"{template}.env.example", tmp_path / part / ".env")
    return tmp_path


def test_the_workers_template_names_every_variable() -> None:
    assert template_names("worker.env.example") == CONTRACT_WORKER_VARIABLES


def test_the_agents_template_names_every_variable() -> None:
    assert template_names("agent.env.example") == CONTRACT_AGENT_VARIABLES


def test_the_worker_reads_no_variable_that_its_template_lacks() -> None:
    bindings = (ROOT / "worker" / "src" / "env.ts").read_text()
    read = set(re.findall(r"readonly ([A-Z][A-Z0-9_]+)\?: string", bindings))
    assert read
    assert read <= template_names("worker.env.example")


def test_agent_and_sdk_read_exactly_the_templates_variables() -> None:
    sources = [path for part in ("sdk", "desktop_agent") for path in (ROOT / part / "src").rglob("*.py")]
    read = {name for path in sources for name in re.findall(r'"(HIVESYNC_[A-Z_]+)"', path.read_text())}
    assert read == {name for name in template_names("agent.env.example") if name.startswith("HIVESYNC_")}


def test_local_compose_runs_the_four_services_of_the_guide() -> None:
    services = compose("docker-compose.yml")["services"]
    assert set(services) == {"server", "worker", "postgres", "redis"}


def test_local_compose_gives_backend_and_worker_the_same_secret() -> None:
    services = compose("docker-compose.yml")["services"]
    secrets = {services[name]["environment"]["WORKER_SHARED_SECRET"] for name in ("server", "worker")}
    assert len(secrets) == 1
    assert len(secrets.pop()) >= 32


@pytest.mark.parametrize("password", ["", "f3a9 'of' $our own"])
def test_local_compose_takes_the_password_of_the_backends_env_file(local_clone: Path, password: str) -> None:
    template = (local_clone / "server" / ".env").read_text()
    line = f'POSTGRES_PASSWORD="{password.replace("$", "$$")}"'
    (local_clone / "server" / ".env").write_text(template.replace("POSTGRES_PASSWORD=", line))
    services = compose("docker-compose.yml", local_clone)["services"]
    for name, program in (("server", "hivesync-server"), ("postgres", "docker-entrypoint.sh")):
        given = started(services[name], program)
        assert given["POSTGRES_PASSWORD"] == (password or "hivesync-local")
        assert (given["POSTGRES_DB"], given["POSTGRES_USER"]) == ("hivesync", "hivesync")


def test_local_compose_hands_the_workers_env_file_over(local_clone: Path) -> None:
    (local_clone / "worker" / ".env").write_text("WORKER_SHARED_SECRET=another\nAI_ENGINE=outline\n")
    given = compose("docker-compose.yml", local_clone)["services"]["worker"]["environment"]
    assert given["AI_ENGINE"] == "outline"
    assert given["WORKER_SHARED_SECRET"] != "another", "the backend's, which is set for both"
    assert "CLOUDFLARE_INCLUDE_PROCESS_ENV=true" in (ROOT / "worker" / "Dockerfile").read_text()


def started(service: dict[str, Any], program: str) -> dict[str, str]:
    """Give the environment in which the service's command begins, with `env` in its place."""
    command = [part.replace("$$", "$") for part in service["entrypoint"]]
    assert service["command"][0] == program
    run = subprocess.run([*command, "env", "-0"], env=plain(service), capture_output=True, check=True)
    return dict(entry.split("=", 1) for entry in run.stdout.decode().split("\0") if entry)


def plain(service: dict[str, Any]) -> dict[str, str]:
    values = {name: value.replace("$$", "$") for name, value in service["environment"].items()}
    return values | {"PATH": os.environ["PATH"]}


@pytest.mark.parametrize("file", ["docker-compose.yml", "docker-compose.prod.yml"])
def test_no_port_is_published_beyond_this_machine(file: str, operators_clone: Path) -> None:
    folder = operators_clone if file.endswith("prod.yml") else ROOT
    published = [
        port for service in compose(file, folder)["services"].values() for port in service.get("ports", [])
    ]
    assert published
    assert {port["host_ip"] for port in published} == {"127.0.0.1"}


def test_production_listens_where_the_guides_nginx_looks(operators_clone: Path) -> None:
    server = compose("docker-compose.prod.yml", operators_clone)["services"]["server"]
    assert [port["published"] for port in server["ports"]] == ["8000"]
    assert "proxy_pass http://127.0.0.1:8000/;" in (ROOT / "deploy" / "nginx" / "hivesync.conf").read_text()


def test_production_is_production_whatever_the_env_file_says(operators_clone: Path) -> None:
    (operators_clone / "server" / ".env").write_text("HIVESYNC_ENV=local\nDEBUG=true\n")
    server = compose("docker-compose.prod.yml", operators_clone)["services"]["server"]
    assert server["environment"]["HIVESYNC_ENV"] == "production"


def test_production_refuses_to_start_without_its_env_file(tmp_path: Path) -> None:
    shutil.copy(ROOT / "docker-compose.prod.yml", tmp_path)
    with pytest.raises(AssertionError, match=r"server/\.env"):
        compose("docker-compose.prod.yml", tmp_path)


def test_nginx_accepts_the_site(tmp_path: Path) -> None:
    from hivesync_dev.testing import require_tool

    nginx = require_tool("nginx", "apt-get install nginx-light")
    site = ROOT / "deploy" / "nginx" / "hivesync.conf"
    main = tmp_path / "nginx.conf"
    main.write_text(f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}} http {{ include '{site}'; }}")
    result = subprocess.run([nginx, "-t", "-c", str(main)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
