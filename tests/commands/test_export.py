"""`heatcli export` from end to end: what a user types, which files there are, and what they tell."""

import csv
import itertools
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner, Result

from heatcli import Period, export_report, who_is_who
from heatcli.cli.app import app
from heatcli.names import Metric, PeriodKind, ReportFormat
from heatcli.picture.contact_sheet import Tile, gallery
from heatcli.report.maps import map_picture
from heatcli.report.report import make_report
from heatcli.report.rows_file import SCHEMA
from heatcli.select.selection import Selection
from heatcli.store.files import data_files, scan
from heatcli.store.schema import TableName
from heatcli.store.store import Store
from tests.support.places import ROOT
from tests.support.report_stores import put_people

Heatcli = Callable[..., Result]
Table = list[dict[str, str]]

ZAGREB = ZoneInfo("Europe/Zagreb")
CONFIG = """
[cameras.shop.zones]
till = { circle = [0.25, 0.5, 0.1] }
left = { polygon = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]] }
door = { line = [[0.5, 0.2], [0.5, 0.8]] }
"""


def record(
    store: Store,
    start: datetime,
    *,
    people: int = 2,
    seconds: int = 100,
    camera: str = "shop",
    clip: str = "",
) -> None:
    """Commit a clip of one frame a second: one person stands at the till, the others cross the line."""
    steps = np.arange(seconds)
    feet = [np.column_stack([np.full(seconds, 160.0), np.full(seconds, 180.0)])]
    for number in range(1, people):
        feet.append(np.column_stack([20 + 600 * steps / seconds, np.full(seconds, 100.0 + 20 * number)]))
    put_people(
        store,
        clip or f"{int(start.timestamp()):016x}",
        start=start,
        times_us=(steps * 1_000_000).tolist(),
        dt_us=[1_000_000] * seconds,
        feet=np.array(feet),
        camera=camera,
        timezone=str(start.tzinfo),
    )


@pytest.fixture(scope="module")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with 100 s of each of two days."""
    store = Store.create_or_open(tmp_path_factory.mktemp("two-days") / "heat-store")
    record(store, datetime(2026, 3, 13, 10, 0, tzinfo=ZAGREB), people=1)
    record(store, datetime(2026, 3, 14, 10, 59, 10, tzinfo=ZAGREB), people=3)
    return store.path


@pytest.fixture
def heatcli_(two_days: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Heatcli:
    """Run a command in a folder of its own that has a store."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HEATCLI_STORE", raising=False)
    (tmp_path / "heatcli.toml").write_text(CONFIG)
    shutil.copytree(two_days, tmp_path / "heat-store")

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(a) for a in arguments])

    return run


@pytest.fixture
def export(heatcli_: Heatcli) -> Heatcli:
    """Run `heatcli export`."""
    return lambda *arguments: heatcli_("export", *arguments)


def done(result: Result) -> Result:
    assert result.exit_code == 0, result.output
    return result


def table(path: Path) -> Table:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def of_frame(rows: Table) -> Table:
    return [row for row in rows if row["zone"] == "whole frame" and row["period"] != "total"]


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


# Periods.


@pytest.mark.parametrize(
    ("kind", "start", "folder", "labels"),
    [
        ("daily", "2026-03-14", "daily-2026-03-14", ("2026-03-14 00:00", "2026-03-14 23:00", 24)),
        ("daily", "2026-03-29", "daily-2026-03-29", ("2026-03-29 00:00", "2026-03-29 23:00", 23)),
        ("daily", "2026-10-25", "daily-2026-10-25", ("2026-10-25 00:00", "2026-10-25 23:00", 25)),
        ("weekly", "2026-03-14", "weekly-2026-W11", ("2026-03-09", "2026-03-15", 7)),
        ("weekly", "2027-01-03", "weekly-2026-W53", ("2026-12-28", "2027-01-03", 7)),
        ("monthly", "2028-02-29", "monthly-2028-02", ("2028-02-01", "2028-02-29", 29)),
        ("annual", "2026-12-31", "annual-2026", ("2026-01", "2026-12", 12)),
    ],
)
def test_any_day_stands_for_its_calendar_period(
    export: Heatcli, kind: str, start: str, folder: str, labels: tuple[str, str, int]
) -> None:
    done(export(kind, "--start", start, "--format", "csv"))
    buckets = of_frame(table(Path(folder, "time.csv")))
    assert (buckets[0]["period"], buckets[-1]["period"], len(buckets)) == labels
    assert all(one["to"] == other["from"] for one, other in itertools.pairwise(buckets))


