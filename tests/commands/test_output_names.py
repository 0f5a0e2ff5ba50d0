"""Where pictures go that the user does not name: no two of them overwrite each other."""

from datetime import timedelta
from pathlib import Path

import pytest

from heatcli.store.store import Store
from tests.support.command_line import answer, done, refused, run
from tests.support.store_runs import START, clip_row, put


@pytest.fixture(autouse=True)
def shop(folder: Path) -> Path:
    """Two cameras with clips of 20 s, one after midnight in Zagreb and one the next day at noon."""
    store = Store.create_or_open(folder / "heat-store")
    for camera in ("door", "till"):
        for number, hours in enumerate((0, 12)):
            put(store, clip_row(camera, f"{number:016x}", start=START + timedelta(minutes=30, hours=hours)))
    return folder


def outputs(*options: str) -> list[str]:
    return [camera["output"] for camera in answer(run("render", "--json", *options))["cameras"]]


@pytest.mark.parametrize(
    ("options", "period"),
    [
        ((), "2026-03-15"),
        (("--date", "2026-03-15"), "2026-03-15"),
        (("--from", "2026-03-14"), "2026-03-14T000000..2026-03-15T133009"),
        (("--from", "2026-03-15T01:00", "--to", "2026-03-15T02:00"), "2026-03-15T0100..2026-03-15T0200"),
        (("--hours", "9-18", "--weekdays", "sat,sun"), "2026-03-15_sat,sun_9-18"),
        (("--date", "2026-03-20"), "2026-03-20"),
    ],
)
def test_a_picture_is_named_by_its_period(options: tuple[str, ...], period: str) -> None:
    assert outputs("--camera", "door", *options) == [f"heat-door-dwell_time-{period}.png"]


def test_pictures_of_two_days_are_two(shop: Path) -> None:
    put(Store.open(shop / "heat-store"), clip_row("door", "f" * 16, start=START + timedelta(days=3)))
    days = [outputs("--camera", "door", "--date", day) for day in ("2026-03-15", "2026-03-18")]
    assert days == [["heat-door-dwell_time-2026-03-15.png"], ["heat-door-dwell_time-2026-03-18.png"]]
    assert outputs("--camera", "door") == ["heat-door-dwell_time-2026-03-15..2026-03-18.png"]


@pytest.mark.parametrize("name", ["maps", "maps/", "maps.d"])
def test_a_folder_takes_a_file_of_each_camera(shop: Path, name: str) -> None:
    if "." in name:
        (shop / name).mkdir()
    folder = Path(name)
    names = [f"heat-{camera}-dwell_time-2026-03-15.png" for camera in ("door", "till")]
    assert outputs("-o", name) == [str(folder / one) for one in names]
    assert sorted(file.name for file in folder.iterdir()) == names
    assert outputs("-o", name, "--columns", "2") == [str(folder / "heat-dwell_time-2026-03-15.png")] * 2
    done(run("compare", "--a", "2026-03-15", "--b", "2026-03-16", "-o", name))
    assert len(list(folder.glob("compare-*-dwell_time-2026-03-15-2026-03-16.png"))) == 2


def test_what_is_no_folder_takes_one_camera() -> None:
    assert "name a folder" in refused(run("render", "-o", "one.png"))
    Path("file").write_text("mine")
    assert "file: no folder can be made there" in refused(run("render", "-o", "file"))
    assert Path("file").read_text() == "mine"
