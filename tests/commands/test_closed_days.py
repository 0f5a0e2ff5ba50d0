"""Days that are over are computed once; whatever decides their numbers, they are those of all rows."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from heatcli.commands.zone import ZoneQuery, zone_report
from heatcli.config.models import load_config
from heatcli.config.settings import RenderSettings
from heatcli.heat.heatmap import HeatMaps
from heatcli.names import By, Metric, TrackingMode
from heatcli.select import one_pass
from heatcli.select.reader import read_rows
from heatcli.select.rows import Rows
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.store import Store
from tests.select.test_mergeable import same
from tests.support.aggregation import read_into
from tests.support.command_line import done, run
from tests.support.export_shop import CONFIG, ZAGREB, record

STORE = Path("heat-store")


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days: two clips that meet at midnight, one that goes over it, and one at noon."""
    store = Store.create_or_open(tmp_path_factory.mktemp("days") / "store")
    for start in ("2026-06-14 23:58:20", "2026-06-15 00:00:00", "2026-06-15 12:00:00", "2026-06-15 23:59:10"):
        record(store, datetime.fromisoformat(start).replace(tzinfo=ZAGREB), people=3)
    return store.path


@pytest.fixture(autouse=True)
def shop(folder: Path, days: Path) -> None:
    Path("heatcli.toml").write_text(CONFIG)
    copytree(days, STORE)


def answers(*, keeps: bool, by: By = By.DAY, **selection: Any) -> list[Any]:
    """Ask for zones, lines and all maps of the shop."""
    store, asked, config = Store.open(STORE, keeps=keeps), Selection(**selection), load_config(None)
    reports = zone_report(store=store, selection=asked, query=ZoneQuery(), by=by, config=config)
    found: list[Any] = [
        (one.zones, one.everybody, one.lines, one.everybody_lines, one.kinds) for one in reports
    ]
    for camera in selected_cameras(store, asked, config):
        found.append(
            read_into(HeatMaps(camera, RenderSettings(grid_resolution=32), list(Metric)), camera).result()
        )
    return found


def partials() -> list[Path]:
    return sorted(STORE.glob("partials/*/*.arrow"))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Rows]:
    """Batches of rows that are read."""
    batches: list[Rows] = []

    def noted(*arguments: Any, **options: Any) -> Iterator[Rows]:
        for rows in read_rows(*arguments, **options):
            batches.append(rows)
            yield rows

    monkeypatch.setattr(one_pass, "read_rows", noted)
    return batches


def test_the_same_question_again_and_one_of_a_longer_period_read_no_rows(read: list[Rows]) -> None:
    wanted = answers(keeps=False)
    whole = sum(map(len, read))
    read.clear()
    same(answers(keeps=True), wanted)
    assert sum(map(len, read)) == whole
    read.clear()
    same(answers(keeps=True), wanted)
    by_month = answers(keeps=True, by=By.MONTH)
    assert not read
    same(by_month, answers(keeps=False, by=By.MONTH))


def clip(start: str) -> str:
    return f"{int(datetime.fromisoformat(start).replace(tzinfo=ZAGREB).timestamp()):016x}"


def analyse_again() -> None:
    start = datetime(2026, 6, 15, 12, tzinfo=ZAGREB)
    record(Store.open(STORE), start, people=5, clip=clip("2026-06-15 12:00:00"))


def come_late() -> None:
    record(Store.open(STORE), datetime(2026, 6, 15, 12, 0, 30, tzinfo=ZAGREB), people=2)


def configure(old: str, new: str) -> Callable[[], None]:
    def change() -> None:
        text = Path("heatcli.toml").read_text()
        assert old in text
        Path("heatcli.toml").write_text(text.replace(old, new))

    return change


def command(*arguments: str) -> Callable[[], None]:
    def change() -> None:
        done(run(*arguments))

    return change


