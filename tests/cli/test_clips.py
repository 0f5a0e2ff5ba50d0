"""`heatcli clips`: what it lists, changes and forgets."""

import os
import pty
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from heatcli.store.store import Store
from tests.support.command_line import answer, done, refused, run
from tests.support.make_clips import aged
from tests.support.places import ROOT
from tests.support.store_runs import START, clip_row, expected_rows, live_rows, put


@pytest.fixture
def store(folder: Path) -> Store:
    """Three cameras, of which two are in a shop, each with a clip an hour from 23:59:50 UTC on."""
    (folder / "heatcli.toml").write_text(
        '[cameras.door]\nlocation = "Shop"\nlabels = ["ways"]\n[cameras.till]\nlocation = "Shop"\n'
    )
    store = Store.create_or_open(folder / "heat-store")
    for camera in ("door", "till", "yard"):
        for hour in range(3):
            put(store, clip_row(camera, f"{hour:016x}", start=START + timedelta(hours=hour)))
    return store


def clips(*options: str) -> list[tuple[str, str]]:
    """The camera of each clip that is listed, and when it starts."""
    return [(clip["camera"], clip["start"]) for clip in answer(run("clips", *options, "--json"))["clips"]]


def held(store: Store) -> dict[str, int]:
    """The number of clips of each camera."""
    cameras = [row.camera for row in store.clips()]
    return {camera: cameras.count(camera) for camera in cameras}


def test_a_camera_that_the_store_does_not_have_is_refused(store: Store) -> None:
    line = refused(run("clips", "--camera", "dor"))
    assert "no camera 'dor' in the store; it has 'door'" in line


@pytest.mark.parametrize(
    ("options", "cameras", "hours"),
    [
        ((), ("door", "till", "yard"), (0, 1, 2)),
        (("--location", "shop", "--label", "ways"), ("door",), (0, 1, 2)),
        # It starts ten seconds before one o'clock in Zagreb, and belongs to the hour before.
        (("--camera", "yard", "--from", "2026-03-15T01:00"), ("yard",), (1, 2)),
        (("--camera", "yard", "--to", "2026-03-15T01:00"), ("yard",), (0,)),
        (("--location", "shop", "--date", "2026-03-15", "--clip", f"{1:016x}"), ("door", "till"), (1,)),
        (("--date", "2026-03-14"), (), ()),
    ],
)
def test_clips_are_listed_by_camera_place_and_time(
    store: Store, options: tuple[str, ...], cameras: tuple[str, ...], hours: tuple[int, ...]
) -> None:
    chosen = [(camera, (START + timedelta(hours=hour)).isoformat()) for camera in cameras for hour in hours]
    assert clips(*options) == chosen


def test_sizes_are_told_of_clips_and_cameras(store: Store) -> None:
    put(store, clip_row("yard", "f" * 16, frames=2000, start=START + timedelta(days=1)))
    *small, large = answer(run("clips", "--camera", "yard", "--json"))["clips"]
    assert large["stored_bytes"] > 5 * max(clip["stored_bytes"] for clip in small)
    table = done(run("clips", "--camera", "yard")).stdout.splitlines()
    assert {line.split()[-3] for line in table[1:]} == {"kB"}
    sums = {
        camera["camera"]: camera["stored_bytes"] for camera in answer(run("cameras", "--json"))["cameras"]
    }
    assert sums["yard"] == large["stored_bytes"] + sum(clip["stored_bytes"] for clip in small)
    assert sums["door"] < sums["yard"]


@pytest.mark.parametrize(
    "change", [["--remove"], ["--forget"], ["--shift", "+1h"], ["--rename-camera", "door", "gate"]], ids=str
)
def test_nothing_changes_unless_somebody_agrees(store: Store, change: list[str]) -> None:
    before = live_rows(store)
    chosen = ["--camera", "door", "--from", "2026-03-15T01:00"]
    line = refused(run("clips", *change, *chosen))
    assert "2 clips of door (2026-03-15 01:59:50+01:00 to 2026-03-15 02:59:50+01:00)" in line
    assert "--yes" in line
    told = done(run("clips", *change, *chosen, "--dry-run"))
    assert "would " in told.stderr
    assert len(told.stdout.splitlines()) == 3
    assert live_rows(store) == before


@pytest.mark.parametrize(("said", "left"), [(b"n\n", 3), (b"y\n", 2)])
def test_on_a_terminal_it_asks(store: Store, said: bytes, left: int) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, said)
    program = [
        sys.executable,
        "-m",
        "heatcli",
        "clips",
        "--remove",
        "--clip",
        f"{0:016x}",
        "--camera",
        "door",
    ]
    ended = subprocess.run(
        program,
        stdin=theirs,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=store.path.parent,
    )
    assert b"Remove 1 clip of door (2026-03-15 00:59:50+01:00)? [y/N]" in ended.stderr
    assert ended.returncode == (1 if left == 3 else 0)
    assert held(store)["door"] == left


@pytest.mark.parametrize("change", [["--remove"], ["--forget"], ["--shift", "+1h"]], ids=str)
def test_a_change_of_everything_must_be_said(store: Store, change: list[str]) -> None:
    assert "say which clips are meant" in refused(run("clips", *change, "--yes"))
    assert "no clip is chosen" in refused(run("clips", *change, "--yes", "--date", "2020-01-01"))


