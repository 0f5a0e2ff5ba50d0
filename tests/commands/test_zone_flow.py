"""`heatcli zone --flow`: density, speed and flow of people on a floor plan, as a user sees them."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import openpyxl
import pedpy
import pytest
from typer.testing import Result

from heatcli.commands.import_mot import import_mot
from heatcli.picture.files import read_picture, write_picture
from heatcli.store.store import Store
from tests.support.command_line import answer, done, refused, run
from tests.support.floor_scenes import DEPTH, FRONT, WIDTH, image_of
from tests.support.places import DOCS

SCALE = 0.08
PLAN = round(WIDTH / SCALE), round(DEPTH / SCALE)
PLACES = np.array([(3, 4), (13, 5), (2, 21), (14, 20), (8, 12), (9, 9.0)])
SECONDS, FPS = 90, 10
# Three walk away from the camera through the zone and over the line, in m/s; one stands in it.
SPEEDS = (0.9, 1.2, 1.5)
ZONE = np.array([(5.0, 6.0), (11.0, 6.0), (11.0, 12.0), (5.0, 12.0)])
LINE = np.array([(4.0, 9.0), (12.0, 9.0)])
# In the scene's metres from the camera on; 6 x 6 m and 8 m.
AREA_M2, LENGTH_M = 36.0, 8.0


def text(places: np.ndarray[Any, np.dtype[np.float64]]) -> str:
    return str(image_of(FRONT, places).round(6).tolist())


@pytest.fixture
def hall(folder: Path) -> Path:
    write_picture(folder / "plan.png", np.full((PLAN[1], PLAN[0], 3), 255, np.uint8))
    lines = []
    for frame in range(SECONDS * FPS):
        standing = [(8.0, 10.0)]
        walking = [(6.5 + n, 4.0 + speed * frame / FPS) for n, speed in enumerate(SPEEDS)]
        places = np.array([place for place in standing + walking if place[1] < 20])
        feet = image_of(FRONT, places) * (320, 180)
        boxes = [(n, x - 3, y - 20) for n, (x, y) in enumerate(feet.tolist(), start=1)]
        # whoever has left is no longer there, the others keep their numbers
        numbers = [1, *(n + 2 for n, place in enumerate(walking) if place[1] < 20)]
        lines += [f"{frame + 1},{n},{x},{y},6,20,1" for n, (_, x, y) in zip(numbers, boxes, strict=True)]
    (folder / "gt.txt").write_text("\n".join(lines))
    store = Store.create_or_open(folder / "heat-store")
    for camera in ("front", "yard"):
        import_mot(
            store,
            file=folder / "gt.txt",
            camera=camera,
            width=320,
            height=180,
            fps=FPS,
            start="2026-03-20T10:00:00Z",
            frames=SECONDS * FPS,
        )
    points = [
        f"{{ image = [{u:.6f}, {v:.6f}], plan = [{x / SCALE:.3f}, {(DEPTH - y) / SCALE:.3f}] }}"
        for (u, v), (x, y) in zip(image_of(FRONT, PLACES).tolist(), PLACES.tolist(), strict=True)
    ]
    (folder / "heatcli.toml").write_text(
        f"[cameras.front.zones]\nmiddle = {{ polygon = {text(ZONE)} }}\ngate = {{ line = {text(LINE)} }}\n"
        "sky = { polygon = [[0.1, 0.0], [0.9, 0.0], [0.5, 0.6]] }\n"
        "far = { line = [[0.1, 0.0], [0.5, 0.9]] }\n"
        f'[cameras.front.floor]\nplan = "plan.png"\nmetres_per_pixel = {SCALE}\n'
        f"points = [{', '.join(points)}]\n"
        f"[cameras.yard.zones]\nmiddle = {{ polygon = {text(ZONE)} }}\n"
    )
    return folder


def flow(*options: object) -> Result:
    return run("zone", "--flow", *options)


def by_name(places: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {place["name"]: place for place in places}


def test_metres_of_walkers_on_a_drawn_floor(hall: Path) -> None:
    front, yard = answer(flow("--json"))["cameras"]
    assert yard["flow"] is None
    found = front["flow"]
    assert found["method"]["floor_error_m"] < 0.01
    middle = by_name(found["zones"])["middle"]["total"]
    assert middle["area_m2"] == pytest.approx(AREA_M2, rel=0.01)
    # each walks 6 m through it; a foot is known to less than a pixel
    assert middle["walked_m"] == pytest.approx(18, rel=0.05)
    inside_s = SECONDS + sum(6 / speed for speed in SPEEDS)
    assert middle["mean_density"] == pytest.approx(inside_s / SECONDS / AREA_M2, rel=0.03)
    assert middle["max_density"] == pytest.approx(4 / AREA_M2, rel=0.01)
    assert middle["mean_speed"] == pytest.approx(18 / inside_s, rel=0.05)
    assert [middle[f"above_{limit}_s"] for limit in (2, 3, 4)] == [0, 0, 0]
    assert middle["level_a_s"] == SECONDS
    gate = by_name(found["lines"])["gate"]
    assert gate["total"]["length_m"] == pytest.approx(LENGTH_M, rel=0.01)
    assert gate["total"]["persons"] == 3
    assert gate["total"]["specific_flow"] == pytest.approx(3 / SECONDS / LENGTH_M, rel=0.02)
    assert gate["total"]["mean_speed"] == pytest.approx(np.mean(SPEEDS), rel=0.05)
    times = [one["time"] for one in gate["n_t"]]
    seconds = [float(time[17:].split("+")[0]) for time in times]
    # they walk 5 m to the line
    np.testing.assert_allclose(seconds, sorted(5 / speed for speed in SPEEDS), atol=0.3)
    assert [one["people"] for one in gate["n_t"]] == [1, 2, 3]
    speeds = sorted(one["mean_speed"] for one in found["people"])
    np.testing.assert_allclose(speeds, [0, *SPEEDS], atol=0.06)


def test_above_the_horizon_nothing_can_be_said(hall: Path) -> None:
    front, _ = answer(flow("--json"))["cameras"]
    sky = by_name(front["flow"]["zones"])["sky"]["total"]
    assert sky["covered_s"] > 0
    assert (sky["area_m2"], sky["mean_density"], sky["walked_m"], sky["mean_speed"]) == (None,) * 4
    far = by_name(front["flow"]["lines"])["far"]
    assert (far["total"]["persons"], far["total"]["specific_flow"], far["n_t"]) == (None,) * 3


def test_table_and_note_say_how_it_was_measured(hall: Path) -> None:
    shown = flow("--zone", "middle", "--zone", "gate")
    done(shown)
    assert "AREA m²" in shown.stdout
    assert "VORONOI /m²" in shown.stdout
    assert "speed over 1 s, density each full second, Voronoi cells cut at the" in shown.stderr
    assert "yard" not in shown.stdout
    assert "no floor" in shown.stderr


def test_buckets_add_up_to_the_total(hall: Path) -> None:
    done(flow("--by", "5min", "-o", "flow.csv"))
    with Path("flow.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    bucket, total = [row for row in rows if row["name"] == "middle"]
    assert (total["period"], bucket["from"][:19]) == ("total", "2026-03-20T10:00:00")
    for field in ("walked_m", "mean_density", "mean_voronoi", "level_a_s"):
        assert float(bucket[field]) == pytest.approx(float(total[field]))
    people = [row for row in rows if row["kind"] == "person"]
    assert len(people) == 4
    assert all(float(one["seconds"]) > 0 and not one["area_m2"] for one in people)
    assert all(row["mean_density"] == "" for row in rows if row["name"] == "sky")


def test_evidence_shows_who_was_there_and_who_crossed(hall: Path) -> None:
    front, yard = answer(flow("--evidence", "--json"))["cameras"]
    assert yard["evidence"] == []
    crossed = [one for one in front["evidence"] if (one["zone"], one["event"]) == ("gate", "first_crossing")]
    # From 4 m to the line at 9 m from the camera, the fastest first.
    assert [one["track"] for one in crossed] == [4, 3, 2]
    assert [one["media_from_us"] / 1e6 for one in crossed] == pytest.approx(
        [5 / speed for speed in sorted(SPEEDS, reverse=True)], abs=0.2
    )
    stays = {one["track"] for one in front["evidence"] if (one["zone"], one["event"]) == ("middle", "stay")}
    assert stays == {1, 2, 3, 4}


def test_charts(hall: Path) -> None:
    done(flow("-o", "flow.png"))
    assert read_picture(Path("flow.png")).shape[1] == 1320
    done(flow("-o", "flow.svg"))
    drawn = Path("flow.svg").read_text()
    for said in ("Speed over density", "(N-t)", "middle", "gate", "front"):
        assert said in drawn


def test_without_a_floor_it_is_refused_with_the_remedy(hall: Path) -> None:
    said = refused(flow("--camera", "yard"))
    assert "has a floor" in said
    assert "[cameras.NAME.floor]" in said
    assert "cannot be combined" in refused(flow("--entries"))


def test_selected_time_in_which_nothing_was_recorded(hall: Path) -> None:
    front, _ = answer(flow("--json", "--date", "2026-04-01"))["cameras"]
    middle = by_name(front["flow"]["zones"])["middle"]["total"]
    assert (middle["covered_s"], middle["mean_density"], middle["walked_m"]) == (0, None, None)
    gate = by_name(front["flow"]["lines"])["gate"]
    assert (gate["total"]["persons"], gate["n_t"]) == (None, [])


def test_pedpy_reads_exported_paths(hall: Path) -> None:
    (report,) = [
        Path(file)
        for file in answer(
            run(
                "export",
                "daily",
                "--start",
                "2026-03-20",
                "--format",
                "trajectories-m,coordinates",
                "--json",
            )
        )["files"]
        if "trajectories" in file
    ]
    assert report.name == "trajectories-front.txt"
    assert "#frame 0: 2026-03-20T10:00:00" in report.read_text()
    read = pedpy.load_trajectory_from_txt(trajectory_file=report)
    assert read.frame_rate == FPS
    (front, _) = answer(flow("--json"))["cameras"]
    speed = pedpy.compute_individual_speed(
        traj_data=read, frame_step=5, speed_calculation=pedpy.SpeedCalculation.BORDER_SINGLE_SIDED
    )
    theirs = sorted(speed.groupby("id")["speed"].mean())
    ours = sorted(one["mean_speed"] for one in front["flow"]["people"])
    # the file has tenths of millimetres
    np.testing.assert_allclose(ours, theirs, atol=1e-3)


@pytest.mark.slow
def test_a_report_has_the_numbers_of_the_command_line(hall: Path) -> None:
    done(run("export", "daily", "--start", "2026-03-20", "--format", "html,xlsx,csv,json,svg"))
    day = hall / "daily-2026-03-20"
    report = json.loads((day / "report.json").read_text())
    jsonschema.validate(report, json.loads((DOCS / "report.schema.json").read_text()))
    told = answer(flow("--date", "2026-03-20", "--by", "hour", "--json"))["cameras"]
    assert [one["flow"] for one in report["cameras"]] == [one["flow"] for one in told]
    done(flow("--date", "2026-03-20", "--by", "hour", "-o", "flow.csv"))
    assert (day / "flow.csv").read_text() == (hall / "flow.csv").read_text()
    book = openpyxl.load_workbook(day / "report.xlsx")
    for sheet, place, title, places, field in (
        ("Density and speed", "middle", "Walked, m", "zones", "walked_m"),
        ("Flow", "gate", "Flow, /m/s", "lines", "specific_flow"),
    ):
        head = [cell.value for cell in book[sheet][4]]
        rows = [
            dict(zip(head, row, strict=True)) for row in book[sheet].iter_rows(min_row=5, values_only=True)
        ]
        (total,) = [row for row in rows if (row[head[1]], row["Period"]) == (place, "total")]
        assert total[title] == pytest.approx(by_name(told[0]["flow"][places])[place]["total"][field])
    assert "Speed over density" in (day / "flow-front.svg").read_text()
    assert not (day / "flow-yard.svg").exists()
    page = (day / "report.html").read_text()
    table = done(flow("--date", "2026-03-20")).stdout.splitlines()
    for line in (*table[1:3], *table[5:7]):
        # The page has neither camera nor period nor covered time.
        _, name, _, _, *figures = re.split(" {2,}", line)
        assert json.dumps([name, *figures]) in page


def test_a_report_does_without_a_plan_that_is_not_there(hall: Path) -> None:
    (hall / "plan.png").unlink()
    said = done(run("export", "daily", "--start", "2026-03-20", "--format", "json")).stderr
    assert "front: no density, speed and flow" in said
    assert "plan.png" in said
    report = json.loads((hall / "daily-2026-03-20/report.json").read_text())
    assert [one["flow"] for one in report["cameras"]] == [None, None]


def test_a_crowd_that_hides_itself_is_not_measurable(hall: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four people are a crowd to a detector that loses whoever is hidden by a thousandth of a person."""
    monkeypatch.setattr("heatcli.answers.flow_report._DETECTED", {"import"})
    sparse = by_name(answer(flow("--json"))["cameras"][0]["flow"]["zones"])["middle"]["total"]
    assert 0.1 < sparse["measurable_up_to"] < 10
    assert (sparse["beyond_s"], sparse["not_measurable"]) == (0, None)
    assert sparse["max_voronoi"] > 0
    monkeypatch.setattr("heatcli.zones.hidden_floor.MOST_HIDING", 0.001)
    found = answer(flow("--json"))["cameras"][0]["flow"]
    dense = by_name(found["zones"])["middle"]["total"]
    assert (
        dense["not_measurable"]
        == f"too dense for {dense['beyond_s']} s: people hide each other from the detector"
    )
    assert {dense[name] for name in ("max_density", "mean_voronoi", "level_a_s", "above_4_s")} == {None}
    assert dense["mean_speed"] == sparse["mean_speed"]
    assert by_name(found["lines"])["gate"]["total"]["specific_flow"] is None
    assert "not measurable" in done(flow()).output