def test_an_hour_that_the_clock_shows_twice_is_two(export: Heatcli) -> None:
    done(export("daily", "--start", "2026-10-25", "--format", "csv"))
    labels = [row["period"] for row in of_frame(table(Path("daily-2026-10-25/time.csv")))]
    assert labels[2:4] == ["2026-10-25 02:00+02:00", "2026-10-25 02:00+01:00"]


def test_the_default_is_the_last_day_that_is_over_everywhere(export: Heatcli) -> None:
    far = ZoneInfo("Pacific/Pago_Pago")
    record(Store.open(Path("heat-store")), datetime(2026, 3, 14, 10, tzinfo=far), camera="far")
    days = [datetime.now(far).date() - timedelta(1)]
    told = json.loads(done(export("daily", "--format", "csv", "--json")).stdout)
    days.append(datetime.now(far).date() - timedelta(1))
    assert date.fromisoformat(told["period"]["first"]) in days
    assert "2026-03-14" not in told["folder"]


def test_the_default_goes_by_the_clock_that_a_camera_has_now(export: Heatcli) -> None:
    # Between the two it is never the same day.
    now, once = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Etc/GMT+12")
    for zone, day in ((once, 15), (now, 17)):
        record(Store.open(Path("heat-store")), datetime(2026, 3, day, 10, tzinfo=zone))
    days = [datetime.now(now).date() - timedelta(1)]
    told = json.loads(done(export("daily", "--format", "csv", "--json")).stdout)
    days.append(datetime.now(now).date() - timedelta(1))
    assert date.fromisoformat(told["period"]["first"]) in days


def test_the_days_are_those_of_the_period_whatever_the_view_says(export: Heatcli) -> None:
    Path("heatcli.toml").write_text(CONFIG + '[views.old]\ndates = "2025-01-01"\nhours = "11:00-12:00"\n')
    done(export("daily", "--start", "2026-03-14", "--view", "old", "--format", "csv"))
    total = table(Path("daily-2026-03-14/time.csv"))[24]
    assert (total["period"], total["selected_s"], total["covered_s"]) == ("total", "3600.0", "50.0")


# What the files say.


def test_the_table_is_that_of_zone_and_the_whole_frame_first(export: Heatcli, heatcli_: Heatcli) -> None:
    done(export("daily", "--start", "2026-03-14", "--format", "csv", "--max-dwell", "99999"))
    where = ["--date", "2026-03-14", "--by", "hour", "--max-dwell", "99999"]
    done(heatcli_("zone", *where, "-o", "zones.csv"))
    done(heatcli_("zone", *where, "--polygon", "0,0,1,0,1,1,0,1", "-o", "frame.csv"))
    rows = table(Path("daily-2026-03-14/time.csv"))
    frame = [{**row, "zone": "whole frame"} for row in table(Path("frame.csv"))]
    assert rows == [*frame, *table(Path("zones.csv"))]
    assert [row["covered_s"] for row in frame if row["covered_s"] != "0.0"] == ["50.0", "50.0", "100.0"]


def test_what_was_not_watched_is_empty_and_never_0(export: Heatcli) -> None:
    done(export("daily", "--start", "2026-03-14", "--format", "csv"))
    (row,) = [row for row in of_frame(table(Path("daily-2026-03-14/time.csv"))) if "09:00" in row["period"]]
    known = {name for name, value in row.items() if value}
    assert known == {"camera", "zone", "period", "from", "to", "selected_s", "covered_s"}
    assert (row["selected_s"], row["covered_s"]) == ("3600.0", "0.0")


def test_the_cells_are_those_of_render(export: Heatcli, heatcli_: Heatcli) -> None:
    drawn = ["--grid-resolution", "20", "--smoothing", "0"]
    done(export("daily", "--start", "2026-03-14", "--metrics", "all", *drawn, "--format", "csv"))
    for metric in ("dwell_time", "avg_occupancy", "occupancy_pct", "unique_visits"):
        done(heatcli_("render", "--date", "2026-03-14", "--metric", metric, *drawn, "-o", "map.csv"))
        assert Path(f"daily-2026-03-14/heat-shop-{metric}.csv").read_bytes() == Path("map.csv").read_bytes()


