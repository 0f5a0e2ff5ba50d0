"""`heatcli zone` from end to end: what a user types, and that the answers are the statistics themselves."""

import csv
import re
from dataclasses import asdict
from pathlib import Path

import cv2
import pytest
from typer.testing import Result

from heatcli.clock import time_zone
from heatcli.names import By
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.shapes import Circle, Polygon, Zone
from heatcli.store.store import Store
from heatcli.zones.buckets import buckets_of
from heatcli.zones.statistics import ZoneFigures, ZoneStatistics
from tests.support.aggregation import read_into
from tests.support.command_line import answer, done, refused, run

LEFT = Zone("left", Polygon(((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))))
TILL = Zone("till", Circle(0.25, 0.5, 0.1))
CLIP = ("--format", "mot", "--size", "640x360", "--fps", "1")
CONFIG = """
[cameras.shop]
timezone = "Europe/Zagreb"
staff_zones = ["counter"]
[cameras.shop.zones]
left = { polygon = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]] }
till = { circle = [0.25, 0.5, 0.1] }
door = { line = [[0.5, 0.2], [0.5, 0.8]] }
[cameras.shop.regions]
counter = [[0.8, 0.5], [1, 0.5], [1, 1], [0.8, 1]]
"""


def mot(*people: list[tuple[int, float, float]]) -> str:
    """Write people as MOT: of each, (frame from 0, x, y) of the foot; 20 x 60 pixels tall."""
    lines = [
        f"{frame + 1},{person},{x - 10},{y - 60},20,60,1,-1,-1,-1"
        for person, steps in enumerate(people, start=1)
        for frame, x, y in steps
    ]
    return "\n".join(lines) + "\n"


def standing(first: int, last: int, x: float, y: float) -> list[tuple[int, float, float]]:
    return [(frame, x, y) for frame in range(first, last)]


@pytest.fixture(autouse=True)
def shop(folder: Path) -> None:
    """Store 100 s of a shop from 09:59:10 in frames of 640 x 360, one a second.

    One person stands at the till, one comes by it and goes on to the right, staff stand at the counter.
    """
    (folder / "heatcli.toml").write_text(CONFIG)
    passing = [(frame, 10 + 600 * (frame - 20) / 60, 170.0) for frame in range(20, 80)]
    truth = mot(standing(10, 70, 160, 180), passing, standing(0, 100, 600, 300))
    (folder / "shop.txt").write_text(truth)
    when = ["--start", "2026-03-14T09:59:10", "--timezone", "Europe/Zagreb"]
    done(run("import", "shop.txt", *CLIP, "--camera", "shop", *when, "--frames", "100"))


def zone(*arguments: object) -> Result:
    return run("zone", *arguments)


def expected(*zones: Zone, by: By | None = None) -> tuple[ZoneStatistics, ...]:
    """Compute the statistics of everybody in the shop."""
    (camera,) = selected_cameras(Store.open(Path("heat-store")), Selection())
    zagreb = time_zone("Europe/Zagreb")
    buckets = None if by is None else buckets_of(by, covered=camera.covered, zone=zagreb)
    return read_into(ZoneFigures(camera, zones, buckets), camera).result()


def test_all_configured_zones_are_told_by_default() -> None:
    told = answer(zone("--by", "hour", "--json"))
    (camera,) = told["cameras"]
    assert (camera["camera"], camera["covered_s"], camera["selected_s"]) == ("shop", 100.0, 100.0)
    assert [one["name"] for one in camera["zones"]] == ["left", "till"]
    assert camera["zones"][1]["shape"] == {"circle": [0.25, 0.5, 0.1]}
    assert camera["zones"][0]["shape"] == {"polygon": [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]}
    for found, statistics in zip(camera["zones"], expected(LEFT, TILL, by=By.HOUR), strict=True):
        assert found["total"] == found["total_with_left_out"] == asdict(statistics.total)
        for bucket, figures in zip(found["buckets"], statistics.buckets, strict=True):
            assert {name: bucket[name] for name in asdict(figures)} == asdict(figures)
    # one stands at the till for 60 s, meanwhile the other comes by
    assert camera["zones"][1]["total"]["max_occupancy"] == 2
    assert camera["zones"][1]["total"]["longest_occupancy_s"] == 60.0
    assert camera["zones"][1]["total"]["unique_visits"] == 2
    buckets = camera["zones"][1]["buckets"]
    assert [(one["label"], one["from"], one["covered_s"]) for one in buckets] == [
        ("2026-03-14 09:00", "2026-03-14T09:00:00+01:00", 50.0),
        ("2026-03-14 10:00", "2026-03-14T10:00:00+01:00", 50.0),
    ]
    assert told["selection"]["cameras"] == []
    assert told["selection"]["from"] is None


