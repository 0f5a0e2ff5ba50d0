"""Objects of several classes are counted apart: 3 people and 2 bicycles are not 5 visitors."""

import csv
from pathlib import Path

import pytest

from heatcli.commands.import_mot import import_mot
from heatcli.store.store import Store
from tests.support.command_line import answer, done, run

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
        assert "by_object" not in only


def test_tables_and_files_tell_them_apart(street: Path) -> None:
    result = done(run("zone", "--polygon", WHOLE))
    assert "3 person and 2 bicycle count together" in result.stderr
    assert "total of bicycle" in result.stdout
    done(run("zone", "--polygon", WHOLE, "-o", "zones.csv"))
    with Path("zones.csv").open() as file:
        visits = {row["period"]: row["unique_visits"] for row in csv.DictReader(file)}
    assert visits == {"total": "5", "total of bicycle": "2", "total of person": "3"}
