"""`heatcli zone` with lines, `--transitions` and `--evidence`: from a file of tracks to the answers."""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import pytest
from typer.testing import Result

from heatcli.answers.evidence import media_text
from tests.support.command_line import answer, done, refused, run

CONFIG = """
[cameras.shop]
timezone = "Europe/Zagreb"
[cameras.shop.zones]
left = { polygon = [[0, 0], [0.25, 0], [0.25, 1], [0, 1]] }
right = { polygon = [[0.75, 0], [1, 0], [1, 1], [0.75, 1]] }
door = { line = [[0.5, 0.9], [0.5, 0.1]] }
"""


def file_of(people: list[list[tuple[int, float]]]) -> str:
    """Write people as MOT: of each, (frame from 0, x) of a foot on one height; 20 x 60 pixels tall."""
    lines = [
        f"{frame + 1},{person},{x - 10},120,20,60,1,-1,-1,-1"
        for person, steps in enumerate(people, start=1)
        for frame, x in steps
    ]
    return "\n".join(lines) + "\n"


@pytest.fixture(autouse=True)
def shop(folder: Path) -> None:
    """Store two clips of 60 s of a shop 640 pixels wide, one frame a second, an hour apart.

    In the first one two people walk from the left to the right and one of them comes back; in the second one
    somebody walks from right to left, and somebody else stays left.
    """
    (folder / "heatcli.toml").write_text(CONFIG)
    across = [(frame, 5 + 35.0 * frame) for frame in range(18)]
    back = [(frame, 600 - 35.0 * (frame - 18)) for frame in range(18, 36)]
    later = [(frame + 30, x) for frame, x in across]
    clips = {
        "first": ("2026-03-14T09:59:40", [[*across, *back], later]),
        "second": (
            "2026-03-14T11:00:00",
            [[(frame, 605 - 35.0 * frame) for frame in range(18)], [(frame, 50.0) for frame in range(60)]],
        ),
    }
    for name, (start, people) in clips.items():
        (folder / f"{name}.txt").write_text(file_of(people))
        where = ["--format", "mot", "--camera", "shop", "--size", "640x360", "--fps", "1", "--frames", "60"]
        when = ["--start", start, "--timezone", "Europe/Zagreb"]
        done(run("import", f"{name}.txt", *where, *when))


def ask(*arguments: object) -> Result:
    return run("zone", *arguments)


def camera_of(result: Result) -> dict[str, Any]:
    (camera,) = answer(result)["cameras"]
    return dict(camera)


def test_a_line_counts_each_way_and_hour(tmp_path: Path) -> None:
    (door,) = camera_of(ask("--by", "hour", "--json"))["lines"]
    assert door["name"] == "door"
    assert door["shape"] == {"line": [[0.5, 0.9], [0.5, 0.1]]}
    total = {"covered_s": 120.0, "left_to_right": 2, "right_to_left": 2, "persons": 3}
    assert door["total"] == door["total_with_left_out"] == total
    hours = [
        (one["label"][-5:], one["left_to_right"], one["right_to_left"], one["persons"])
        for one in door["buckets"]
    ]
    assert hours == [("09:00", 1, 0, 1), ("10:00", 1, 1, 2), ("11:00", 0, 1, 1)]

    told = ask("--zone", "door").stdout.splitlines()
    assert [line.split()[-3:] for line in told[1:]] == [["2", "2", "3"]]

    done(ask("-o", "use.csv"))
    with (tmp_path / "use.csv").open(newline="") as file:
        rows = {row["zone"]: row for row in csv.DictReader(file)}
    assert (rows["door"]["left_to_right"], rows["door"]["stays"]) == ("2", "")
    assert (rows["left"]["left_to_right"], rows["left"]["stays"]) == ("", "5")


def test_of_a_time_that_nobody_watched_no_way_is_told() -> None:
    unwatched = ("--transitions", "--date", "2026-03-15")
    assert camera_of(ask(*unwatched, "--json"))["transitions"] == []
    assert len(ask(*unwatched).stdout.splitlines()) == 1
    assert "nothing recorded in that time" in ask(*unwatched).stderr
    done(ask(*unwatched, "-o", "ways.png"))


