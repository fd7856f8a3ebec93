"""Settings: read once, refused when unsafe, and never shown."""

from __future__ import annotations

import os
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hivesync_contract.identity import Tier
from hivesync_dev.paths import ROOT
from hivesync_server.settings import VARIABLES, SettingInvalid, load
from hivesync_server.settings.environment import Environment
from hivesync_server.settings.safety import warnings
from hivesync_server.settings.secrets import local_secret

STRONG = "k3Jx9vQ2mZ7wT5bN8rL4cY6pH1sD0fGaUeIoXqWzRtYv"
PRODUCTION = {
    "HIVESYNC_ENV": "production",
    "BASE_URL": "https://api.acme.test",
    "WORKER_URL": "https://worker.acme.test",
    "DATABASE_URL": "postgres://u:p@db.acme.test/hivesync?sslmode=require",
    "R2_ENDPOINT": "https://x.r2.cloudflarestorage.com",
    "R2_ACCESS_KEY": "AKIA1",
    "R2_SECRET_KEY": STRONG[::-1],
    "JWT_SECRET": "j" + STRONG,
    "WORKER_SHARED_SECRET": "w" + STRONG,
}


def test_production_starts_with_all_it_needs() -> None:
    settings = load(PRODUCTION)
    assert (settings.env, settings.debug, settings.http.host) == ("production", False, "0.0.0.0")
    assert settings.tokens.issuer == "https://api.acme.test"
    assert settings.http.secure_cookies


@pytest.mark.parametrize("env", ["staging", "production"])
@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - {"HIVESYNC_ENV", "DATABASE_URL"}))
def test_what_is_missing_is_named(env: str, name: str) -> None:
    with pytest.raises(SettingInvalid, match=f"^{name} "):
        load({key: value for key, value in PRODUCTION.items() if key != name} | {"HIVESYNC_ENV": env})


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SettingInvalid) as caught:
        load({"HIVESYNC_ENV": "staging", "POSTGRES_HOST": "db"})
    assert set(re.findall(r"[A-Z0-9]+_[A-Z0-9_]+", caught.value.detail)) == (
        set(PRODUCTION) - {"HIVESYNC_ENV"} | {"POSTGRES_PASSWORD"}
    )


@pytest.mark.parametrize(
    "name", ["JWT_SECRET", "WORKER_SHARED_SECRET", "PREVIEW_TOKEN_SECRET", "R2_SECRET_KEY"]
)
@pytest.mark.parametrize(
    "weak", ["short", STRONG[:31], "a" * 64, "abababababababababababababababababab", "change-me-" + STRONG]
)
def test_a_weak_secret_is_named(name: str, weak: str) -> None:
    with pytest.raises(SettingInvalid, match=f"^{name} ") as caught:
        load(PRODUCTION | {name: weak})
    assert weak not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "of_compose"),
    [
        ("WORKER_SHARED_SECRET", r"\{WORKER_SHARED_SECRET:-([^}]+)\}"),
        ("WORKER_SHARED_SECRET_PREVIOUS", r"\{WORKER_SHARED_SECRET:-([^}]+)\}"),
        ("POSTGRES_PASSWORD", r"\{POSTGRES_PASSWORD:-([^}]+)\}"),
    ],
)
def test_a_default_of_the_local_compose_file_is_refused(name: str, of_compose: str) -> None:
    (default,) = re.findall(of_compose, (ROOT / "docker-compose.yml").read_text("utf-8"))
    with pytest.raises(SettingInvalid, match=f"^{name} ") as caught:
        load(PRODUCTION | {name: default})
    assert default not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "true"),
        ("BASE_URL", "http://api.acme.test"),
        ("WORKER_URL", "http://worker.acme.test"),
        ("PREVIEW_PUBLIC_URL", "http://p.acme.test"),
        ("R2_ENDPOINT", "http://r2.acme.test"),
        ("JWT_SECRET", PRODUCTION["WORKER_SHARED_SECRET"]),
        ("JWT_SECRET_PREVIOUS", "short"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "mysql://x"),
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("BASE_URL", "api.acme.test"),
        ("BASE_URL", "https://api.acme.test/path"),
        ("BASE_URL", "https://user@api.acme.test"),
        ("LOG_LEVEL", "LOUD"),
        ("HIVESYNC_ENV", "prod"),
        ("TRUSTED_PROXIES", "nginx"),
        ("PREVIEW_DEADLINE_SECONDS", "0"),
        ("EMAIL_PROVIDER", "sendmail"),
        ("TIER_LIMITS", "{"),
        ("TIER_LIMITS", "[]"),
        ("TIER_LIMITS", '{"gold": {}}'),
        ("TIER_LIMITS", '{"free": 5}'),
        ("TIER_LIMITS", '{"free": {"wishes": 3}}'),
        ("TIER_LIMITS", '{"free": {"previews_per_hour": -1}}'),
        ("TIER_LIMITS", '{"free": {"previews_per_hour": true}}'),
        ("TIER_LIMITS", '{"free": {"upload_bytes": null}}'),
    ],
)
def test_what_can_not_be_used_is_named(name: str, value: str) -> None:
    named = "POSTGRES_HOST" if (name, value) == ("DATABASE_URL", "") else name
    with pytest.raises(SettingInvalid, match=f"^{named} "):
        load(PRODUCTION | {name: value})