def test_the_period_before_stands_beside_the_map_on_the_same_scale(heatcli_: Heatcli) -> None:
    store = Store.open(Path("heat-store"))
    record(store, datetime(2026, 3, 14, 12, tzinfo=ZAGREB), people=1)

    def picture(day: int, *, compare_previous: bool = False) -> NDArray[np.uint8]:
        report = make_report(
            store=store,
            selection=Selection(),
            period=Period.around(PeriodKind.DAILY, date(2026, 3, day)),
            made_at=datetime.now(UTC),
            compare_previous=compare_previous,
        )
        return map_picture(report, report.cameras[0], Metric.DWELL_TIME)

    def till(drawn: NDArray[np.uint8]) -> NDArray[np.int64]:
        gap = 8
        color: NDArray[np.int64] = drawn[-gap - 360 + 180, gap + 160].astype(np.int64)
        return color

    before, now, both = picture(13), picture(14), picture(14, compare_previous=True)
    assert (both[:, -now.shape[1] :] == now).all()
    # On the day before, the hottest place had half of that.
    assert np.abs(till(before) - till(now)).max() < 4
    assert np.abs(till(both) - till(now)).max() > 40


def test_each_map_says_what_it_is_of_and_how_much_was_covered(
    export: Heatcli, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, str | None, str | None]] = []

    def laid_out(tiles: list[Tile], columns: int) -> Any:
        said.extend((tile.name, tile.detail, tile.note) for tile in tiles)
        return gallery(tiles, columns)

    monkeypatch.setattr("heatcli.report.maps.gallery", laid_out)
    done(export("daily", "--start", "2026-03-15", "--compare-previous", "--format", "png"))
    assert said == [
        ("shop", "Saturday, 14 March 2026: 1 min 40 s of 1 d covered", None),
        ("shop", "Sunday, 15 March 2026: nothing recorded in that time", "recorded nothing in that time"),
    ]


def test_the_period_before_has_a_table_and_cells_of_its_own(export: Heatcli) -> None:
    done(export("daily", "--start", "2026-03-13", "--format", "csv", "-o", "alone"))
    done(export("daily", "--start", "2026-03-14", "--format", "csv", "--compare-previous"))
    alone, both = Path("alone/daily-2026-03-13"), Path("daily-2026-03-14")
    for name in ("time", "heat-shop-dwell_time"):
        assert (both / f"{name}-previous.csv").read_bytes() == (alone / f"{name}.csv").read_bytes()


