"""Whoever corrects a time zone or a pattern is heard: stored clips move without their videos."""

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from heatcli.store.clips import ClipRow
from heatcli.store.store import Store
from tests.support.command_line import answer, done, run
from tests.support.known_clips import know

pytestmark = pytest.mark.usefixtures("folder")

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
DOOR = '[cameras.door]\nsources = ["door_*"]\ndetector = "motion"\n'


def configure(text: str) -> None:
    Path("heatcli.toml").write_text(text)


def clips() -> list[ClipRow]:
    return Store.open(Path("heat-store")).clips()


def commits() -> int:
    return Store.open(Path("heat-store")).table("clips").version()


def test_a_corrected_time_zone_is_told_and_one_commit_moves_the_clips() -> None:
    files = [Path(f"door_20260314_12000{number}.mp4") for number in range(3)]
    for number, file in enumerate(files):
        know(file, start=NOON.replace(second=number), timezone="UTC")
    configure('timezone = "UTC"\n' + DOOR)
    assert done(run("analyze", "--quiet")).output == ""
    configure('timezone = "Europe/Zagreb"\n' + DOOR)
    (line,) = done(run("analyze", "--quiet")).stderr.splitlines()
    assert re.search(
        r"door_20260314_120000.mp4: starts 2026-03-14 12:00:00.*heatcli clips --restart.*2 more", line
    )
    assert [one.start.hour for one in clips()] == [12, 12, 12]

    for file in files:
        file.rename(f"{file}.away")  # the videos are not needed
    before = commits()
    assert "would start" in done(run("clips", "--restart", "--dry-run")).stderr
    assert commits() == before
    done(run("clips", "--restart"))
    assert commits() == before + 1
    store = Store.open(Path("heat-store"))
    assert [(one.start.hour, one.start_source, one.timezone) for one in clips()] == [
        (11, "name", "Europe/Zagreb")
    ] * 3
    live = [one.run for one in clips()]
    rows = pl.read_delta(str(store.path / "tracks"))
    assert set(rows.filter(pl.col("run").is_in(live))["time"].dt.hour()) == {11}
    for file in files:
        Path(f"{file}.away").rename(file)
    assert done(run("analyze", "--quiet")).output == ""
    assert "all clips start" in done(run("clips", "--restart")).stderr


def test_a_corrected_pattern_is_told_and_moves_the_clips() -> None:
    # 5 April, which a first pattern took for 4 May.
    know(Path("door_05-04-26_12.00.00.mp4"), start=datetime(2026, 5, 4, 12, tzinfo=UTC), timezone="UTC")
    configure('timezone = "UTC"\n' + DOOR + 'time_pattern = "*_%d-%m-%y_%H.%M.%S"\n')
    assert "heatcli clips --restart" in done(run("analyze", "--quiet")).stderr
    done(run("clips", "--restart", "--camera", "door"))
    (clip,) = clips()
    assert (clip.start, clip.start_source) == (datetime(2026, 4, 5, 12, tzinfo=UTC), "pattern")


def test_a_pattern_that_fits_no_longer_is_told() -> None:
    know(Path("door_20260314_120000.mp4"), start=NOON, timezone="UTC")
    configure('timezone = "UTC"\n' + DOOR + 'time_pattern = "*_%d-%m-%y_%H.%M.%S"\n')
    for result in (run("analyze", "--quiet"), run("clips", "--restart", "--quiet")):
        (line,) = done(result).stderr.splitlines()
        assert "door_20260314_120000.mp4" in line
        assert "time_pattern" in line


def test_a_start_that_only_the_configuration_says_moves_at_once() -> None:
    know(Path("door_a.mp4"), start=NOON, timezone="UTC", start_source="config")
    configure('timezone = "UTC"\n' + DOOR + "start = 2026-03-14T15:00:00\n")
    assert "would start" in done(run("analyze", "--dry-run")).stderr
    assert clips()[0].start == NOON
    result = run("analyze", "--quiet", "--json")
    (line,) = result.stderr.splitlines()
    assert "door_a.mp4: starts 2026-03-14 15:00:00" in line
    # The same run tells the start that the store has from now on.
    assert answer(result)["clips"][0]["start"] == "2026-03-14T15:00:00+00:00"
    (clip,) = clips()
    assert (clip.start, clip.start_source) == (NOON.replace(hour=15), "config")
    assert done(run("analyze", "--quiet")).output == ""


def test_a_start_that_was_given_by_hand_stays() -> None:
    know(Path("door_20260314_120000.mp4"), start=NOON.replace(hour=7), timezone="UTC", start_source="option")
    configure('timezone = "UTC"\n' + DOOR)
    assert done(run("analyze", "--quiet")).output == ""
    done(run("clips", "--restart"))
    assert clips()[0].start.hour == 7


