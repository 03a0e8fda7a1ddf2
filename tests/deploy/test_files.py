"""What lies in deploy/ names only what is there: paths, verbs and their options, settings, addresses."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import typer
import yaml
from django.urls import resolve

from regulars import __main__ as entry
from regulars.project.gateway import gateway
from regulars.project.place import CHECKOUT
from regulars.project.serve import serve, worker

DEPLOY = CHECKOUT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text()
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
UNITS = sorted(DEPLOY.glob("*.service"))
SETTINGS = (CHECKOUT / "docs/SETTINGS.md").read_text()
OURS = re.compile(r"\b(?:REGULARS|DATABASE)_[A-Z_]+\b")
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+[a-z/]+")


def steps() -> list[tuple[str, str]]:
    joined = CONTAINERFILE.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def verbs() -> typer.Typer:
    app = typer.Typer()
    for verb in (serve, worker, gateway):
        app.command()(verb)
    return app


def settings_of(unit: Path) -> Iterator[tuple[str, str]]:
    for line in unit.read_text().splitlines():
        name, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            yield name, value


def commands() -> Iterator[list[str]]:
    """What is given to `regulars` by the image, by each service and by each unit."""
    yield yaml.safe_load(next(rest for word, rest in steps() if word == "CMD"))
    for service in COMPOSE["services"].values():
        if "command" in service:
            yield service["command"]
    for unit in UNITS:
        yield shlex.split(dict(settings_of(unit))["ExecStart"].partition("-m regulars ")[2])


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_is_one_of_ours(words: list[str]) -> None:
    assert words
    command: Any = typer.main.get_command(verbs())
    verb = command.get_command(None, words[0])
    assert verb is not None
    verb.make_context(words[0], words[1:])
    assert entry.HELP.isdisjoint(words)


def test_every_name_of_a_setting_is_explained() -> None:
    files = [path for path in DEPLOY.iterdir() if path.is_file()]
    named = {name for path in files for name in OURS.findall(path.read_text())}
    assert len(named) >= 8
    assert [name for name in sorted(named) if f"`{name}`" not in SETTINGS] == []


def test_what_goes_into_the_image_is_there() -> None:
    ignored = (DEPLOY / "Containerfile.dockerignore").read_text().splitlines()
    copied = [rest.split()[:-1] for word, rest in steps() if word == "COPY" and not rest.startswith("--from")]
    assert copied
    for [source] in copied:
        assert (CHECKOUT / source).exists()
        assert f"!{source}" in ignored, "the build would not see it"


def test_the_image_runs_without_rights_and_is_looked_at() -> None:
    kinds = [word for word, _ in steps()]
    said = dict(steps())
    assert said["USER"] == "10001:10001"
    assert "HEALTHCHECK" in kinds
    assert kinds.index("USER") < kinds.index("ENTRYPOINT")
    assert "ADD" not in kinds
    assert ":latest" not in CONTAINERFILE


def test_addresses_that_are_asked_are_ours() -> None:
    asked = [ADDRESS.findall(text) for text in (CONTAINERFILE, (DEPLOY / "compose.yaml").read_text())]
    found = [address for some in asked for address in some]
    assert len(found) == 2
    for address in found:
        assert resolve(urlsplit(address).path).func.__name__ == "livez"


def test_services_have_no_more_rights_than_they_need() -> None:
    ours = {name: one for name, one in COMPOSE["services"].items() if name != "database"}
    assert set(ours) == {"web", "worker", "gateway"}
    for one in ours.values():
        assert one["read_only"] is True
        assert one["cap_drop"] == ["ALL"]
        assert "/tmp" in one["tmpfs"]
        assert one["depends_on"]["database"]["condition"] == "service_healthy"
        assert all(port.startswith("127.0.0.1:") for port in one.get("ports", []))
    mounted = [volume.partition(":")[0] for one in COMPOSE["services"].values() for volume in one.get("volumes", [])]
    assert {name for name in mounted if not name.startswith(".")} == set(COMPOSE["volumes"])
    assert all((DEPLOY / name).is_file() for name in mounted if name.startswith("."))


def test_no_file_holds_a_secret() -> None:
    for path in DEPLOY.iterdir():
        for name, value in re.findall(r"(?<!{)\b(\w*(?:PASSWORD|SECRET)\w*)[:=] *(\S+)", path.read_text()):
            assert value.startswith(("${", '"$', "$")), f"{path.name}: {name}"


def test_roles_are_made_as_the_addresses_name_them() -> None:
    script = (DEPLOY / "roles.sh").read_text()
    subprocess.run(["sh", "-n"], input=script, text=True, check=True)
    text = (DEPLOY / "compose.yaml").read_text()
    for role in re.findall(r"postgresql://(\w+):", text):
        assert f"CREATE ROLE {role} LOGIN" in script


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_say_what_systemd_knows(unit: Path, tmp_path: Path) -> None:
    said = dict(settings_of(unit))
    [program, *_] = said["ExecStart"].split()
    assert program == "/opt/regulars/.venv/bin/python"
    assert "docs/runbooks/running.md" in said["Documentation"]
    assert said["ProtectSystem"] == "strict"
    verifier = shutil.which("systemd-analyze")
    if verifier is None:
        return
    # The program lies where the operator puts it; everything else must be right.
    there = tmp_path / unit.name
    there.write_text(unit.read_text().replace(program, "/bin/true"))
    done = subprocess.run([verifier, "verify", str(there)], capture_output=True, text=True, check=False)
    assert unit.name not in done.stderr