def test_rows_are_what_counts_with_the_documented_columns(
    export: Heatcli, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = ["--start", "2026-03-14", "--hours", "10:00-11:00", "--format", "parquet"]
    done(export("daily", *where))
    path = Path("daily-2026-03-14/tracks-shop.parquet")
    rows = pl.read_parquet(path)
    assert rows["weight_us"].sum() == 3 * 50 * 1_000_000
    assert rows["time"].dtype == pl.Datetime("us", "UTC")
    assert rows["time"].min() == datetime(2026, 3, 14, 9, 59, 10, tzinfo=UTC)
    assert rows["time"].is_sorted()
    # The tracking point is that of the box, and boxes are of who stands at the till.
    till = rows.filter(pl.col("track") == 1)
    assert set(till.select("x", "y").unique().row(0)) == {160.0, 180.0}
    assert till.select("x1", "y1", "x2", "y2").unique().row(0) == (150, 120, 170, 180)
    persons = who_is_who(Store.open(Path("heat-store")))
    assert rows.join(persons, on=["camera", "clip", "track", "person"], how="anti").is_empty()

    section = (ROOT / "docs/reports.md").read_text().split("### `tracks-")[1].split("\n## ")[0]
    cells = [line.split("|")[1:3] for line in section.splitlines() if line.startswith("| `")]
    documented = [(name.strip(" `"), kind.strip()) for names, kind in cells for name in names.split(",")]
    kinds = {
        pl.String(): "text",
        pl.Boolean(): "bool",
        pl.Int32(): "int32",
        pl.Int64(): "int64",
        pl.Float32(): "float32",
        pl.Float64(): "float64",
        pl.Datetime("us", "UTC"): "datetime µs, UTC",
    }
    assert documented == [(name, kinds[dtype]) for name, dtype in rows.schema.items()]

    # Many batches, as of a long period, are the same file.
    monkeypatch.setattr("heatcli.select.reader._BATCH_ROWS", 7)
    whole = path.read_bytes()
    done(export("daily", *where))
    assert path.read_bytes() == whole


def test_rows_of_a_period_without_any_have_the_columns(export: Heatcli) -> None:
    done(export("daily", "--start", "2026-03-15", "--format", "parquet"))
    rows = pl.read_parquet("daily-2026-03-15/tracks-shop.parquet")
    assert rows.is_empty()
    assert rows.schema == SCHEMA


def test_selections_hold(export: Heatcli) -> None:
    where = ["--roi", "0,0,0.3,0,0.3,1,0,1", "--camera", "sho*", "--weekdays", "mon-fri"]
    done(export("weekly", "--start", "2026-03-14", "--format", "parquet,csv", *where))
    rows = pl.read_parquet("weekly-2026-W11/tracks-shop.parquet")
    assert rows["time"].dt.date().unique().to_list() == [date(2026, 3, 13)]
    assert rows["x"].max() == 160
    assert table(Path("weekly-2026-W11/time.csv"))[7]["selected_s"] == f"{5 * 86400.0}"


def test_json_tells_what_was_written(export: Heatcli) -> None:
    result = done(export("daily", "--start", "2026-03-14", "--format", "csv,parquet,csv", "--json"))
    told = json.loads(result.stdout)
    assert told["period"]["label"] == "2026-03-14"
    assert told["folder"] == "daily-2026-03-14"
    names = ["time.csv", "heat-shop-dwell_time.csv", "tracks-shop.parquet"]
    assert told["files"] == [f"daily-2026-03-14/{name}" for name in names]
    (camera,) = told["cameras"]
    assert (camera["camera"], camera["selected_s"], camera["covered_s"]) == ("shop", 86400.0, 100.0)
    assert camera["people"] == {"all": 3, "counted": 3, "left_out": 0}
    assert "daily-2026-03-14: Saturday, 14 March 2026" in result.stderr
    assert "shop: 1 min 40 s of 1 d covered" in result.stderr


def test_all_formats_are_there_and_quiet_is_quiet(export: Heatcli) -> None:
    result = done(export("daily", "--start", "2026-03-14", "--format", "all", "-q", "--compare-previous"))
    assert result.output == ""
    suffixes = {file.suffix.removeprefix(".") for file in Path("daily-2026-03-14").iterdir()}
    assert suffixes == set(ReportFormat)


def test_by_default_there_are_a_page_and_a_workbook(export: Heatcli) -> None:
    done(export("monthly", "--start", "2026-03-14", "-o", "reports/of/all"))
    folder = Path("reports/of/all/monthly-2026-03")
    assert {file.name for file in folder.iterdir()} == {"report.html", "report.xlsx"}


def test_python_gets_the_same(heatcli_: Heatcli, tmp_path: Path) -> None:
    exported = export_report(
        store=Store.open(Path("heat-store")),
        period=Period.around(PeriodKind.WEEKLY, date(2026, 3, 14)),
        output=tmp_path / "python",
        formats=[ReportFormat.CSV],
    )
    assert exported.report.covered_us == 200_000_000
    assert exported.files == tuple(
        tmp_path / "python/weekly-2026-W11" / name for name in ("time.csv", "heat-shop-dwell_time.csv")
    )


# Files that were there before.


def test_a_rerun_writes_the_same_bytes_and_leaves_other_files_alone(export: Heatcli) -> None:
    again = ["weekly", "--start", "2026-03-14", "--format", "png,csv,parquet"]
    done(export(*again))
    folder = Path("weekly-2026-W11")
    first = contents(folder)
    (folder / "notes.txt").write_text("sale on Friday")
    (folder / "time.csv").write_text("of an old version")
    done(export(*again))
    assert contents(folder) == {**first, "notes.txt": b"sale on Friday"}
    done(export("weekly", "--start", "2026-03-02", "--format", "csv"))
    assert contents(folder) == {**first, "notes.txt": b"sale on Friday"}


_KILLED = """
import os, signal, sys
from heatcli.cli.app import main
replace, left = os.replace, 3
def deadly(*paths):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(*paths)
os.replace = deadly
main()
"""


def test_an_export_reads_each_file_of_rows_once(export: Heatcli, monkeypatch: pytest.MonkeyPatch) -> None:
    scanned: Counter[str] = Counter()

    def counting(name: TableName, paths: Iterable[str], camera: str | None) -> pl.LazyFrame:
        scanned.update(paths := list(paths))
        return scan(name, paths, camera)

    monkeypatch.setattr("heatcli.select.reader.scan", counting)
    done(export("daily", "--start", "2026-03-14", "--format", "all", "--filter-outliers", "--min-dwell", "1"))
    store = Store.open(Path("heat-store"))
    files = data_files(store.snapshot().tracks, store.path / "tracks").filter(camera="shop")
    assert scanned
    assert set(scanned) <= set(files["path"].to_list())
    assert set(scanned.values()) == {1}


def test_a_killed_export_leaves_every_file_whole(export: Heatcli) -> None:
    what = ["daily", "--start", "2026-03-14", "--format", "csv,parquet"]
    done(export(*what, "-o", "new"))
    done(export(*what, "--hours", "11:00-12:00"))
    old, new = contents(Path("daily-2026-03-14")), contents(Path("new/daily-2026-03-14"))
    command = [sys.executable, "-c", _KILLED, "export", *what]
    killed = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    # Rows are written while the numbers are computed from them, before all other files.
    changed = ["time.csv", "tracks-shop.parquet"]
    left = {name: file for name, file in contents(Path("daily-2026-03-14")).items() if name[0] != "."}
    assert left.keys() == old.keys()
    assert all(file in (old[name], new[name]) for name, file in left.items())
    assert sorted(name for name, file in left.items() if file != old[name]) == changed


# Names from outside.


def test_cameras_may_be_called_anything(export: Heatcli) -> None:
    names = [
        "<script>alert(1)</script>",
        "north/door",
        "50%",
        "a b 'c' \"d\"",
        "Čokolada 店",
        "..",
        "-x",
        "=1+1",
    ]
    for name in names:
        record(Store.open(Path("heat-store")), datetime(2026, 3, 14, 12, tzinfo=ZAGREB), camera=name)
    formats = "html,xlsx,csv,json,parquet"
    told = json.loads(done(export("daily", "--start", "2026-03-14", "--json", "--format", formats)).stdout)
    assert sorted(camera["camera"] for camera in told["cameras"]) == sorted(["shop", *names])
    # All in this one folder, and none of them twice.
    files = [Path(file) for file in told["files"]]
    assert {file.parent for file in files} == {Path("daily-2026-03-14")}
    assert sorted(file.name for file in files) == sorted(contents(Path("daily-2026-03-14")))
    assert len(files) == 4 + 2 * 9
    assert {row["camera"] for row in table(Path("daily-2026-03-14/time.csv"))} == {"shop", *names}
    assert b"<script>alert" not in Path("daily-2026-03-14/report.html").read_bytes()


def test_a_camera_that_is_not_configured_any_more_is_reported_and_said(export: Heatcli) -> None:
    record(Store.open(Path("heat-store")), datetime(2026, 3, 14, 12, tzinfo=ZAGREB), camera="old door")
    result = done(export("daily", "--start", "2026-03-14", "--format", "csv", "--json"))
    assert [camera["configured"] for camera in json.loads(result.stdout)["cameras"]] == [False, True]
    lines = result.stderr.splitlines()
    (said,) = [line for line in lines if line.startswith("old door: ")]
    assert said.endswith("not in the configuration")
    assert sum("not in the configuration" in line for line in lines) == 1
    assert Path("daily-2026-03-14/heat-old door-dwell_time.csv").exists()
    # Where nothing is configured there is nothing to miss.
    Path("heatcli.toml").unlink()
    assert "configuration" not in done(export("daily", "--start", "2026-03-14", "--format", "csv")).stderr


def test_a_period_without_any_recording_is_a_report_that_says_so(export: Heatcli) -> None:
    result = done(export("monthly", "--start", "2025-01-01", "--format", "html,xlsx,csv,json"))
    assert "shop: nothing recorded in that time" in result.stderr
    rows = table(Path("monthly-2025-01/time.csv"))
    assert {row["covered_s"] for row in rows} == {"0.0"}
    assert {row["unique_visits"] for row in rows} == {""}


def test_a_period_of_which_nothing_is_selected_is_not_called_unrecorded(export: Heatcli) -> None:
    result = done(export("daily", "--start", "2026-03-14", "--weekdays", "mon-fri", "--format", "csv"))
    assert "shop: none of that time is selected" in result.stderr


def test_a_thousand_zones(export: Heatcli) -> None:
    places = (f"z{n} = {{ circle = [{n % 40 / 40}, {n // 40 / 25}, 0.05] }}" for n in range(1000))
    Path("heatcli.toml").write_text("[cameras.shop.zones]\n" + "\n".join(places))
    done(export("daily", "--start", "2026-03-14", "--format", "csv"))
    rows = table(Path("daily-2026-03-14/time.csv"))
    assert len(rows) == 1001 * 25
    assert len({row["zone"] for row in rows}) == 1001


# What cannot be.


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["daily", "--format", "pdf"], 2, "html, xlsx, png, svg, csv, json, parquet"),
        (["daily", "--format", "csv,pdf"], 2, "html, xlsx, png, svg, csv, json, parquet"),
        (["daily", "--format", ""], 2, "html, xlsx"),
        (["daily", "--metrics", "heat"], 2, "dwell_time, avg_occupancy, occupancy_pct, unique_visits"),
        (["fortnightly"], 2, "'daily', 'weekly', 'monthly', 'annual'"),
        (["daily", "--start", "14.3.2026"], 2, "2026-03-14"),
        (["daily", "--start", "2026-03-14..2026-03-15"], 2, "write it as 2026-03-14"),
        (["daily", "--start", "0026-03-14"], 2, "correct the year"),
        (["daily", "--camera", "shpo"], 2, "'shop'"),
        (["daily", "--date", "2026-03-14"], 2, "--date"),
        (["daily", "--store", "nowhere"], 2, "no heat store"),
        (["daily", "--metrics", "all", "--normalization", "absolute", "--max-value", "3"], 2, "--metrics"),
        (["daily", "-o", "heatcli.toml"], 1, "-o"),
        # Told before anything is looked for.
        (["daily", "-o", "heatcli.toml/below", "--camera", "shpo"], 1, "cannot be written"),
    ],
)
def test_what_cannot_be_is_one_line(export: Heatcli, arguments: list[str], code: int, says: str) -> None:
    result = export(*arguments, "--json")
    assert result.exit_code == code
    assert says in json.loads(result.stdout)["error"]
    assert len(json.loads(result.stdout)["error"].splitlines()) == 1
    assert not list(Path().glob("daily-*"))