def test_zones_by_name_by_coordinates_and_from_the_map() -> None:
    asked = (
        "--zone",
        "counter",
        "--circle",
        "0.25,0.5,0.1",
        "--polygon",
        "0,0,0.5,0,0.5,1,0,1",
        "--top",
        "2",
    )
    (camera,) = answer(zone(*asked, "--json"))["cameras"]
    zones = {one["name"]: one for one in camera["zones"]}
    assert list(zones) == ["counter", "circle-1", "polygon-1", "hot-1", "hot-2"]
    till, left = expected(TILL, LEFT)
    assert zones["circle-1"]["total"] == asdict(till.total)
    assert zones["polygon-1"]["total"] == asdict(left.total)
    # the hottest place is where staff stand, all 100 s of it; the next is the till
    assert zones["hot-1"]["total"]["longest_occupancy_s"] == 100.0
    assert zones["hot-1"]["total"]["unique_visits"] == 1
    assert zones["hot-2"]["total"]["longest_occupancy_s"] == 60.0
    assert all(one["buckets"] == [] for one in camera["zones"])


def test_the_hottest_places_say_where_they_are(tmp_path: Path) -> None:
    (camera,) = answer(zone("--top", "2", "--zone", "till", "--json"))["cameras"]
    till, *hot = camera["zones"]
    assert "peak" not in till
    # Staff stand at the counter, a visitor at the till.
    for found, (x, y) in zip(hot, ((600 / 640, 300 / 360), (0.25, 0.5)), strict=True):
        # Somebody who passes by moves the hottest circle a little, as it holds both.
        assert found["peak"] == pytest.approx([x, y], abs=0.04)
        across, down = zip(*found["shape"]["polygon"], strict=True)
        assert min(across) < found["peak"][0] < max(across)
        assert min(down) < found["peak"][1] < max(down)
    table = done(zone("--top", "2", "--zone", "till")).stdout.split("\n\n")[-1].splitlines()
    assert table[0].split() == ["CAMERA", "ZONE", "X", "Y", "LEFT", "RIGHT", "TOP", "BOTTOM"]
    assert [line.split()[1:4] for line in table[1:]] == [
        [one["name"], *(f"{part:.3f}" for part in one["peak"])] for one in hot
    ]
    done(zone("--top", "2", "--zone", "till", "--by", "hour", "-o", "zones.csv"))
    with (tmp_path / "zones.csv").open() as file:
        lines = list(csv.DictReader(file))
    places = {name: ["", ""] for name in ("till",)} | {
        one["name"]: [str(part) for part in one["peak"]] for one in hot
    }
    assert all([line["x"], line["y"]] == places[line["zone"]] for line in lines)
    done(zone("--zone", "till", "-o", "zones.csv"))
    assert "x" not in (tmp_path / "zones.csv").read_text().splitlines()[0].split(",")


def test_visits_are_told_per_covered_hour(tmp_path: Path) -> None:
    done(zone("--zone", "till", "--by", "hour", "-o", "zones.csv"))
    with (tmp_path / "zones.csv").open() as file:
        for line in csv.DictReader(file):
            rate = float(line["unique_visits"]) * 3600 / float(line["covered_s"])
            assert float(line["visits_per_covered_hour"]) == pytest.approx(rate)


def test_a_partition_sums_to_all_of_the_detections() -> None:
    corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
    quarters = [",".join(f"{(x + u) / 2},{(y + v) / 2}" for x, y in corners) for u in (0, 1) for v in (0, 1)]
    asked = [word for quarter in quarters for word in ("--polygon", quarter)]
    (camera,) = answer(zone(*asked, "--by", "5min", "--json"))["cameras"]
    for place in range(2):
        shares = [one["buckets"][place]["detections_pct"] for one in camera["zones"]]
        assert sum(shares) == pytest.approx(100)
        assert sum(share > 0 for share in shares) >= 3
    covered = [bucket["covered_s"] for bucket in camera["zones"][0]["buckets"]]
    assert sum(covered) == camera["covered_s"] == 100.0


def test_who_is_left_out_is_told_beside_totals_with_them(tmp_path: Path) -> None:
    (camera,) = answer(zone("--zone", "counter", "--filter-outliers", "--json"))["cameras"]
    (counter,) = camera["zones"]
    assert counter["total"]["stays"] == 0
    assert counter["total_with_left_out"]["longest_occupancy_s"] == 100.0
    assert camera["people"] == {"all": 3, "counted": 2, "left_out": 1, "visits": 2}
    assert [one["reason"] for one in camera["left_out"]] == ["staff_zone"]
    assert counter["total"]["covered_s"] == counter["total_with_left_out"]["covered_s"] == 100.0
    result = zone("--zone", "counter", "--filter-outliers", "-o", "zones.csv")
    assert "1 of 3 people left out: 1 seen first or mostly in a staff zone" in result.stderr
    with (tmp_path / "zones.csv").open() as file:
        assert [line["period"] for line in csv.DictReader(file)] == ["total", "total_with_left_out"]


