"""A bug of a night's run leaves what a report of it needs, without anything having been set up before."""

import os
import platform
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

import heatcli
from heatcli.cli import crash_log
from tests.support.command_line import run


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's state folder, which is not there yet."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def crash(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    """Run into a bug."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("float division\nby zero")

    monkeypatch.setattr("heatcli.commands.analyze.find_clips", broken)
    return run("analyze", "till 1.mp4", *arguments)


def test_a_bug_is_one_line_that_names_its_log(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = crash(monkeypatch)
    assert result.exit_code == 70
    log = state / "heatcli/heatcli.log"
    assert result.stderr == (
        f"heatcli: a bug: ZeroDivisionError: float division; please report it with the log {log}\n"
    )
    text = log.read_text()
    assert "\ncommand: heatcli analyze 'till 1.mp4'\n" in text
    assert f"\nheatcli {heatcli.__version__}, Python {platform.python_version()}, " in text
    assert re.search(r"\bav \d.*\bpolars \d.*\bdeltalake \d", text)
    assert re.search(r"Traceback .*, in broken\n.*\nby zero\n$", text, flags=re.DOTALL)
    assert re.match(r"== \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d\n", text)


def test_a_log_goes_on_and_does_not_grow_without_end(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crash_log, "_MAX_BYTES", 10_000)
    for night in range(60):
        crash(monkeypatch, "--camera", f"night-{night}")
    files = list((state / "heatcli").iterdir())
    assert len(files) == 4
    assert all(file.stat().st_size <= 10_000 for file in files)
    nights = [
        int(night)
        for file in sorted(files, reverse=True, key=lambda file: file.name)
        for night in re.findall(r"--camera night-(\d+)\n", file.read_text())
    ]
    # Without a gap up to the newest, which is in the file that is named.
    assert nights == list(range(nights[0], 60))


def test_without_the_variable_the_log_is_in_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert str(tmp_path / ".local/state/heatcli/heatcli.log") in crash(monkeypatch).stderr
    assert (tmp_path / ".local/state/heatcli/heatcli.log").exists()


def unwritable(state: Path) -> None:
    state.write_text("a file where a folder should be")


def full(state: Path) -> None:
    (state / "heatcli").mkdir(parents=True)
    (state / "heatcli/heatcli.log").symlink_to("/dev/full")


@pytest.mark.parametrize(
    ("fault", "why"), [(unwritable, "Not a directory"), (full, "No space left on device")]
)
def test_a_log_that_cannot_be_written_is_told_in_the_same_line(
    fault: Callable[[Path], None], why: str, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(state)
    result = crash(monkeypatch, "--json")
    assert result.exit_code == 70
    assert result.stderr.count("\n") == 1
    assert f"its log {state}/heatcli/heatcli.log could not be written ({why})" in result.stderr
    assert result.stdout == '{"error": "a bug: ZeroDivisionError: float division"}\n'


def test_file_names_that_are_no_text_get_into_the_log(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert crash(monkeypatch, os.fsdecode(b"caf\xe9.mp4")).exit_code == 70
    assert r"caf\udce9.mp4" in (state / "heatcli/heatcli.log").read_text()
