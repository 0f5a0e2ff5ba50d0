"""`heatcli area` from end to end: a hall with two doors before two cameras."""

import csv
import json
from pathlib import Path

import cv2
import jsonschema
import numpy as np
import openpyxl
import pytest
from playwright.sync_api import Browser

from tests.support.command_line import answer, done, refused, run
from tests.support.page_tab import Tab
from tests.support.places import DOCS
from tests.support.rooms import draw_room, write_hall

CONFIG = """
timezone = "Europe/Zagreb"
[cameras.north.zones]
door = { line = [[0.5, 0.1], [0.5, 0.9]] }
[cameras.south.zones]
door = { line = [[0.5, 0.1], [0.5, 0.9]] }
floor = { polygon = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]] }
[areas.hall]
doors = ["north.door", { line = "south.door", inward = "right_to_left", missed = 0.1 }]
capacity = 2
empty_at = "07:00"
"""
# Of each camera: when somebody comes or leaves, in seconds from 8:00 in Zagreb. The line points down, so that
# its left is the right of the picture: who walks to the left crosses it from left to right.
NORTH = ((60, True), (120, True), (180, True), (1200, False))
SOUTH = ((590, False), (900, False))


def passing(events: tuple[tuple[int, bool], ...], *, inward_to_left: bool) -> str:
    """Write people who cross the middle of the picture within 8 s as MOT, one frame a second."""
    lines = []
    for person, (second, inward) in enumerate(events, start=1):
        for step in range(9):
            x = 200 + 30 * step
            x = 640 - x if inward == inward_to_left else x
            lines.append((second - 4 + step + 1, f"{person},{x - 10},{120},20,60,1,-1,-1,-1"))
    return "\n".join(f"{frame},{rest}" for frame, rest in sorted(lines)) + "\n"


@pytest.fixture(autouse=True)
def hall(folder: Path) -> None:
    """Record half an hour of both doors from 8:00."""
    (folder / "heatcli.toml").write_text(CONFIG)
    for camera, events, to_left in (("north", NORTH, True), ("south", SOUTH, False)):
        (folder / f"{camera}.txt").write_text(passing(events, inward_to_left=to_left))
        done(
            run(
                *("import", f"{camera}.txt", "--format", "mot", "--size", "640x360", "--fps", "1"),
                *("--camera", camera, "--start", "2026-03-16T08:00:00", "--frames", "1800"),
            )
        )


def test_people_of_both_doors_are_in_the_hall() -> None:
    (hall,) = answer(run("area", "--json"))["areas"]

    total = hall["total"]
    assert (total["arrivals"], total["departures"]) == (3, 3)
    assert total["covered_s"] == 1800
    # One stays from 60 s to 590, one from 120 to 900, one from 180 to 1200.
    assert total["person_hours"] == pytest.approx((530 + 780 + 1020) / 3600, abs=0.05)
    assert total["peak"] == pytest.approx(3, abs=0.1)
    assert total["peak_at"].startswith("2026-03-16T08:03:0")
    assert total["peak_low"] <= 3 <= total["peak_high"]
    assert total["above_capacity_s"] == pytest.approx(420, abs=30)
    assert total["alarm"] is True
    assert hall["missed"][1] == 0.1


@pytest.mark.slow
def test_a_day_at_three_doors(folder: Path) -> None:
    """Through video time, lines and the store it is as near to the truth as the estimate is by itself."""
    drawn = draw_room(0)
    for words in write_hall(folder, drawn):
        done(run(*words))
    (hall,) = answer(run("area", "--by", "hour", "--date", "2026-03-16", "--json"))["areas"]

    seconds = np.arange(0, drawn.end_us, 1_000_000)
    truth = drawn.inside(seconds)
    counted = sum(int(inward.sum()) for _, inward in drawn.counted)
    assert hall["total"]["arrivals"] == pytest.approx(counted, abs=3)
    assert hall["total"]["person_hours"] == pytest.approx(truth.sum() / 3600, rel=0.1)
    held = []
    for number, hour in enumerate(one for one in hall["buckets"] if one["covered_s"]):
        people = truth[3600 * number :][:3600].mean()
        held.append(hour["low"] - 1 <= people <= hour["high"] + 1)
        assert hour["avg_occupancy"] == pytest.approx(people, abs=5)
    assert sum(held) >= 9
    assert hall["drift"] == pytest.approx(abs(2 * counted - sum(len(t) for t, _ in drawn.counted)), abs=2)