def test_folders_that_were_made_for_nothing_are_gone_and_others_stay(export: Heatcli) -> None:
    Path("reports/daily-2026-03-14").mkdir(parents=True)
    for place in ("reports", "new/reports"):
        assert export("daily", "--start", "2026-03-14", "-o", place, "--camera", "shpo").exit_code == 2
    assert Path("reports/daily-2026-03-14").is_dir()
    assert not Path("new").exists()


@contextmanager
def small_disk(largest_file: int) -> Iterator[None]:
    """Let no file have more bytes."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize(
    ("kind", "largest", "left"),
    [*((kind, 500, []) for kind in ReportFormat), ("csv", 50_000, ["time.csv"])],
)
def test_a_full_disk_is_one_line(export: Heatcli, kind: str, largest: int, left: list[str]) -> None:
    with small_disk(largest):
        result = export("daily", "--start", "2026-03-14", "--quiet", "--format", kind)
    assert result.exit_code == 1
    assert re.fullmatch(r"heatcli: .*: cannot be written \(.*File too large.*\).*\n", result.stderr)
    assert [path.name for path in Path().glob("daily-*/*")] == left


def test_a_store_without_clips(export: Heatcli) -> None:
    Store.create_or_open(Path("empty"))
    result = export("daily", "--store", "empty")
    assert result.exit_code == 2
    assert "holds no clips" in result.stderr
