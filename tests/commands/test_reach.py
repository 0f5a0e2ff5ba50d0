"""`--reach` from end to end: what a map says of a place, and what `zone` says of the circle around it."""

import csv
from pathlib import Path

import numpy as np
import pytest

from heatcli.picture.colour import color_table
from heatcli.picture.files import read_picture
from heatcli.store.store import Store
from tests.support.command_line import answer, done, refused, run
from tests.support.truth import put_truth

# At the till, beside it, in the aisle, and where nobody is: columns and rows of 160 x 90.
PLACES = [(94, 59), (90, 66), (54, 38), (150, 5)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reach") / "store"
    put_truth(Store.create_or_open(folder))
    return folder


def occupied(store: Path, radius: float) -> list[float]:
    """Return how much of the time somebody is in the circle around each place, in percent."""
    circles = [f"{(column + 0.5) / 160},{(row + 0.5) / 90},{radius}" for column, row in PLACES]
    asked = [word for circle in circles for word in ("--circle", circle)]
    (camera,) = answer(run("zone", "--store", store, *asked, "--json"))["cameras"]
    return [zone["total"]["occupancy_pct"] for zone in camera["zones"]]


def test_the_scale_says_what_is_drawn(store: Path, tmp_path: Path) -> None:
    picture = tmp_path / "heat.png"
    scale = ("--normalization", "absolute", "--max-value", "80", "--color-map", "hot")
    look = ("--opacity", "1", "--min-display-threshold", "0", "--background", "none", "--no-display-legend")
    asked = ("render", "--store", store, "--metric", "occupancy_pct", "-o", picture)
    done(run(*asked, *scale, *look))
    drawn, table = read_picture(picture).astype(int), color_table("hot")
    percents = occupied(store, 0.05)
    assert percents[0] > 50
    assert percents[-1] == 0
    for (column, row), percent in zip(PLACES, percents, strict=True):
        color = table[round(255 * percent / 80)]
        assert np.abs(drawn[4 * row + 2, 4 * column + 2] - color).max() < 25, (column, row, percent)


def test_files_of_numbers_have_the_value_the_cell_and_the_reach(store: Path, tmp_path: Path) -> None:
    asked = ("render", "--store", store, "--metric", "occupancy_pct", "--reach", "0.1", "--smoothing", "0")
    ran = answer(run(*asked, "-o", tmp_path / "heat.npz", "--json"))
    done(run(*asked, "-o", tmp_path / "heat.csv"))
    with np.load(tmp_path / "heat.npz") as file:
        value, raw = file["value"], file["raw"]
        assert float(file["reach"]) == ran["cameras"][0]["reach"] == 0.1
    for (column, row), percent in zip(PLACES, occupied(store, 0.1), strict=True):
        assert value[row, column] == pytest.approx(percent, rel=0.05)
    assert raw.max() < 0.5 * value.max()
    with (tmp_path / "heat.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [float(line["occupancy_pct"]) for line in lines] == pytest.approx(value.ravel().tolist())
    assert [float(line["occupancy_pct_raw"]) for line in lines] == pytest.approx(raw.ravel().tolist())
    assert {line["reach"] for line in lines} == {"0.1"}


def test_without_a_reach_values_are_those_of_cells(store: Path, tmp_path: Path) -> None:
    asked = ("render", "--store", store, "--reach", "0", "--smoothing", "0", "-o", tmp_path / "heat.npz")
    done(run(*asked))
    with np.load(tmp_path / "heat.npz") as file:
        assert np.array_equal(file["value"], file["raw"])
        assert float(file["reach"]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["render", "--reach", "32"], "--reach 32 is a fraction of the frame's width in a picture"),
        (["export", "daily", "--start", "2026-03-14", "--reach", "2"], "--reach 2 is a fraction"),
        (["compare", "--a", "2026-03-14", "--b", "2026-03-15", "--reach", "2"], "--reach 2 is a fraction"),
        (["render", "--reach", "-1"], "--reach: '-1' is not possible; give a number, at least 0"),
        (["render", "--paths", "--reach", "0.1"], "leave out --reach"),
        (["render", "--density", "--reach", "0.1"], "--reach is not for --density"),
        (["render", "--density", "--on", "floor", "--reach", "1"], "--reach is not for --density"),
    ],
)
def test_a_reach_that_makes_no_sense_is_refused(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert message in refused(run(*arguments, "--store", store))
    assert not list(tmp_path.iterdir())
