"""`heatcli zone --funnel` and `--exposure`, sales, and both in a report: what a user types and sees."""

import csv
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import openpyxl
import pytest
from playwright.sync_api import Browser

from heatcli.store.store import Store
from tests.support.command_line import answer, done, refused, run
from tests.support.funnel_worlds import CONFIGURATION, START, Crowd, crowd, store_crowd
from tests.support.page_tab import Tab
from tests.support.places import DOCS
from tests.support.report_stores import put_people

STEPS = ("--funnel", "entrance,shelf,till", "--within", "2min")


@pytest.fixture(scope="module")
def drawn() -> Crowd:
    return crowd(60)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, drawn: Crowd) -> Iterator[Path]:
    """The drawn shop with its report, as the current folder. A file of sales has one each two minutes."""
    folder = tmp_path_factory.mktemp("funnel")
    other = "[cameras.door.zones]\nhall = { circle = [0.5, 0.5, 0.1] }\n"
    (folder / "heatcli.toml").write_text(CONFIGURATION + other)
    store = Store.create_or_open(folder / "heat-store")
    store_crowd(store, drawn)
    local = START + timedelta(hours=1)
    sales = [f"{local + timedelta(minutes=2 * n):%Y-%m-%d %H:%M:%S};{n},50" for n in range(30)]
    (folder / "sales.csv").write_text("when;total\n" + "\n".join(sales) + "\n\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done(run("export", "daily", "--start", "2026-03-14", "--format", "html,xlsx,csv,json,png", "-o", "."))
        yield folder


def camera(*arguments: object) -> dict[str, Any]:
    (found,) = answer(run("zone", *arguments, "--json"))["cameras"]
    return dict(found)


@pytest.mark.slow
def test_a_funnel_says_where_people_drop_out(place: Path, drawn: Crowd) -> None:
    (told,) = camera(*STEPS, "--by", "hour")["funnels"]
    assert [one["persons"] for one in told["total"]] == drawn.steps()
    table = done(run("zone", *STEPS)).stdout.splitlines()
    assert [line.split()[6] for line in table[1:]] == ["1", "2", "3"]
    shares = [f"{100 * n / drawn.steps()[0]:.1f}" for n in drawn.steps()]
    assert all(share in line.split() for share, line in zip(shares, table[1:], strict=True))
    # A stay that goes on in the next file has a line there too, from its first frame on.
    shown = camera(*STEPS, "--evidence")["evidence"]
    events = [one["event"] for one in shown if one["media_from_us"]]
    assert [events.count(f"step_{number}") for number in (1, 2, 3)] == drawn.steps()
    done(run("zone", *STEPS, "-o", "funnel.png"))
    assert (place / "funnel.png").stat().st_size > 10_000


@pytest.mark.slow
def test_exposure_by_weekday_and_hour(place: Path, drawn: Crowd) -> None:
    (told,) = camera("--exposure", "--by", "day-of-week")["exposure"]
    assert (told["total"]["passers"], told["total"]["stopped"]) == drawn.passers()
    assert [one["label"] for one in told["buckets"]] == ["Saturday"]
    assert told["buckets"][0]["stopped"] == told["total"]["stopped"]
    (told,) = camera("--exposure", "--by", "hour-of-day")["exposure"]
    assert [one["label"] for one in told["buckets"]] == ["11:00"]
    shown = camera("--exposure", "--evidence")["evidence"]
    # Whoever goes on in the next file is there too, from its first frame on.
    stops = [one for one in shown if one["event"] == "stop" and one["media_from_us"]]
    assert len(stops) == drawn.passers()[1]
    assert {one["event"] for one in shown} == {"stop", "came_by"}
    for question in ("exposure", "entries", "groups"):
        done(run("zone", f"--{question}", "-o", f"{question}.png"))
        assert (place / f"{question}.png").stat().st_size > 10_000


@pytest.mark.slow
def test_entries_the_first_the_last_and_the_next(place: Path) -> None:
    told = {one["zone"]: one for one in camera("--entries", "--by", "hour")["entries"]}
    assert list(told) == ["entrance", "aisle", "shelf", "till"]
    till = told["till"]["total"]
    assert till["entries"] > till["re_entries"]
    assert 0 < till["below_1m_pct"] < till["below_2m_pct"] <= 100
    assert till["next_person_m"] > 1
    # The first to come to the till, and the last: by the evidence, in the time of the files.
    (shop,) = answer(run("zone", "--entries", "--zone", "till", "--evidence", "--json"))["cameras"]
    seen = [
        (datetime.fromisoformat(one["from"]), datetime.fromisoformat(one["to"])) for one in shop["evidence"]
    ]
    opens, closes = START, START + timedelta(hours=1)
    assert till["latency_s"] == pytest.approx((min(seen)[0] - opens).total_seconds(), abs=0.3)
    assert till["since_last_s"] == pytest.approx(
        (closes - max(to for _, to in seen)).total_seconds(), abs=0.3
    )
    without = CONFIGURATION.split("[cameras.shop.floor]")[0]
    (place / "without.toml").write_text(without)
    total = camera("--entries", "--zone", "till", "--config", "without.toml")["entries"][0]["total"]
    assert total["entries"] == till["entries"]
    assert [total[name] for name in ("next_person_m", "below_1m_pct", "below_2m_pct")] == [None] * 3


@pytest.mark.slow
def test_sales_stand_beside_visitors(place: Path, drawn: Crowd) -> None:
    asked = (*STEPS, "--sales", "sales.csv", "--sales-time", "when", "--sales-amount", "total")
    (told,) = camera(*asked, "--by", "5min")["sales"]
    total, first = told["total"], drawn.steps()[0]
    assert (total["transactions"], total["amount"]) == (30, sum(n + 0.5 for n in range(30)))
    assert total["conversion_pct"] == pytest.approx(100 * 30 / first)
    assert total["amount_per_visitor"] == pytest.approx(total["amount"] / first)
    assert total["per_last_step"] == pytest.approx(30 / drawn.steps()[2])
    assert sum(one["transactions"] for one in told["buckets"]) == 30
    elsewhere = run("zone", *asked, "--sales-timezone", "Asia/Tokyo")
    assert "0 of 30 sales" in elsewhere.stderr
    assert "--sales-timezone" in elsewhere.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("when;total\n2026-03-14 11:00;1\n14/03/2026;2\nyesterday;3\n", "line 3"),
        ("when;total\n2026-03-14 11:00;1\n2026-03-14 11:00;ten\n", "line 3"),
        ("when;total\n2026-03-14 11:00\n", "line 2"),
        ("when;total\n2026-03-29 02:30;1\n", "does not exist"),
        ("when;total\n2026-03-14 11:00;nan\n", "line 2"),
        ("when,total\n2026-03-14 11:00,3,50\n", "with points, or semicolons"),
        ("time;total\n", "did you mean"),
        ("", "has no lines"),
    ],
)
def test_the_first_line_that_is_no_sale_is_named(place: Path, text: str, words: str) -> None:
    (place / "bad.csv").write_text(text)
    names = ("--sales-time", "tim" if "did" in words else "when", "--sales-amount", "total")
    result = run("zone", *STEPS, "--sales", "bad.csv", *names)
    assert result.exit_code == 1
    assert words in result.stderr
    assert "bad.csv" in result.stderr


