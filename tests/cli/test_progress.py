"""How far a command is, on a terminal: which clip or camera, and how long all of them still take."""

import os
import pty
import re
import subprocess
import sys
import termios
from datetime import timedelta
from pathlib import Path

import pytest

from heatcli.analysis.progress import ClipResult
from heatcli.cli.show.clip_progress import AnalyzeProgress
from heatcli.store.store import Store
from tests.support.make_clips import aged
from tests.support.places import ROOT
from tests.support.store_runs import START, clip_row, put


def on_a_terminal(*arguments: object) -> str:
    """Return what a command writes to a terminal."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, 150))
    process = subprocess.Popen(
        [sys.executable, "-m", "heatcli", *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 4096):
            said += part
    except OSError:
        pass  # the terminal has nobody any more who writes to it
    assert process.wait() == 0, said
    return said.decode()


def test_an_analysis_tells_which_clip_it_is_at(walkers: Path, folder: Path) -> None:
    for number in range(3):
        clip = folder / f"door_2026031{number}_120000.mp4"
        clip.write_bytes(walkers.read_bytes() + bytes(8 + number))
        aged(clip)
    options = ("--camera", "door", "--detector", "motion", "--workers", "1")
    said = on_a_terminal("analyze", *folder.glob("*.mp4"), *options)
    assert {"clip 1 of 3", "clip 2 of 3", "clip 3 of 3"} <= set(re.findall(r"clip \d of \d", said))
    assert re.search(r"clip 2 of 3, \d+ (s|min)[^:]* left: door_2026031", said)
    alone = on_a_terminal("analyze", walkers, "--camera", "till", "--detector", "motion")
    assert "clip 1" not in alone


@pytest.mark.parametrize(
    ("command", "steps"),
    [
        # Two cameras on each of two days, and two kinds of files: one bar for all.
        (("export", "daily", "--start", "2026-03-15", "--compare-previous", "--format", "csv,json"), 6),
        (("compare", "--a", "2026-03-15", "--b", "2026-03-16"), 2),
    ],
    ids=["export", "compare"],
)
def test_a_report_and_a_comparison_tell_how_much_is_left(
    folder: Path, command: tuple[str, ...], steps: int
) -> None:
    store = Store.create_or_open(folder / "heat-store")
    for camera in ("door", "till"):
        for day in range(2):
            put(store, clip_row(camera, f"{day:016x}", start=START + timedelta(hours=12, days=day)))
    told = on_a_terminal(*command)
    assert set(re.findall(r"\d+/(\d+) \[", told)) == {str(steps)}
    assert f"/{steps} [" not in on_a_terminal(*command, "--quiet")


def test_the_time_left_is_that_of_all_clips(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("heatcli.cli.show.clip_progress.time.monotonic", lambda: now)
    progress = AnalyzeProgress(quiet=True)
    progress.expect(12)
    # Those that are passed over take no time.
    progress.end(ClipResult("a", "skipped", message="-"))
    progress.begin("b", 1000)
    assert progress._label() == "clip 2 of 12: b"
    now += 60
    progress.advance("b", 500)
    assert progress._label() == "clip 2 of 12, 21 min left: b"
    now += 60
    progress.end(ClipResult("b", "analysed", message="-"))
    progress.begin("c", None)
    assert progress._label() == "clip 3 of 12, 20 min left: c"
    # With several processes, all clips in work are told.
    progress.begin("folder/d", 1000)
    progress.advance("folder/d", 1000)
    assert progress._label() == "clips 3 to 4 of 12, 9 min left: c, d"
    progress.end(ClipResult("c", "analysed", message="-"))
    assert progress._label() == "clip 4 of 12, 5 min 20 s left: d"
