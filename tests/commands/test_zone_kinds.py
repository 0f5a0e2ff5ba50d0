"""Objects of several classes are counted apart: 3 people and 2 bicycles are not 5 visitors."""

import csv
import json
from pathlib import Path

import jsonschema
import pytest

from heatcli.commands.import_mot import import_mot
from heatcli.store.store import Store
from tests.support.command_line import answer, done, run
from tests.support.places import ROOT

WHOLE = "0,0,1,0,1,1,0,1"


@pytest.fixture
def street(folder: Path) -> Path:
    """A camera that saw three people and, in its next clip, two bicycles, each for ten seconds."""
    store = Store.create_or_open(folder / "heat-store")
    for name, count, start in (("person", 3, "10:00"), ("bicycle", 2, "11:00")):
        file = folder / f"{name}.txt"
        file.write_text(
            "".join(
                f"{frame},{one + 1},{40 + 5 * frame},{60 * one + 20},20,50,1\n"
                for frame in range(1, 101)
                for one in range(count)
            )
        )
        import_mot(
            store, file=file, camera="street", width=640, height=360, fps=10, object_class=name,
            start=f"2026-03-14T{start}", timezone="UTC",
        )  # fmt: skip
    return folder


def test_each_class_has_figures_of_its_own(street: Path) -> None:
    told = answer(run("zone", "--polygon", WHOLE, "--json"))
    (camera,) = told["cameras"]
    assert camera["note"] == "3 person and 2 bicycle count together; choose with --objects-to-track"
    (zone,) = camera["zones"]
    assert zone["total"]["unique_visits"] == 5
    assert {kind: one["unique_visits"] for kind, one in zone["by_object"].items()} == {
        "bicycle": 2,
        "person": 3,
    }
    for kind, one in zone["by_object"].items():
        alone = answer(run("zone", "--polygon", WHOLE, "--objects-to-track", kind, "--json"))
        (of_kind,) = alone["cameras"]
        assert of_kind["note"] is None
        (only,) = of_kind["zones"]
        assert only["total"] == one
        assert only["by_object"] == {}


def test_tables_and_files_tell_them_apart(street: Path) -> None:
    result = done(run("zone", "--polygon", WHOLE))
    assert "3 person and 2 bicycle count together" in result.stderr
    assert "total of bicycle" in result.stdout
    done(run("zone", "--polygon", WHOLE, "-o", "zones.csv"))
    with Path("zones.csv").open() as file:
        visits = {row["period"]: row["unique_visits"] for row in csv.DictReader(file)}
    assert visits == {"total": "5", "total of bicycle": "2", "total of person": "3"}


def test_a_report_tells_them_apart_in_every_file(street: Path) -> None:
    (street / "heatcli.toml").write_text(
        "[cameras.street.zones]\n"
        "right = { polygon = [[0.5, 0], [1, 0], [1, 1], [0.5, 1]] }\n"
        "corner = { polygon = [[0.9, 0.9], [1, 0.9], [1, 1], [0.9, 1]] }\n"
        "way = { line = [[0.5, 0], [0.5, 1]] }\n"
    )
    told = answer(run("zone", "--json"))
    done(run("export", "daily", "--start", "2026-03-14", "--format", "json,csv"))
    report = json.loads(Path("daily-2026-03-14/report.json").read_text())
    jsonschema.validate(report, json.loads((ROOT / "docs/report.schema.json").read_text()))
    (camera,), (asked,) = report["cameras"], told["cameras"]
    for kind in ("zones", "lines"):
        found = {one["name"]: one["by_object"] for one in camera[kind]}
        assert found == {one["name"]: one["by_object"] for one in asked[kind]}
    assert {one["name"]: one["by_object"]["person"]["unique_visits"] for one in camera["zones"]} == {
        "right": 3,
        "corner": 0,
    }
    assert camera["frame"]["by_object"]["bicycle"]["unique_visits"] == 2
    with Path("daily-2026-03-14/time.csv").open() as file:
        totals = {(row["zone"], row["period"]): row["unique_visits"] for row in csv.DictReader(file)}
    assert totals["whole frame", "total of person"] == "3"
    assert totals["right", "total of bicycle"] == "2"
    assert totals["corner", "total of bicycle"] == "0"