def test_transitions(tmp_path: Path) -> None:
    found = camera_of(ask("--transitions", "--json"))["transitions"]
    columns = ("kind", "from", "to", "count", "persons", "share_pct", "median_between_s")
    ways = [tuple(way[name] for name in columns) for way in found]
    # In 35 pixels a frame the left zone ends at 160, the right one begins at 480: 9 frames lie between.
    assert ways == [
        ("transition", "left", "right", 2, 2, 50.0, 9.0),
        ("transition", "right", "left", 2, 2, pytest.approx(200 / 3), 9.0),
        ("entry", None, "left", 3, 3, 75.0, None),
        ("entry", None, "right", 1, 1, pytest.approx(100 / 3), None),
        ("exit", "left", None, 3, 3, 75.0, None),
        ("exit", "right", None, 1, 1, pytest.approx(100 / 3), None),
        ("stayed", "left", "left", 1, 1, 25.0, None),
        ("stayed", "right", "right", 0, 0, 0.0, None),
    ]
    table = ask("--transitions").stdout.splitlines()
    assert table[1].split() == ["shop", "transition", "left", "right", "2", "2", "50.0", "9.0"]
    done(ask("--transitions", "-o", "ways.csv"))
    with (tmp_path / "ways.csv").open(newline="") as file:
        assert [row["count"] for row in csv.DictReader(file)] == [str(way[3]) for way in ways]
    done(ask("--transitions", "-o", "ways.png"))
    assert cv2.imread(str(tmp_path / "ways.png")) is not None


def test_evidence_says_where_in_which_file(tmp_path: Path) -> None:
    camera = camera_of(ask("--evidence", "--by", "hour", "--json"))
    listed = [
        (
            one["zone"],
            Path(one["path"]).stem,
            one["track"],
            one["media_from"],
            one["media_to"],
            one["direction"],
        )
        for one in camera["evidence"]
    ]
    assert listed == [
        ("left", "first", 1, "0:00:00.000", "0:00:05.000", None),
        ("left", "first", 2, "0:00:30.000", "0:00:35.000", None),
        ("left", "first", 1, "0:00:31.000", "0:00:36.000", None),
        ("left", "second", 2, "0:00:00.000", "0:01:00.000", None),
        ("left", "second", 1, "0:00:13.000", "0:00:18.000", None),
        ("right", "first", 1, "0:00:14.000", "0:00:22.000", None),
        ("right", "first", 2, "0:00:44.000", "0:00:48.000", None),
        ("right", "second", 1, "0:00:00.000", "0:00:04.000", None),
        ("door", "first", 1, "0:00:09.000", "0:00:09.000", "left_to_right"),
        ("door", "first", 1, "0:00:27.000", "0:00:27.000", "right_to_left"),
        ("door", "first", 2, "0:00:39.000", "0:00:39.000", "left_to_right"),
        ("door", "second", 1, "0:00:09.000", "0:00:09.000", "right_to_left"),
    ]
    first = camera["evidence"][5]
    assert (first["media_from_us"], first["media_to_us"]) == (14_000_000, 22_000_000)
    assert (first["from"], first["to"]) == ("2026-03-14T09:59:54+01:00", "2026-03-14T10:00:02+01:00")
    # There is one line for each stay that is counted, in the bucket in which it is counted.
    per_bucket = Counter((one["zone"], one["period"]) for one in camera["evidence"] if not one["direction"])
    assert per_bucket == {
        (zone["name"], bucket["label"]): bucket["stays"]
        for zone in camera["zones"]
        for bucket in zone["buckets"]
        if bucket["stays"]
    }

    done(ask("--evidence", "-o", "evidence.csv"))
    with (tmp_path / "evidence.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["zone"], row["media_from"]) for row in rows] == [(one[0], one[3]) for one in listed]
    assert len(ask("--evidence").stdout.splitlines()) == 1 + len(listed)


def test_time_in_a_file_is_that_of_players() -> None:
    assert media_text(0) == "0:00:00.000"
    assert media_text(3_723_004_999) == "1:02:03.004"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--transitions", "--evidence"], "one at a time"),
        (["--evidence", "-o", "x.png"], "x.png: no format has this extension; end the name in one of .csv"),
    ],
)
def test_questions_that_cannot_be(arguments: list[str], told: str) -> None:
    assert told in refused(ask(*arguments))
