"""`report.json`: what is promised of it, and that its numbers are those of the report."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from heatcli.config.models import load_config
from heatcli.errors import OutputError
from heatcli.names import Metric, PeriodKind
from heatcli.report.periods import Period
from heatcli.report.report import Report, make_report
from heatcli.report.report_json import write_report_json
from heatcli.select.selection import Selection
from heatcli.store.store import Store
from tests.support.places import DOCS
from tests.support.report_stores import put_people

SCHEMA = json.loads((DOCS / "report.schema.json").read_text())
MADE_AT = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)

CONFIG = """
[cameras.shop]
location = "Store 12"
labels = ["doors"]
min_dwell_s = 5
[cameras.shop.zones]
"</script><script>" = { polygon = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]] }
right = { circle = [0.75, 0.5, 0.2] }
door = { line = [[0.5, 1], [0.5, 0]] }
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A day of which one camera watched 100 s, and the day before likewise; another did so only then.

    One person walks from left to right, one comes by for a moment. The other camera is not configured.
    """
    folder = tmp_path_factory.mktemp("report")
    (folder / "heatcli.toml").write_text(CONFIG)
    store = Store.create_or_open(folder / "heat-store")
    frames = np.arange(100)
    feet = np.full((2, 100, 2), np.nan)
    feet[0] = np.column_stack([20 + 6.0 * frames, np.full(100, 200.0)])
    feet[1, 50:53] = 400, 300
    times_us, dt_us = (frames * 1_000_000).tolist(), [1_000_000] * 100
    nine = datetime(2026, 3, 14, 8, 59, tzinfo=UTC)
    for clip, camera, start in (
        ("a" * 16, "shop", nine),
        ("b" * 16, "shop", nine - timedelta(1)),
        ("c" * 16, "gone", nine - timedelta(1)),
    ):
        put_people(store, clip, camera=camera, start=start, times_us=times_us, dt_us=dt_us, feet=feet)
    return make_report(
        store=store,
        selection=Selection(),
        period=Period.around(PeriodKind.DAILY, date(2026, 3, 14)),
        made_at=MADE_AT,
        metrics=tuple(Metric),
        compare_previous=True,
        config=load_config(folder / "heatcli.toml"),
    )


def written(folder: Path, report: Report) -> dict[str, Any]:
    (path,) = write_report_json(folder, report)
    assert path == folder / "report.json"

    def no_constant(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    found: dict[str, Any] = json.loads(path.read_bytes(), parse_constant=no_constant)
    return found


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield all objects that a schema describes."""
    if isinstance(schema, dict):
        if "properties" in schema and schema.get("type") == "object":
            yield schema
        for part in schema.values():
            yield from objects(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from objects(part)


def test_the_schema_leaves_nothing_open() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for one in objects(SCHEMA):
        assert one["additionalProperties"] is False
        if set(one["properties"]) != set(Metric):  # of the maps there are those that were asked for
            assert one["required"] == list(one["properties"])


def test_a_report_is_as_the_schema_says(tmp_path: Path, report: Report) -> None:
    jsonschema.Draft202012Validator(
        SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(written(tmp_path, report))


def test_the_numbers_are_those_of_the_report(tmp_path: Path, report: Report) -> None:
    found = written(tmp_path, report)
    assert found["period"]["first"] == found["period"]["last"] == "2026-03-14"
    assert found["previous_period"]["label"] == "2026-03-13"
    assert found["made_at"] == "2026-03-20T06:00:00+00:00"
    gone, shop = found["cameras"]
    assert (gone["camera"], gone["is_configured"], gone["covered_s"]) == ("gone", False, 0)
    assert gone["previous"]["covered_s"] == 100
    one = report.cameras[1]
    assert shop["frame"]["total"] == asdict(one.frame.total)
    assert [zone["total"] for zone in shop["zones"]] == [asdict(zone.total) for zone in one.figures.zones]
    # 20 + 6 n < 320 holds 50 times; the line is crossed a quarter of a height later
    assert shop["zones"][0]["total"]["avg_occupancy"] == 0.5
    assert shop["lines"][0]["total"]["left_to_right"] == 1
    assert shop["coverage"] == [{"from": "2026-03-14T09:59:00+01:00", "to": "2026-03-14T10:00:40+01:00"}]
    assert shop["selected_s"] == 86400
    for metric, heat in one.heat.items():
        assert np.array_equal(shop["heat"][metric]["raw"], heat.raw)
        assert np.array_equal(shop["heat"][metric]["value"], heat.value)


def test_hours_that_nobody_watched_are_null(tmp_path: Path, report: Report) -> None:
    shop = written(tmp_path, report)["cameras"][1]
    nine, ten = shop["frame"]["buckets"][9:11]
    assert (nine["label"], nine["covered_s"], ten["covered_s"]) == ("2026-03-14 09:00", 60, 40)
    for number, bucket in enumerate(shop["frame"]["buckets"]):
        assert (bucket["avg_occupancy"] is None) == (number not in (9, 10))
        assert (shop["week"]["avg_occupancy"][5][number] is None) == (number not in (9, 10))


def test_who_was_left_out_is_told(tmp_path: Path, report: Report) -> None:
    shop = written(tmp_path, report)["cameras"][1]
    assert shop["people"] == {"all": 2, "counted": 1, "left_out": 1, "visits": 1}
    (brief,) = shop["left_out"]
    assert (brief["clip"], brief["track"], brief["reason"], brief["limit"]) == ("a" * 16, 2, "short", 5)
    assert shop["frame"]["total"]["unique_visits"] == 1
    assert shop["frame"]["total_with_left_out"]["unique_visits"] == 2


def test_stays_are_counted_by_how_long_they_are(tmp_path: Path, report: Report) -> None:
    gone, shop = written(tmp_path, report)["cameras"]
    # 100 s in the frame
    counts = {one["from_s"]: one["count"] for one in shop["frame"]["stay_times"]}
    assert counts == {**dict.fromkeys(counts, 0), 60: 1}
    assert gone["frame"]["stay_times"] is None


def test_what_cannot_be_written_is_told(tmp_path: Path, report: Report) -> None:
    with pytest.raises(OutputError, match=r"report\.json: cannot be written"):
        write_report_json(tmp_path / "gone", report)
