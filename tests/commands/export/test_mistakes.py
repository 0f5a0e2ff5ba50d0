"""Names from outside, periods without recordings, and what cannot be."""

import json
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from heatcli.names import ReportFormat
from heatcli.report.floor_files import ON_FLOOR
from heatcli.store.store import Store
from tests.support.command_line import answer, done, refused
from tests.support.export_shop import ZAGREB, contents, export, record, table


def test_cameras_may_be_called_anything() -> None:
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
    told = answer(export("daily", "--start", "2026-03-14", "--json", "--format", formats))
    assert sorted(camera["camera"] for camera in told["cameras"]) == sorted(["shop", *names])
    # All in this one folder, and none of them twice.
    files = [Path(file) for file in told["files"]]
    assert {file.parent for file in files} == {Path("daily-2026-03-14")}
    assert sorted(file.name for file in files) == sorted(contents(Path("daily-2026-03-14")))
    assert len(files) == 6 + 2 * 9
    assert {row["camera"] for row in table(Path("daily-2026-03-14/time.csv"))} == {"shop", *names}
    assert b"<script>alert" not in Path("daily-2026-03-14/report.html").read_bytes()


def test_a_camera_that_is_not_configured_any_more_is_reported_and_said() -> None:
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


def test_a_period_without_any_recording_is_a_report_that_says_so() -> None:
    result = done(export("monthly", "--start", "2025-01-01", "--format", "html,xlsx,csv,json"))
    assert "shop: nothing recorded in that time" in result.stderr
    rows = table(Path("monthly-2025-01/time.csv"))
    assert {row["covered_s"] for row in rows} == {"0.0"}
    assert {row["unique_visits"] for row in rows} == {""}


def test_a_period_of_which_nothing_is_selected_is_not_called_unrecorded() -> None:
    result = done(export("daily", "--start", "2026-03-14", "--weekdays", "mon-fri", "--format", "csv"))
    assert "shop: none of that time is selected" in result.stderr


def test_a_thousand_zones() -> None:
    places = (f"z{n} = {{ circle = [{n % 40 / 40}, {n // 40 / 25}, 0.05] }}" for n in range(1000))
    Path("heatcli.toml").write_text("[cameras.shop.zones]\n" + "\n".join(places))
    done(export("daily", "--start", "2026-03-14", "--format", "csv"))
    rows = table(Path("daily-2026-03-14/time.csv"))
    assert len(rows) == 1001 * 25
    assert len({row["zone"] for row in rows}) == 1001


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["daily", "--format", "pdf"], 2, "html, xlsx, png, svg, csv, json, parquet"),
        (["daily", "--format", "csv,pdf"], 2, "html, xlsx, png, svg, csv, json, parquet"),
        (["daily", "--format", ""], 2, "--format: is empty"),
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
def test_what_cannot_be_is_one_line(arguments: list[str], code: int, says: str) -> None:
    error = answer(export(*arguments, "--json"), code)["error"]
    assert says in error
    assert len(error.splitlines()) == 1
    assert not list(Path().glob("daily-*"))


def test_folders_that_were_made_for_nothing_are_gone_and_others_stay() -> None:
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
    [
        *((kind, 500, []) for kind in ReportFormat if kind not in ON_FLOOR),
        ("csv", 50_000, ["time.csv", "entries.csv", "groups.csv"]),
    ],
)
def test_a_full_disk_is_one_line(kind: str, largest: int, left: list[str]) -> None:
    with small_disk(largest):
        result = export("daily", "--start", "2026-03-14", "--quiet", "--format", kind)
    assert result.exit_code == 1
    assert re.fullmatch(r"heatcli: .*: cannot be written \(.*File too large.*\).*\n", result.stderr)
    assert [path.name for path in Path().glob("daily-*/*")] == left


def test_a_store_without_clips() -> None:
    Store.create_or_open(Path("empty"))
    assert "holds no clips" in refused(export("daily", "--store", "empty"))