NOON = clip("2026-06-15 12:00:00")
NIGHT = clip("2026-06-15 23:59:10")
CHANGES: dict[str, Callable[[], None]] = {
    "a clip is analysed again": analyse_again,
    "a clip comes late, and overlaps": come_late,
    "a clip is removed": command("clips", "--remove", "--clip", NOON, "--yes"),
    "the clock of a clip is moved": command("clips", "--shift", "+1h", "--clip", NOON, "--yes"),
    "the clock moves a clip to another day": command("clips", "--shift", "-30s", "--clip", NIGHT, "--yes"),
    "somebody is nobody": command("correct", "--drop", f"{NOON}:2"),
    "two are one": command("correct", "--merge", f"{NOON}:1, {NIGHT}:1"),
    "one is two": command("correct", "--split", f"{NOON}:2@0:00:50"),
    "a zone is moved": configure("[0.25, 0.5, 0.1]", "[0.3, 0.5, 0.1]"),
    "a line is moved": configure("[0.5, 0.8]", "[0.7, 0.8]"),
    "short visits do not count": configure(
        "[cameras.shop.zones]", "[cameras.shop]\nmin_dwell_s = 101\n[cameras.shop.zones]"
    ),
    "opening hours": configure(
        "[cameras.shop.zones]", '[cameras.shop]\nschedule = ["00:00-12:01"]\n[cameras.shop.zones]'
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_is_counted(change: str) -> None:
    before = answers(keeps=True)
    CHANGES[change]()
    now = answers(keeps=True)
    same(now, answers(keeps=False))
    with pytest.raises(AssertionError):
        same(now, before)


def test_a_filter_is_another_question() -> None:
    for selection in (
        {},
        {"min_dwell_s": 99.0},
        {"hours": ("11:00-13:00",)},
        {"tracking_mode": TrackingMode.CENTROID},
    ):
        same(answers(keeps=True, **selection), answers(keeps=False, **selection))


def test_damaged_files_are_told_and_computed_again(caplog: pytest.LogCaptureFixture) -> None:
    wanted = answers(keeps=True)
    files = partials()
    for number, file in enumerate(files):
        data = bytearray(file.read_bytes())
        if number % 2:
            data[len(data) // 2] ^= 1
        file.write_bytes(data if number % 2 else data[: len(data) // 2])
    same(answers(keeps=True), wanted)
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == len(files)
    assert all("damaged" in line and "computed again" in line for line in told)
    assert partials() == files
    caplog.clear()
    same(answers(keeps=True), wanted)
    assert not caplog.records


def test_a_store_that_cannot_be_written_goes_without(caplog: pytest.LogCaptureFixture) -> None:
    (STORE / "partials").write_text("in the way")
    same(answers(keeps=True), answers(keeps=False))
    assert not caplog.records


def test_only_days_that_are_over_and_whole_are_kept() -> None:
    # Far from midnight: a row of yesterday may stand for the first minutes of today, which is then looked at.
    noon = datetime.now(ZAGREB).replace(hour=12, minute=0, second=0, microsecond=0)
    record(Store.open(STORE), noon, camera="now")
    answers(keeps=True)
    assert {file.parent.name for file in partials()} == {"camera=shop"}
    assert {file.name[:10] for file in partials()} == {"2026-06-14", "2026-06-15", "2026-06-16"}
    known = partials()
    answers(keeps=True, cameras=("shop",), end=datetime(2026, 6, 15, 12, 1, tzinfo=ZAGREB))
    days = {file.name[:10] for file in partials() if file not in known}
    assert days <= {"2026-06-14"}


def test_no_cache_neither_reads_nor_keeps_anything(read: list[Rows]) -> None:
    first = done(run("zone", "--by", "day", "--no-cache")).stdout
    assert not partials()
    assert done(run("zone", "--by", "day")).stdout == first
    assert partials()
    read.clear()
    assert done(run("zone", "--by", "day", "--no-cache")).stdout == first
    assert read


def test_compacting_removes_what_nobody_can_ask_for() -> None:
    answers(keeps=True)
    before = partials()
    done(run("clips", "--compact"))
    assert partials() == before
    analyse_again()
    said = done(run("clips", "--compact")).stderr
    left = partials()
    assert {file.name[:10] for file in set(before) - set(left)} == {"2026-06-15"}
    assert f"{len(before) - len(left)} partial results" in said


def test_nothing_of_what_is_erased_is_kept_of_its_day() -> None:
    answers(keeps=True)
    before = partials()
    done(run("purge", "--camera", "shop", "--date", "2026-06-14", "--yes"))
    left = {file.name[:10] for file in partials()}
    # The clip that goes on after midnight is another one now, so the next day has to be computed again.
    assert "2026-06-14" not in left
    assert len(partials()) < len(before)
    same(answers(keeps=True), answers(keeps=False))