def test_buckets_add_up() -> None:
    (hall,) = answer(run("area", "hall", "--by", "5min", "--json"))["areas"]

    buckets = hall["buckets"]
    assert len(buckets) == 6
    for name in ("covered_s", "person_hours", "arrivals", "departures", "above_capacity_s"):
        assert sum(one[name] for one in buckets) == pytest.approx(hall["total"][name])
    assert [one["arrivals"] for one in buckets] == [3, 0, 0, 0, 0, 0]
    assert max(one["peak"] for one in buckets) == hall["total"]["peak"]


def test_an_afternoon_knows_who_came_before() -> None:
    """At 8:12 the two who came before and did not leave are inside."""
    (hall,) = answer(run("area", "--from", "2026-03-16T08:12", "--json"))["areas"]
    assert hall["total"]["arrivals"] == 0
    assert hall["total"]["departures"] == 2
    assert hall["total"]["peak"] == pytest.approx(2, abs=0.2)


def test_csv_has_an_alarm_and_the_chart_is_drawn(folder: Path) -> None:
    done(run("area", "--by", "5min", "-o", "hall.csv"))
    done(run("area", "-o", "hall.png"))

    with (folder / "hall.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["alarm"] for row in rows] == ["True", "True", "False", "False", "False", "False", "True"]
    assert rows[0]["from"] == "2026-03-16T08:00:00+01:00"
    picture = cv2.imread("hall.png")
    assert picture is not None
    assert picture.shape[1] > 1000


def test_evidence_lists_who_passed_which_door() -> None:
    (hall,) = answer(run("area", "--evidence", "--json"))["areas"]
    passed = [(one["camera"], one["direction"]) for one in hall["evidence"]]
    assert passed.count(("north", "left_to_right")) == 3
    assert passed.count(("north", "right_to_left")) == 1
    assert [way for camera, way in passed if camera == "south"] == ["left_to_right"] * 2
    assert "left_to_right" in done(run("area", "--evidence")).stdout


@pytest.mark.slow
def test_a_report_has_the_rooms_of_the_command_line(folder: Path, browser: Browser) -> None:
    formats = "html,xlsx,csv,json,png"
    done(run("export", "daily", "--start", "2026-03-16", "--format", formats, "--compare-previous"))

    day = folder / "daily-2026-03-16"
    report = json.loads((day / "report.json").read_text())
    jsonschema.validate(report, json.loads((DOCS / "report.schema.json").read_text()))
    told = answer(run("area", "--date", "2026-03-16", "--by", "hour", "--json"))["areas"]
    assert report["areas"] == told
    assert told[0]["total"]["arrivals"] == 3
    assert [one["total"]["avg_occupancy"] for one in report["previous_areas"]] == [None]
    done(run("area", "--date", "2026-03-16", "--by", "hour", "-o", "hall.csv"))
    assert (day / "areas.csv").read_text() == (folder / "hall.csv").read_text()
    assert (day / "areas-previous.csv").exists()
    picture = cv2.imread(str(day / "areas.png"))
    assert picture is not None
    sheet = openpyxl.load_workbook(day / "report.xlsx")["Rooms"]
    *_, total = [dict(zip((cell.value for cell in sheet[4]), row, strict=True)) for row in sheet.values]
    assert (total["Room"], total["Period"], total["Came in"], total["Alarm"]) == ("hall", "total", 3, "yes")
    assert total["Most at"].strftime("%H:%M") == "08:03"
    words = done(run("area", "--date", "2026-03-16"))
    with Tab(browser, day / "report.html") as tab:
        (card,) = tab.locator("#rooms section").all()
        shown = [cell.inner_text() for cell in card.locator("tbody").locator("th, td").all()]
        said = card.inner_text()
    # The command line has the period and two words of covered time beside these.
    assert " ".join(shown).split() == [
        *words.stdout.splitlines()[1].split()[:1],
        *words.stdout.splitlines()[1].split()[4:],
    ]
    assert "covered by all doors" in said


def test_a_report_of_some_cameras_or_clips_has_no_rooms(folder: Path) -> None:
    for options in (("--camera", "north"), ("--roi", "0,0,1,1")):
        done(run("export", "daily", "--start", "2026-03-16", "--format", "csv", *options, "-o", "some"))
        assert not (folder / "some/daily-2026-03-16/areas.csv").exists()
    (folder / "heatcli.toml").write_text(
        CONFIG.replace("[areas", "[cameras.west.zones]\ngate = { line = [[0, 0], [1, 1]] }\n[areas").replace(
            "doors = [", 'doors = ["west.gate", '
        )
    )
    said = done(run("export", "daily", "--start", "2026-03-16", "--format", "csv")).stderr
    assert "hall: is not in the report, as the store has no clips of west" in said


def test_a_report_with_rooms_is_made_anew_once_the_day_after_is_known(folder: Path) -> None:
    def catch_up() -> list[str]:
        found = answer(run("export", "daily", "--catch-up", "--format", "csv", "-o", "r", "--json"))
        return [report["period"]["label"] for report in found["reports"]]

    assert catch_up() == ["2026-03-16"]
    assert catch_up() == []
    again = ("import", "north.txt", "--format", "mot", "--size", "640x360", "--fps", "1", "--frames", "1800")
    for day in ("17", "20"):
        # Bytes of their own make them other clips.
        with (folder / "north.txt").open("a") as file:
            file.write(f"{day},9,0,0,9,9,1,-1,-1,-1\n")
        done(run(*again, "--camera", "north", "--start", f"2026-03-{day}T05:00:00"))
    assert catch_up() == ["2026-03-16", "2026-03-17", "2026-03-20"]
    assert catch_up() == []


def test_cameras_inside_tell_more(folder: Path) -> None:
    (folder / "heatcli.toml").write_text(CONFIG + 'inside = "south.floor"\n')
    (hall,) = answer(run("area", "--json"))["areas"]
    assert hall["shown"] is not None


def test_a_time_without_recording_has_no_figures() -> None:
    (hall,) = answer(run("area", "--date", "2026-03-18", "--json"))["areas"]
    assert hall["total"]["covered_s"] == 0
    assert hall["total"]["avg_occupancy"] is None
    assert hall["total"]["alarm"] is None
    done(run("area", "--date", "2026-03-18", "-o", "none.png"))


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ('doors = ["north.dor"]', "did you mean north.door"),
        ("doors = []", "doors"),
        ('doors = ["south.floor"]', "no line is called 'south.floor'"),
        ('doors = ["north.door"]\nempty_at = "3 o\'clock"', "write it as 03:00"),
        ('doors = ["north.door"]\ninside = ["north.door"]', "no zone is called"),
        ('doors = [{ line = "north.door", inward = "up" }]', "inward"),
    ],
)
def test_a_mistake_in_the_configuration_is_named(folder: Path, config: str, words: str) -> None:
    (folder / "heatcli.toml").write_text(CONFIG.partition("[areas")[0] + f"[areas.hall]\n{config}\n")
    assert words in refused(run("area"))


def test_wrong_questions_are_refused(folder: Path) -> None:
    assert "no area 'hal' in the configuration; it has 'hall'" in refused(run("area", "hal"))
    (folder / "heatcli.toml").write_text(CONFIG.partition("[areas")[0])
    assert "[areas.NAME]" in refused(run("area"))


def test_a_door_without_recordings_is_told(folder: Path) -> None:
    (folder / "heatcli.toml").write_text(
        CONFIG.replace(
            "[areas.hall]", "[cameras.west.zones]\ngate = { line = [[0.5, 0.1], [0.5, 0.9]] }\n[areas.hall]"
        ).replace("doors = [", 'doors = ["west.gate", ')
    )
    assert "west" in refused(run("area"))