def test_a_camera_that_was_off_is_null_never_0(tmp_path: Path) -> None:
    off = ("--from", "2026-03-15", "--to", "2026-03-16", "--by", "day")
    (camera,) = answer(zone(*off, "--json"))["cameras"]
    assert (camera["covered_s"], camera["selected_s"]) == (0.0, 86400.0)
    for figures in (camera["zones"][0]["total"], camera["zones"][0]["buckets"][0]):
        assert {figures[name] for name in asdict(expected(TILL)[0].total) if name != "covered_s"} == {None}
    result = zone(*off)
    assert "nothing recorded in that time" in result.stderr
    total = result.stdout.splitlines()[2]
    assert re.fullmatch(r"shop +left +total +0\.0 s of 24\.00 h( +-){12}", total)
    done(zone(*off, "-o", "zones.csv"))
    with (tmp_path / "zones.csv").open() as file:
        assert {line["occupancy_pct"] for line in csv.DictReader(file)} == {""}


def test_what_is_covered_only_in_part_is_said() -> None:
    result = zone("--from", "2026-03-14T09:00", "--to", "2026-03-14T11:00", "--zone", "till", "--by", "hour")
    assert result.stderr == "shop: 1 min 40 s of 2 h covered\n"
    header, *lines = result.stdout.splitlines()
    assert header.split()[:4] == ["CAMERA", "ZONE", "PERIOD", "COVERED"]
    assert [" ".join(line.split()[2:-12]) for line in lines] == [
        "2026-03-14 09:00 50.0 s of 1.00 h",
        "2026-03-14 10:00 50.0 s of 1.00 h",
        "total 100.0 s of 2.00 h",
    ]
    # the numbers stand below the ends of their names
    assert all(line.rstrip()[-1] in "0123456789-" for line in lines)
    assert len({len(line) for line in (header, *lines)}) == 1


def test_csv_has_a_line_for_each_bucket_and_the_total(tmp_path: Path) -> None:
    result = zone("--by", "5min", "-o", "zones.csv")
    assert (result.exit_code, result.stdout) == (0, "")
    with (tmp_path / "zones.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert [(line["zone"], line["period"], line["from"]) for line in lines[:3]] == [
        ("left", "2026-03-14 09:55", "2026-03-14T09:55:00+01:00"),
        ("left", "2026-03-14 10:00", "2026-03-14T10:00:00+01:00"),
        ("left", "total", ""),
    ]
    (left,) = expected(LEFT)
    for field, value in asdict(left.total).items():
        assert lines[2][field] == ("" if value is None else str(value))


def test_charts_are_a_picture(tmp_path: Path) -> None:
    done(zone("-o", "zone.png"))
    picture = cv2.imread(str(tmp_path / "zone.png"))
    assert picture is not None
    assert picture.shape[1] > 1000
    assert 0.5 < (picture > 250).mean() < 0.99


@pytest.mark.parametrize("arguments", [[], ["--transitions"]], ids=["use", "transitions"])
def test_charts_are_drawn_as_vectors_too(tmp_path: Path, arguments: list[str]) -> None:
    done(zone(*arguments, "-o", "zone.svg"))
    # by hour, as in a picture
    written = (tmp_path / "zone.svg").read_text()
    assert ">shop</text>" in written
    assert (">09:00</text>" in written) == (not arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--zone", "tills"], "no zone 'tills' in camera 'shop'; it has 'till'"),
        (["--zone", "till", "--zone", "till"], "two zones are called 'till'"),
        (["--camera", "shp"], "no camera 'shp' in the store; it has 'shop'"),
        (["--circle", "0.5,0.5"], "a circle is X,Y,R"),
        (["--circle", "0.5,0.5,0"], "radius must be positive"),
        (["--polygon", "0,0"], "at least three corners, got 1"),
        (["--polygon", "0,0,1,1,0.5,0.5"], "must have an area"),
        (["--polygon", "0,0,2,0,2,2"], "2 is not a fraction of the frame"),
        (["--top", "0"], "--top"),
        (["--by", "fortnight"], "fortnight"),
        (["--from", "2026-03-15", "--to", "2026-03-14"], "ends .* before it starts"),
        (["-o", "zones.gif"], "no format has this extension; end the name in one of .csv, .png"),
        (["-o", "gone/zones.csv"], "there is no folder gone"),
        (["--config", "empty.toml"], "no zones are configured for camera 'shop': give --circle X,Y,R"),
    ],
)
def test_wrong_questions_are_one_line_and_exit_2(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "empty.toml").write_text("")
    assert re.search(message, refused(zone(*arguments)))


def test_cameras_without_the_zone_are_told_to_have_none() -> None:
    done(run("import", "shop.txt", *CLIP, "--camera", "yard", "--start", "2026-03-14T09:59"))
    told = answer(zone("--zone", "till", "--json"))["cameras"]
    assert [(one["camera"], len(one["zones"])) for one in told] == [("shop", 1), ("yard", 0)]
    assert "yard: 1 min 40 s covered, no zones" in zone("--zone", "till").stderr