@pytest.mark.parametrize(
    "change", [("--remove",), ("--shift", "+1h"), ("--set-start", "2026-03-14T10:00"), ("--restart",)]
)
def test_a_part_of_a_name_changes_nothing(store: Store, change: tuple[str, ...]) -> None:
    before = store.table("clips").version()
    for option, text in (("camera", "Till"), ("location", "sho"), ("label", "way")):
        line = refused(run("clips", f"--{option}", text, *change, "--yes"))
        assert f"no {option} {text!r}" in line
    assert store.table("clips").version() == before


def test_a_change_that_is_repeated_takes_no_other_camera(store: Store) -> None:
    put(store, clip_row("till2", "f" * 16))
    done(run("clips", "--forget", "--camera", "till", "--yes"))
    assert "no camera 'till' in the store; it has 'till2'" in refused(
        run("clips", "--forget", "--camera", "till", "--yes")
    )
    assert held(store) == {"door": 3, "till2": 1, "yard": 3}
    done(run("clips", "--remove", "--camera", "T*", "--yes"))
    assert held(store) == {"door": 3, "yard": 3}


def test_clips_of_a_period_are_removed(store: Store) -> None:
    done(run("clips", "--remove", "--location", "Shop", "--to", "2026-03-15T02:00", "--yes"))
    assert held(store) == {"door": 1, "till": 1, "yard": 3}


def test_all_cameras_of_a_recorder_are_moved_at_once(store: Store) -> None:
    version = store.table("clips").version()
    done(run("clips", "--shift", "-1d", "--location", "Shop", "--yes"))
    assert store.table("clips").version() == version + 1
    starts = clips("--clip", f"{1:016x}")
    moved = (START + timedelta(days=-1, hours=1)).isoformat()
    assert starts == [("door", moved), ("till", moved), ("yard", (START + timedelta(hours=1)).isoformat())]
    assert live_rows(store) == set().union(*map(expected_rows, store.clips()))


def test_a_camera_gets_another_name_with_all_its_rows(store: Store) -> None:
    others = {row for row in live_rows(store) if row[0] != "door"}
    version = store.table("clips").version()
    told = done(run("clips", "--rename-camera", "door", "gate 人", "--yes")).stderr
    assert store.table("clips").version() == version + 1
    assert held(store) == {"gate 人": 3, "till": 3, "yard": 3}
    expected = set().union(*(expected_rows(row) for row in store.clips("gate 人")))
    assert live_rows(store) == others | expected
    assert "heatcli.toml still has camera door" in told


def test_clips_that_were_given_a_wrong_camera_are_given_the_right_one(store: Store) -> None:
    put(store, clip_row("dor", "f" * 16, start=START + timedelta(hours=9)))
    done(run("clips", "--rename-camera", "dor", "door", "--yes"))
    assert held(store) == {"door": 4, "till": 3, "yard": 3}


def test_a_camera_does_not_get_a_clip_twice(store: Store) -> None:
    before = live_rows(store)
    line = refused(run("clips", "--rename-camera", "door", "till", "--yes"))
    assert f"camera till already has clip {0:016x}" in line
    assert "no camera 'dor' in the store" in refused(run("clips", "--rename-camera", "dor", "x", "--yes"))
    assert live_rows(store) == before


def analysed(clip: Path, *options: str) -> str:
    (told,) = answer(run("analyze", clip, "--detector", "motion", "--json", *options))["clips"]
    return str(told["status"])


def test_a_forgotten_clip_does_not_come_back(
    walkers: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under its name, under another one, and without being read; a removed clip does come back."""
    clip = folder / "door.mp4"
    clip.write_bytes(walkers.read_bytes())
    aged(clip)
    assert analysed(clip) == "analysed"
    done(run("clips", "--remove", "--camera", "door", "--yes"))
    assert analysed(clip) == "analysed"
    done(run("clips", "--forget", "--camera", "door", "--yes"))
    with monkeypatch.context() as patch:
        patch.setattr("heatcli.store.catalog.clip_id", lambda path: pytest.fail(f"{path} was read"))
        assert analysed(clip) == "forgotten"
        assert "--force analyses it again" in done(run("analyze", clip, "--detector", "motion")).stderr
    clip.rename(folder / "moved.mp4")
    assert analysed(folder / "moved.mp4", "--camera", "door") == "forgotten"
    assert Store.open(folder / "heat-store").clips() == []
    assert analysed(folder / "moved.mp4", "--camera", "door", "--force") == "analysed"
    assert analysed(folder / "moved.mp4", "--camera", "door") == "skipped"


def test_what_is_forgotten_stays_so_when_its_camera_gets_another_name(walkers: Path, folder: Path) -> None:
    paths: list[Path] = [folder / f"door_2026031{day}_120000.mp4" for day in (4, 5)]
    for number, path in enumerate(paths):
        path.write_bytes(walkers.read_bytes() + bytes(8 + number))
        aged(path)
        assert analysed(path, "--camera", "door") == "analysed"
    done(run("clips", "--forget", "--camera", "door", "--date", "2026-03-14", "--yes"))
    done(run("clips", "--rename-camera", "door", "gate", "--yes"))
    statuses: list[Any] = [analysed(path, "--camera", "gate") for path in paths]
    assert statuses == ["forgotten", "skipped"]
