"""`heatcli zone --queue` and the queues of a report: what a user types and sees, the same everywhere."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
from playwright.sync_api import Browser

from heatcli.store.store import Store
from tests.support.command_line import answer, done, refused, run
from tests.support.page_tab import Tab
from tests.support.places import DOCS
from tests.support.queue_worlds import FPS, LASTS_S, Shop, configuration, wavering
from tests.support.report_stores import put_people


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The drawn shop with its three queues, its report in all formats, and the folder as the current one."""
    folder = tmp_path_factory.mktemp("queues")
    (folder / "heatcli.toml").write_text(configuration())
    frames, step_us = int(LASTS_S * FPS), 1_000_000 // FPS
    put_people(
        Store.create_or_open(folder / "heat-store"),
        "a" * 16,
        start=datetime(2026, 3, 14, 9, 45, tzinfo=UTC),
        times_us=[n * step_us for n in range(frames)],
        dt_us=[step_us] * frames,
        feet=Shop().feet(wavering(1)),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done(run("export", "daily", "--start", "2026-03-14", "--format", "html,xlsx,csv,json,png", "-o", "."))
        yield folder


def queues(*arguments: object) -> list[dict[str, Any]]:
    (camera,) = answer(run("zone", "--queue", *arguments, "--json"))["cameras"]
    found: list[dict[str, Any]] = camera["queues"]
    return found


@pytest.mark.slow
def test_a_table_says_how_long_the_wait_is(place: Path) -> None:
    told = queues("--by", "hour", "--target", "1min")
    assert [one["name"] for one in told] == ["a", "b", "c"]
    for one in told:
        total, buckets = one["total"], one["buckets"]
        assert total["arrivals"] == total["served"] + total["abandoned"] + total["unknown"]
        assert total["arrivals"] == sum(bucket["arrivals"] for bucket in buckets)
        assert 0 < total["over_target_pct"] < 100
        assert total["median_wait_s"] <= total["p90_wait_s"]
    table = done(run("zone", "--queue", "--target", "1min")).stdout.splitlines()
    assert table[0].split()[:4] == ["CAMERA", "QUEUE", "PERIOD", "COVERED"]
    assert f"{told[0]['total']['median_wait_s']:.1f}" in table[1].split()
    assert "over_target_pct" in told[0]["total"]
    # Only the second has a target of its own.
    assert [one["target_s"] for one in queues()] == [None, 60, None]
    own = [one["total"]["over_target_pct"] for one in queues()]
    assert own == [None, told[1]["total"]["over_target_pct"], None]


@pytest.mark.slow
def test_it_is_known_who_waited_in_which_file(place: Path) -> None:
    (camera,) = answer(run("zone", "--queue", "--zone", "a", "--evidence", "--json"))["cameras"]
    (a,) = camera["queues"] if "queues" in camera else queues("--zone", "a")
    events = [one["event"] for one in camera["evidence"]]
    assert events.count("wait_served") == events.count("service") == a["total"]["served"]
    assert events.count("wait_abandoned") == a["total"]["abandoned"] > 0
    waits = [one for one in camera["evidence"] if one["event"] == "wait_served"]
    longest = max(one["media_to_us"] - one["media_from_us"] for one in waits) / 1e6
    assert longest >= a["total"]["p90_wait_s"]
    assert {one["path"] for one in waits} == {"/videos/door.mp4"}


@pytest.mark.slow
def test_a_report_has_the_numbers_of_the_command_line(place: Path, browser: Browser) -> None:
    day = place / "daily-2026-03-14"
    told = queues("--date", "2026-03-14", "--by", "hour")
    report = json.loads((day / "report.json").read_text())
    jsonschema.validate(report, json.loads((DOCS / "report.schema.json").read_text()))
    (camera,) = report["cameras"]
    assert camera["queues"] == told
    with (day / "queues.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["median_wait_s"] for row in rows if row["period"] == "total"] == [
        str(one["total"]["median_wait_s"]) for one in told
    ]
    sheet = openpyxl.load_workbook(day / "report.xlsx")["Queues"]
    head = [cell.value for cell in sheet[4]]
    cells = [dict(zip(head, [cell.value for cell in row], strict=True)) for row in sheet.iter_rows(min_row=5)]
    totals = [row for row in cells if row["Period"] == "total"]
    assert [row["Served"] for row in totals] == [one["total"]["served"] for one in told]
    assert [row["Median wait"].total_seconds() for row in totals] == pytest.approx(
        [one["total"]["median_wait_s"] for one in told], abs=1e-3
    )
    assert (day / "queues-shop.png").stat().st_size > 10_000
    lines = [
        line.split() for line in done(run("zone", "--queue", "--date", "2026-03-14")).stdout.splitlines()
    ]
    with Tab(browser, day / "report.html", "#camera=shop") as tab:
        lines_shown = tab.locator("#tables section").first.locator("tbody tr").all()
        shown = [[cell.inner_text() for cell in line.locator("th, td").all()] for line in lines_shown]
    # The command line has camera, period and two words of covered time beside these.
    said = [[line[1], *line[-len(shown[0]) + 1 :]] for line in lines[1:]]
    assert [[cell.replace("–", "-") for cell in row] for row in shown] == said


@pytest.mark.slow
def test_what_cannot_be_is_refused_and_what_is_not_known_is_null(place: Path) -> None:
    assert "--queue" in refused(run("zone", "--target", "3min"))
    assert "no length of time" in refused(run("zone", "--queue", "--target", "soon"))
    assert "no queue 'till_a'" in refused(run("zone", "--queue", "--zone", "till_a"))
    for line, words in {
        'a = { circle = [0.5, 0.5, 0.1], kind = "queue", service = "tll" }': "no other zone",
        'a = { circle = [0.5, 0.5, 0.1], service = "till" }': 'kind = "queue"',
        'a = { line = [[0, 0], [1, 1]], kind = "queue" }': "circle or a polygon",
    }.items():
        (place / "bad.toml").write_text(
            f"[cameras.shop.zones]\ntill = {{ circle = [0.2, 0.2, 0.1] }}\n{line}\n"
        )
        assert words in refused(run("zone", "--queue", "--config", "bad.toml"))
    (place / "bad.toml").write_text("[cameras.shop.zones]\ntill = { circle = [0.2, 0.2, 0.1] }\n")
    assert "no zone is a queue" in refused(run("zone", "--queue", "--config", "bad.toml"))
    text = configuration().replace(', service = "till_a"', "")
    (place / "without.toml").write_text(text)
    result = run("zone", "--queue", "--zone", "a", "--config", "without.toml", "--json")
    assert "no service place" in result.stderr
    total = answer(result)["cameras"][0]["queues"][0]["total"]
    assert total["mean_length"] > 0
    for name in ("served", "abandoned", "abandoned_pct", "median_wait_s", "median_service_s"):
        assert total[name] is None
    empty = queues("--date", "2026-03-15")[0]["total"]
    assert empty["covered_s"] == 0
    assert {value for name, value in empty.items() if name != "covered_s"} == {None}