@pytest.mark.slow
def test_what_cannot_be_is_refused(place: Path) -> None:
    for arguments, words in {
        ("--funnel", "entrance"): "two or more",
        ("--funnel", "entrance,till", "--zone", "till"): "leave out --zone",
        ("--funnel", "entrance,til"): "no zone 'til'",
        ("--within", "2min"): "--funnel",
        ("--sales", "sales.csv"): "--funnel",
        ("--queue", "--funnel", "entrance,till"): "one at a time",
        ("--exposure", "--zone", "till"): "none of till has a passing zone",
        ("--exposure", "--circle", "0.5,0.5,0.1"): "leave out --circle",
    }.items():
        assert words in refused(run("zone", *arguments)), arguments
    assert "did you mean" in refused(run("zone", "--funnel", "bu"))
    (named,), (asked,) = (camera(*by)["funnels"] for by in (("--funnel", "buy"), STEPS))
    assert named == {**asked, "name": "buy"}
    empty = camera(*STEPS, "--date", "2026-03-15")["funnels"][0]["total"]
    assert {one["persons"] for one in empty} == {None}


@pytest.mark.slow
def test_a_report_has_the_numbers_of_the_command_line(place: Path, browser: Browser) -> None:
    day = place / "daily-2026-03-14"
    report = json.loads((day / "report.json").read_text())
    jsonschema.validate(report, json.loads((DOCS / "report.schema.json").read_text()))
    (shop,) = report["cameras"]
    (funnel,) = camera(*STEPS, "--date", "2026-03-14")["funnels"]
    (exposure,) = camera("--exposure", "--date", "2026-03-14")["exposure"]
    assert (shop["funnels"][0]["total"], shop["exposure"][0]["total"]) == (funnel["total"], exposure["total"])
    for name, rows in (("funnels", 3), ("exposure", 1)):
        with (day / f"{name}.csv").open() as file:
            assert sum(row["period"] == "total" for row in csv.DictReader(file)) == rows
    book = openpyxl.load_workbook(day / "report.xlsx")
    people = [row[8].value for row in book["Funnels"].iter_rows(min_row=5) if row[3].value == "total"]
    assert people == [one["persons"] for one in funnel["total"]]
    came = [row[7].value for row in book["Exposure"].iter_rows(min_row=5) if row[2].value == "total"]
    assert came == [exposure["total"]["passers"]]
    groups = camera("--groups", "--date", "2026-03-14", "--by", "hour")
    assert (shop["groups_by"], shop["groups"]) == ("floor", groups["groups"])
    alone = [row[9].value for row in book["Groups"].iter_rows(min_row=5) if row[2].value == "total"]
    assert alone == [one["total"]["alone"] for one in groups["groups"]]
    for name in ("funnels", "exposure", "entries", "groups"):
        assert (day / f"{name}-shop.png").stat().st_size > 10_000
    with Tab(browser, day / "report.html", "#camera=shop") as tab:
        cards = tab.locator("#tables section").all()
        assert [card.locator("h3").inner_text() for card in cards] == [
            *("Funnels", "Exposure", "First and last, near and apart", "Groups")
        ]
        shown = [
            [row.locator("th, td").all_inner_texts() for row in card.locator("tbody tr").all()]
            for card in cards
        ]
    for card, *question in zip(shown, ("--funnel", "--exposure", "--entries", "--groups"), strict=True):
        question += ["buy"] if question == ["--funnel"] else []
        table = done(run("zone", *question, "--date", "2026-03-14")).stdout.splitlines()[1:]
        lines = [re.split(" {2,}", line) for line in table]
        # The page has neither the camera nor the period and its covered time.
        said = [line[1 : line.index("total")] + line[line.index("total") + 2 :] for line in lines]
        assert [[cell.replace("–", "-") for cell in row] for row in card] == said


def test_people_are_not_matched_across_cameras(folder: Path) -> None:
    text = "[cameras.{}.zones]\n{} = {{ circle = [0.5, 0.5, 0.1] }}\n"
    (folder / "heatcli.toml").write_text(text.format("door", "entrance") + text.format("shop", "till"))
    store = Store.create_or_open(folder / "heat-store")
    for clip, name in (("a" * 16, "door"), ("b" * 16, "shop")):
        feet = np.full((1, 10, 2), 100.0)
        times = [n * 1_000_000 for n in range(10)]
        put_people(store, clip, camera=name, start=START, times_us=times, dt_us=[1_000_000] * 10, feet=feet)
    said = refused(run("zone", "--funnel", "entrance,till"))
    assert "not matched across cameras" in said
    assert "door has entrance; shop has till" in said
