"""`heatcli import` of many files: their clips are in the store together, in few files, or not at all."""

from pathlib import Path

import pytest

from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.checks import check
from heatcli.store.store import Store
from tests.support.command_line import answer, done, refused, run

FORM = ("--format", "mot", "--size", "640x360", "--fps", "10", "--frames", "100")
HERE = ("--camera", "door", "--timezone", "Europe/Zagreb")


def write(folder: Path, number: int) -> Path:
    """A file of somebody who walks, named by its hour."""
    file = folder / f"door_202603{14 + number // 24}_{number % 24:02}0000.txt"
    file.write_text("".join(f"{frame},1,{10 + 3 * frame + number},20,20,60,1\n" for frame in range(1, 61)))
    return file


def test_many_files_are_clips_that_share_the_files_of_the_store(folder: Path) -> None:
    files = [write(folder, number) for number in range(60)]
    (single,) = answer(run("import", files[0], *HERE, *FORM, "--store", "single", "--json"))["clips"]
    told = answer(run("import", *files, *HERE, *FORM, "--json"))["clips"]
    assert [Path(clip["path"]).name for clip in told] == [file.name for file in files]
    assert told[0] == single
    assert told[25]["start"] == "2026-03-15T00:00:00+00:00"
    store = Store.open(folder / "heat-store")
    assert len(store.clips("door")) == 60
    assert check(store).faults == ()
    (camera,) = selected_cameras(store, Selection())
    assert camera.covered_us == 60 * 10_000_000
    assert sum(1 for file in (folder / "heat-store").rglob("*") if file.is_file()) < 40


@pytest.mark.parametrize(
    ("name", "walker", "start", "message"),
    [
        ("door_20260401_000000.txt", None, (), "door_20260401_000000.txt"),
        ("door_20260401_000000.txt", 0, (), "has the same bytes as"),
        ("door.txt", 9, (), "nothing says when it was recorded"),
        ("door_20260401_000000.txt", 9, ("--start", "2026-03-14"), "one start for 3 clips"),
    ],
    ids=["no trajectories", "the same twice", "no time", "one start"],
)
def test_all_files_or_none(
    folder: Path, name: str, walker: int | None, start: tuple[str, ...], message: str
) -> None:
    text = "no numbers" if walker is None else write(folder, walker).read_text()
    files = [write(folder, 0), write(folder, 1), folder / name]
    files[2].write_text(text)
    result = run("import", *files, *HERE, *FORM, *start)
    assert message in refused(result, 1 if walker is None else 2)
    assert not (folder / "heat-store").exists() or Store.open(folder / "heat-store").clips() == []


def test_clips_that_overlap_within_one_import_are_told(folder: Path) -> None:
    first, second = write(folder, 0), write(folder, 1)
    second = second.rename(folder / "door_20260314_000005.txt")
    told = done(run("import", first, second, *HERE, *FORM)).stderr
    assert "overlap by 5.0 s" in told
