"""Names of files: whatever a camera is called, Windows takes what is written, and a store can go there."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path, PurePath, PureWindowsPath

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.config.globs import matches
from heatcli.errors import UsageError
from heatcli.files import create_file, file_name, replacing
from heatcli.store.commit import check_camera_name
from heatcli.store.store import Store
from tests.support.command_line import done, run
from tests.support.store_runs import START, clip_row, put

NAMES = ("CON", "nul", "aux.1", "Lpt9", r"\\nvr\ch1", 'a:b*?"<>|', "C:door", " till ", "入口/1", "50%", "[2]")

# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³])\s*(\..*)?", re.IGNORECASE)
FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]')


def refused_by_windows(path: PurePath) -> list[str]:
    """Names of a path that Windows refuses, or takes for another one."""
    return [
        name
        for name in path.parts
        if RESERVED.fullmatch(name) or FORBIDDEN.search(name) or name.endswith((".", " "))
    ]


def test_the_rule_knows_what_windows_refuses() -> None:
    for name in ("CON", "con.txt", "Lpt1.tar.gz", "a:b", "why?", "door.", "door ", "tab\t"):
        assert refused_by_windows(PurePath(name)) == [name]
    assert not refused_by_windows(PurePath("camera=CON/console.txt/.night"))


def test_windows_takes_every_file_of_a_store_and_of_its_reports(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    store = Store.create_or_open(folder / "heat-store")
    for number, name in enumerate(NAMES):
        start = START - timedelta(days=2)
        put(store, clip_row(name, f"{number:016x}", start=start), plate=np.full((36, 64, 3), 90, np.uint8))
    done(run("zone", "--circle", "0.5,0.5,0.4", "--by", "day"))
    done(run("render"))
    done(run("export", "daily", "--start", "2026-03-12", "-o", "reports", "--format", "csv,parquet"))
    done(run("correct", "--camera", "nul", "--drop", f"{1:016x}:1"))
    done(run("clips", "--compact"))
    written = [file.relative_to(folder) for file in folder.rglob("*")]
    found = {file.parts[1] for file in written if len(file.parts) > 2 and file.parts[0] == "heat-store"}
    assert found >= {"tracks", "clips", "trajectories", "plates", "partials", "journal", "corrections"}
    assert not [file for file in written if refused_by_windows(file)]
    # In all there is room for 260 characters, with the folder that the store is in.
    assert max(len(str(PureWindowsPath(file))) for file in written) < 180


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300))
def test_two_cameras_share_no_file_that_windows_takes(camera: str) -> None:
    assert not refused_by_windows(PurePath(f"heat-{file_name(camera)}.png"))
    assert file_name(camera) != file_name(camera + "?")


def test_a_folder_that_windows_would_call_otherwise_is_refused_there(monkeypatch: pytest.MonkeyPatch) -> None:
    check_camera_name("door.")
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(UsageError, match=r"'door\.' ends in a full stop, which no folder on Windows may"):
        check_camera_name("door.")


def as_on_windows(name: str) -> str:
    return name.replace("/", "\\").lower()


@pytest.mark.parametrize("normcase", [str, as_on_windows])
def test_patterns_ignore_case_where_the_file_system_does(
    normcase: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("os.path.normcase", normcase)
    assert matches("CH1/*.mp4", Path("CH1/10-00.mp4"), folder=Path())
    assert matches("ch1/*.mp4", Path("CH1/10-00.MP4"), folder=Path()) is (normcase is as_on_windows)


def test_a_file_that_somebody_reads_is_replaced_once_they_are_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = [PermissionError(13, "somebody has it open")] * 3

    def replace(beside: Path, path: Path) -> None:
        if refusals:
            raise refusals.pop()
        beside.rename(path)

    monkeypatch.setattr("os.replace", replace)
    with pytest.raises(PermissionError), replacing(tmp_path / "report.html") as beside:
        beside.write_text("new")
    assert not list(tmp_path.iterdir())
    monkeypatch.setattr("sys.platform", "win32")
    with replacing(tmp_path / "report.html") as beside:
        beside.write_text("new")
    assert (tmp_path / "report.html").read_text() == "new"


def test_a_new_file_replaces_none(tmp_path: Path) -> None:
    create_file(tmp_path / "0.json", b"first")
    with pytest.raises(FileExistsError):
        create_file(tmp_path / "0.json", b"second")
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"first"]