def test_the_numbers_of_a_tier_can_be_changed_one_by_one() -> None:
    changes = '{"free": {"previews_per_hour": 9, "history_shown": null}}'
    tiers = load(PRODUCTION | {"TIER_LIMITS": changes}).tiers
    assert (tiers[Tier.FREE].previews_per_hour, tiers[Tier.FREE].history_shown) == (9, None)
    assert (tiers[Tier.FREE].previews_per_day, tiers[Tier.PRO].previews_per_hour) == (30, 20)


def test_local_refuses_to_pretend_it_is_production(tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match=r"^DEBUG "):
        load({"HIVESYNC_DATA_DIR": str(tmp_path), "DEBUG": "false"})


@pytest.mark.parametrize(
    ("host", "count"), [("127.0.0.1", 0), ("::1", 0), ("0.0.0.0", 1), ("192.168.1.2", 1)]
)
def test_local_warns_when_others_can_reach_it(tmp_path: Path, host: str, count: int) -> None:
    settings = load({"HIVESYNC_DATA_DIR": str(tmp_path), "HOST": host})
    assert len(list(warnings(settings))) == count


def test_local_makes_its_secrets_once_and_keeps_them_to_itself(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first, second = (load({"HIVESYNC_DATA_DIR": str(folder)}) for _ in range(2))
    assert first.tokens.keys == second.tokens.keys
    assert first.tokens.keys[0] != first.worker.secrets[0]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_two_starts_at_once_agree_on_the_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: local_secret(tmp_path / "data", "JWT_SECRET"), range(32)))
    assert len(made) == 1
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["jwt_secret.secret"]


def test_no_secret_is_shown() -> None:
    shown = repr(load(PRODUCTION)) + str(load(PRODUCTION).tokens.keys[0])
    for secret in (STRONG, "u:p@db"):
        assert secret not in shown


def test_database_parts_are_joined_safely() -> None:
    environ = {name: value for name, value in PRODUCTION.items() if name != "DATABASE_URL"}
    environ |= {"POSTGRES_HOST": "db", "POSTGRES_USER": "a b", "POSTGRES_PASSWORD": "p@ss/w:rd?"}
    url = load(environ).database.postgres.reveal()
    assert url == "postgresql://a%20b:p%40ss%2Fw%3Ard%3F@db:5432/hivesync"


def test_redis_parts_are_joined_safely() -> None:
    environ = PRODUCTION | {"REDIS_HOST": "redis", "REDIS_PASSWORD": "p@ss"}
    assert load(environ).redis_url.reveal() == "redis://:p%40ss@redis:6379/0"


def test_reading_a_variable_that_is_not_listed_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="NEW_ONE"):
        Environment({}).text("NEW_ONE")


def test_the_template_names_every_variable_once_and_explains_it() -> None:
    lines = (ROOT / "env_templates" / "backend.env.example").read_text("utf-8").splitlines()
    names = [match.group(1) for line in lines if (match := re.match(r"(?:# )?([A-Z][A-Z0-9_]+)=", line))]
    assert sorted(names) == sorted(VARIABLES)
    assert len(names) == len(set(names))


def test_the_template_starts_nothing_before_it_is_filled_in() -> None:
    text = (ROOT / "env_templates" / "backend.env.example").read_text("utf-8")
    environ = dict(re.findall(r"^([A-Z][A-Z0-9_]+)=(.*)$", text, re.MULTILINE))
    with pytest.raises(SettingInvalid):
        load(environ)
    filled = environ | {name: PRODUCTION[name] for name in PRODUCTION if not environ.get(name)}
    assert load(filled | {"REDIS_PASSWORD": "x"}).env == "production"


def test_the_real_environment_is_not_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name in VARIABLES:
            monkeypatch.delenv(name)
    assert load({"HIVESYNC_DATA_DIR": str(tmp_path)}).http.base_url == "http://127.0.0.1:4000"
