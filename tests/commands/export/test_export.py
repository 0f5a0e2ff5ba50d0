"""`heatcli export` from end to end: what a user types, which files there are, and what they tell."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from heatcli import Period, export_report, who_is_who
from heatcli.config.settings import RenderSettings
from heatcli.names import Metric, PeriodKind, ReportFormat
from heatcli.picture.contact_sheet import Tile, contact_sheet
from heatcli.report.floor_files import ON_FLOOR
from heatcli.report.maps import map_picture
from heatcli.report.report import make_report
from heatcli.report.rows_file import SCHEMA
from heatcli.select.selection import Selection
from heatcli.store.files import data_files, scan
from heatcli.store.schema import TableName
from heatcli.store.store import Store
from tests.support.command_line import done, run
from tests.support.export_shop import ZAGREB, contents, export, of_frame, record, table
from tests.support.places import ROOT


def test_the_table_is_that_of_zone_and_the_whole_frame_first() -> None:
    done(export("daily", "--start", "2026-03-14", "--format", "csv", "--max-dwell", "99999"))
    where = ["--date", "2026-03-14", "--by", "hour", "--max-dwell", "99999"]
    done(run("zone", *where, "-o", "zones.csv"))
    done(run("zone", *where, "--polygon", "0,0,1,0,1,1,0,1", "-o", "frame.csv"))
    rows = table(Path("daily-2026-03-14/time.csv"))
    frame = [{**row, "zone": "whole frame"} for row in table(Path("frame.csv"))]
    assert rows == [*frame, *table(Path("zones.csv"))]
    assert [row["covered_s"] for row in frame if row["covered_s"] != "0.0"] == ["50.0", "50.0", "100.0"]


def test_what_was_not_watched_is_empty_and_never_0() -> None:
    done(export("daily", "--start", "2026-03-14", "--format", "csv"))
    (row,) = [row for row in of_frame(table(Path("daily-2026-03-14/time.csv"))) if "09:00" in row["period"]]
    known = {name for name, value in row.items() if value}
    assert known == {"camera", "zone", "period", "from", "to", "selected_s", "covered_s"}
    assert (row["selected_s"], row["covered_s"]) == ("3600.0", "0.0")


def test_the_cells_are_those_of_render() -> None:
    drawn = ["--grid-resolution", "20", "--smoothing", "0"]
    done(export("daily", "--start", "2026-03-14", "--metrics", "all", *drawn, "--format", "csv"))
    for metric in ("dwell_time", "avg_occupancy", "occupancy_pct", "unique_visits"):
        done(run("render", "--date", "2026-03-14", "--metric", metric, *drawn, "-o", "map.csv"))
        assert Path(f"daily-2026-03-14/heat-shop-{metric}.csv").read_bytes() == Path("map.csv").read_bytes()


def test_the_period_before_stands_beside_the_map_on_the_same_scale() -> None:
    store = Store.open(Path("heat-store"))
    record(store, datetime(2026, 3, 14, 12, tzinfo=ZAGREB), people=1)

    def picture(day: int, *, compare_previous: bool = False) -> NDArray[np.uint8]:
        report = make_report(
            store=store,
            selection=Selection(),
            period=Period.around(PeriodKind.DAILY, date(2026, 3, day)),
            made_at=datetime.now(UTC),
            compare_previous=compare_previous,
            settings=RenderSettings(reach=0),
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


def test_each_map_says_what_it_is_of_and_how_much_was_covered(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[tuple[str, str | None, str | None]] = []

    def laid_out(tiles: list[Tile], columns: int) -> Any:
        said.extend((tile.name, tile.detail, tile.note) for tile in tiles)
        return contact_sheet(tiles, columns)

    monkeypatch.setattr("heatcli.report.maps.contact_sheet", laid_out)
    done(export("daily", "--start", "2026-03-15", "--compare-previous", "--format", "png"))
    assert said == [
        ("shop", "Saturday, 14 March 2026: 1 min 40 s of 24 h covered", None),
        ("shop", "Sunday, 15 March 2026: nothing recorded in that time", "recorded nothing in that time"),
    ]


def test_the_period_before_has_a_table_and_cells_of_its_own() -> None:
    done(export("daily", "--start", "2026-03-13", "--format", "csv", "-o", "alone"))
    done(export("daily", "--start", "2026-03-14", "--format", "csv", "--compare-previous"))
    alone, both = Path("alone/daily-2026-03-13"), Path("daily-2026-03-14")
    for name in ("time", "heat-shop-dwell_time"):
        assert (both / f"{name}-previous.csv").read_bytes() == (alone / f"{name}.csv").read_bytes()


def test_rows_are_what_counts_with_the_documented_columns(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_rows_of_a_period_without_any_have_the_columns() -> None:
    done(export("daily", "--start", "2026-03-15", "--format", "parquet"))
    rows = pl.read_parquet("daily-2026-03-15/tracks-shop.parquet")
    assert rows.is_empty()
    assert rows.schema == SCHEMA


def test_selections_hold() -> None:
    where = ["--roi", "0,0,0.3,0,0.3,1,0,1", "--camera", "sho*", "--weekdays", "mon-fri"]
    done(export("weekly", "--start", "2026-03-14", "--format", "parquet,csv", *where))
    rows = pl.read_parquet("weekly-2026-W11/tracks-shop.parquet")
    assert rows["time"].dt.date().unique().to_list() == [date(2026, 3, 13)]
    assert rows["x"].max() == 160
    assert table(Path("weekly-2026-W11/time.csv"))[7]["selected_s"] == f"{5 * 86400.0}"


def test_json_tells_what_was_written() -> None:
    result = done(export("daily", "--start", "2026-03-14", "--format", "csv,parquet,csv", "--json"))
    told = json.loads(result.stdout)
    assert told["period"]["label"] == "2026-03-14"
    assert told["folder"] == "daily-2026-03-14"
    names = ["time.csv", "entries.csv", "groups.csv", "heat-shop-dwell_time.csv", "tracks-shop.parquet"]
    assert told["files"] == [f"daily-2026-03-14/{name}" for name in names]
    (camera,) = told["cameras"]
    assert (camera["camera"], camera["selected_s"], camera["covered_s"]) == ("shop", 86400.0, 100.0)
    assert camera["people"] == {"all": 3, "counted": 3, "left_out": 0, "visits": 3}
    assert "daily-2026-03-14: Saturday, 14 March 2026" in result.stderr
    assert "shop: 1 min 40 s of 24 h covered" in result.stderr


def test_all_formats_are_there_and_quiet_is_quiet() -> None:
    result = done(export("daily", "--start", "2026-03-14", "--format", "all", "-q", "--compare-previous"))
    assert result.output == ""
    suffixes = {file.suffix.removeprefix(".") for file in Path("daily-2026-03-14").iterdir()}
    # No camera has a floor, so there is nothing of one.
    assert suffixes == {*ReportFormat} - set(ON_FLOOR)


def test_by_default_there_are_a_page_and_a_workbook() -> None:
    done(export("monthly", "--start", "2026-03-14", "-o", "reports/of/all"))
    folder = Path("reports/of/all/monthly-2026-03")
    assert {file.name for file in folder.iterdir()} == {"report.html", "report.xlsx"}


def test_python_gets_the_same(tmp_path: Path) -> None:
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


def test_a_rerun_writes_the_same_bytes_and_leaves_other_files_alone() -> None:
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


@pytest.mark.parametrize(("formats", "times"), [("csv,json,png,parquet", 1), ("all", 2)])
def test_an_export_reads_each_file_of_rows_once_and_again_for_the_hottest_places(
    monkeypatch: pytest.MonkeyPatch, formats: str, times: int
) -> None:
    scanned: Counter[str] = Counter()

    def counting(name: TableName, read: pl.DataFrame, camera: str | None) -> pl.LazyFrame:
        scanned.update(read["path"])
        return scan(name, read, camera)

    monkeypatch.setattr("heatcli.select.reader.scan", counting)
    what = ["daily", "--start", "2026-03-14", "--format", formats]
    done(export(*what, "--filter-outliers", "--min-dwell", "1"))
    store = Store.open(Path("heat-store"))
    files = data_files(store.snapshot().tracks, store.path / "tracks").filter(camera="shop")
    assert scanned
    assert set(scanned) <= set(files["path"].to_list())
    assert set(scanned.values()) == {times}


def test_a_killed_export_leaves_every_file_whole() -> None:
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