def test_a_time_zone_is_corrected_where_the_start_does_not_hang_on_it() -> None:
    know(Path("door_a.mp4"), start=NOON, timezone="UTC", start_source="container")
    configure('timezone = "Europe/Zagreb"\n' + DOOR)
    assert "heatcli clips --restart" in done(run("analyze", "--quiet")).stderr
    done(run("clips", "--restart"))
    (clip,) = clips()
    assert (clip.start, clip.start_source, clip.timezone) == (NOON, "container", "Europe/Zagreb")


def test_a_time_zone_that_nobody_names_corrects_nothing() -> None:
    know(Path("door_20260314_120000.mp4"), start=NOON.replace(hour=11), timezone="Europe/Zagreb")
    configure(DOOR)
    assert done(run("analyze", "--quiet")).output == ""
    done(run("clips", "--restart"))
    assert clips()[0].start.hour == 11


@pytest.mark.parametrize("changed", ["sample_fps = 5\n", "start = 2026-03-14T15:00:00\nsample_fps = 5\n"])
def test_what_was_given_by_hand_stays_where_a_setting_has_changed(walkers: Path, changed: str) -> None:
    file = Path("door_20260314_120000.mp4")
    shutil.copy2(walkers, file)
    know(file, start=NOON.replace(hour=7), timezone="Europe/Zagreb", start_source="option")
    configure(DOOR + changed)
    (told,) = answer(run("analyze", "--json"))["clips"]
    assert told["status"] == "analysed"
    (clip,) = clips()
    assert (clip.start, clip.start_source, clip.timezone) == (
        NOON.replace(hour=7),
        "option",
        "Europe/Zagreb",
    )
    done(run("analyze", "--force", "--quiet"))
    (clip,) = clips()
    assert (clip.start_source, clip.timezone) == ("config" if "start" in changed else "name", "UTC")


def test_a_clip_whose_name_does_not_say_its_time_keeps_the_start_it_was_given(walkers: Path) -> None:
    file = Path("door_05-04-2024 13-00-00.mp4")
    shutil.copy2(walkers, file)
    know(file, start=NOON, timezone="UTC", start_source="option")
    configure(DOOR + "sample_fps = 5\n")
    (told,) = answer(run("analyze", "--json"))["clips"]
    assert (told["status"], told["start_source"]) == ("analysed", "option")


def test_a_time_zone_that_only_the_command_line_named_stays(walkers: Path) -> None:
    file = Path("door_20260314_120000.mp4")
    shutil.copy2(walkers, file)
    know(file, start=NOON.replace(hour=11), timezone="Europe/Zagreb")
    configure(DOOR + "sample_fps = 5\n")
    (told,) = answer(run("analyze", "--json"))["clips"]
    assert told["status"] == "analysed"
    (clip,) = clips()
    assert (clip.start, clip.start_source, clip.timezone) == (NOON.replace(hour=11), "name", "Europe/Zagreb")


TRUTH = "".join(f"{frame},1,100,100,20,60,1,1,1\n" for frame in range(1, 11))
MOT = ("--format", "mot", "--size", "640x360", "--fps", "10", "--frames", "50")


def test_an_import_heeds_the_configuration() -> None:
    Path("truth").mkdir()
    Path("truth/door_20260314_120000.txt").write_text(TRUTH)
    Path("truth/yard_05-04-26_12.00.00.txt").write_text(TRUTH)
    configure(
        'timezone = "Europe/Zagreb"\nstore = "shop"\nlog = "shop.log"\n'
        '[cameras.door]\nsources = ["truth/door_*"]\n'
        '[cameras.yard]\nsources = ["truth/yard_*"]\ntimezone = "UTC"\ntime_pattern = "*_%d-%m-%y_%H.%M.%S"\n'
    )
    for file in sorted(Path("truth").iterdir()):
        assert done(run("import", file, *MOT, "--quiet")).output == ""
    found = {
        one.camera: (one.start, one.start_source, one.timezone) for one in Store.open(Path("shop")).clips()
    }
    assert found == {
        "door": (NOON.replace(hour=11), "name", "Europe/Zagreb"),
        "yard": (datetime(2026, 4, 5, 12, tzinfo=UTC), "pattern", "UTC"),
    }
    assert "door_20260314_120000.txt: door, 1 trajectory" in Path("shop.log").read_text()


def test_what_an_import_assumes_is_told() -> None:
    Path("gt.txt").write_text(TRUTH)
    assert "--camera" in run("import", "gt.txt", *MOT).stderr
    assert "--start" in run("import", "gt.txt", *MOT, "--camera", "door").stderr
    at = ("--start", "2026-03-14T12:00")
    (line,) = done(run("import", "gt.txt", *MOT, "--camera", "door", *at, "--quiet")).stderr.splitlines()
    assert "no time zone is named" in line
    Path("again.txt").write_text(TRUTH.replace("100", "110"))
    result = run("import", "again.txt", *MOT, "--camera", "door", *at, "--quiet", "--timezone", "UTC")
    (line,) = done(result).stderr.splitlines()
    assert "overlap by 5.0 s" in line
