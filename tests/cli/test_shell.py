"""What heatcli is to a shell: its completion, its version, and which configuration it has read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from heatcli.store.store import Store
from heatcli.version import __version__
from tests.support.command_line import done, run
from tests.support.places import ROOT
from tests.support.store_runs import clip_row, put


def heatcli(*arguments: str, **variables: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "heatcli", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("heatcli re", {"render", "report"}),
        ("heatcli c", {"cameras", "check", "clips", "compare", "correct"}),
        ("heatcli clips --re", {"--remove", "--rename-camera", "--repair", "--restart"}),
        ("heatcli render --metric o", {"occupancy_pct"}),
    ],
)
def test_a_shell_completes_commands_options_and_choices(typed: str, offered: set[str]) -> None:
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1)}
    assert set(heatcli(_HEATCLI_COMPLETE="complete_bash", **words).split()) == offered


def test_a_shell_is_told_how_to_complete() -> None:
    assert "complete -o default -F _heatcli_completion heatcli" in heatcli(_HEATCLI_COMPLETE="source_bash")


def test_the_version_is_told() -> None:
    assert done(run("--version")).stdout == f"heatcli {__version__}\n"


@pytest.fixture
def away(walkers: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration that a store was made with; the current folder is another one."""
    shop = folder / "my shop"
    shop.mkdir()
    (shop / "heatcli.toml").write_text(
        '[cameras.walkers]\ndetector = "motion"\n'
        "[cameras.walkers.zones]\ntill = { circle = [0.5, 0.5, 0.4] }\n"
    )
    done(run("analyze", walkers, "--config", shop / "heatcli.toml", "--store", folder / "store"))
    monkeypatch.setenv("HEATCLI_STORE", str(folder / "store"))
    return shop / "heatcli.toml"


@pytest.mark.parametrize("command", ["zone", "render", "compare", "cameras", "clips", "export"])
def test_a_configuration_that_was_not_read_is_told(away: Path, command: str) -> None:
    options = {
        "compare": ["--a", "2026-03-14", "--b", "2026-03-15"],
        "export": ["daily", "--format", "csv", "--start", "2026-03-14"],
    }.get(command, [])
    told = f"no heatcli.toml in this folder; analyze has used {away}; add --config '{away}'"
    assert told in run(command, *options).stderr
    assert told not in run(command, *options, "--config", away).stderr
    assert told not in run(command, *options, "--quiet").stderr


def test_nothing_is_told_where_no_configuration_was_used(folder: Path) -> None:
    put(Store.create_or_open(folder / "heat-store"), clip_row())
    assert "heatcli.toml in this folder" not in done(run("clips")).stderr
    (folder / "heat-store" / "last-config").write_text(str(folder / "gone.toml"))
    assert "heatcli.toml in this folder" not in done(run("clips")).stderr
