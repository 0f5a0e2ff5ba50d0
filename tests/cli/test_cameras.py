"""Which cameras are meant, and what `heatcli cameras` says of them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from heatcli.config.camera import CameraConfig
from heatcli.config.models import Config
from heatcli.errors import UsageError
from heatcli.intervals import Intervals
from heatcli.select.cameras import matching_cameras
from heatcli.store.store import Store
from tests.support.command_line import answer, refused, run
from tests.support.store_runs import clip_row, put

STORED = ["door", "back door", "Door 2", "till[1]", "till[2]", "yard"]
CONFIG = Config(
    cameras={
        "door": CameraConfig(location="Store 12", labels=("doors", "ground floor")),
        "back door": CameraConfig(location="Store 12", labels=("doors",)),
        "till[1]": CameraConfig(location="Store 1", labels=("tills",)),
        "roof": CameraConfig(location="Store 7", labels=("roofs",)),
    }
)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({}, sorted(STORED)),
        ({"names": ["door"]}, ["door"]),
        ({"names": ["DOOR"]}, ["Door 2", "back door", "door"]),
        ({"names": ["oor"]}, ["Door 2", "back door", "door"]),
        ({"names": ["door*"]}, ["Door 2", "door"]),
        ({"names": ["till[1]"]}, ["till[1]"]),
        ({"names": ["till"]}, ["till[1]", "till[2]"]),
        ({"names": ["yar?", "door"]}, ["door", "yard"]),
        ({"locations": ["Store 1"]}, ["till[1]"]),
        ({"locations": ["store"]}, ["back door", "door", "till[1]"]),
        ({"labels": ["doors"]}, ["back door", "door"]),
        ({"labels": ["tills", "ground"]}, ["door", "till[1]"]),
        ({"names": ["back"], "labels": ["doors"], "locations": ["*12"]}, ["back door"]),
    ],
)
def test_the_cameras_that_are_meant(said: dict[str, Any], meant: list[str]) -> None:
    assert matching_cameras(STORED, CONFIG, **said) == meant


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"names": ["dor"]}, "no camera 'dor' in the store; it has 'door'"),
        ({"names": [""]}, "no camera '' in the store"),
        ({"locations": ["Stoer 12"]}, "no location 'Stoer 12' in the configuration; it has 'Store 12'"),
        ({"labels": ["dors"]}, "no label 'dors' in the configuration; it has 'doors'"),
        (
            {"names": ["yard"], "labels": ["doors"]},
            "has this name, location and label at once",
        ),
        ({"labels": ["roofs"]}, "has this name, location and label at once"),
    ],
)
def test_what_nobody_can_mean_is_refused(said: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        matching_cameras(STORED, CONFIG, **said)


@pytest.fixture
def shop(folder: Path) -> Path:
    """A configuration with two cameras, of which the store has one, and a store with another one besides."""
    (folder / "heatcli.toml").write_text(
        'timezone = "Asia/Tokyo"\n[cameras.door]\nlocation = "Store 12"\nlabels = ["a", "b"]\n'
        "[cameras.roof]\n"
    )
    store = Store.create_or_open(folder / "heat-store")
    start = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    # 20 s each: 40 s apart, then overlapping, then an hour and then two minutes later
    for number, seconds in enumerate((0, 60, 70, 3690, 3830)):
        put(store, clip_row("door", f"{number:016x}", start=start + timedelta(seconds=seconds)))
    put(store, clip_row("yard", start=start, coverage=Intervals.of([]), timezone="UTC"))
    return folder


def cameras(*arguments: str) -> list[dict[str, Any]]:
    return list(answer(run("cameras", "--json", *arguments))["cameras"])


def test_what_is_held_of_each_camera(shop: Path) -> None:
    door, roof, yard = cameras()
    assert 5_000 < door.pop("stored_bytes") < 200_000
    assert door == {
        "camera": "door",
        "configured": True,
        "location": "Store 12",
        "labels": ["a", "b"],
        "timezone": "Europe/Zagreb",
        "clips": 5,
        "first": "2026-03-29T01:30:00+01:00",
        "last": "2026-03-29T03:34:10+02:00",
        "covered_s": 90.0,
        "gaps": 2,
        "longest_gap_s": 3600.0,
    }
    assert (roof["camera"], roof["clips"], roof["timezone"]) == ("roof", 0, "Asia/Tokyo")
    assert (yard["configured"], yard["clips"], yard["first"], yard["gaps"]) == (False, 1, None, 0)
    table = run("cameras").stdout.splitlines()
    assert len(table) == 4
    assert table[1].split("  ")[0] == "door"
    assert (
        len({line.index(word) for line, word in zip(table, ("CLIPS", "5  ", "0  ", "1  "), strict=True)}) == 1
    )


def test_without_a_store_or_a_configuration(shop: Path) -> None:
    assert [camera["camera"] for camera in cameras("--store", "none")] == ["door", "roof"]
    (shop / "heatcli.toml").unlink()
    assert [camera["camera"] for camera in cameras()] == ["door", "yard"]
    assert "no heat store here" in refused(run("cameras", "--store", "none"))


def rendered(*arguments: str) -> list[tuple[str, float]]:
    """Return the cameras that were drawn, with their covered time."""
    told = answer(run("render", "--json", *arguments))
    return [(camera["camera"], camera["covered_s"]) for camera in told["cameras"]]


def test_questions_go_to_the_cameras_that_are_meant(shop: Path) -> None:
    with (shop / "heatcli.toml").open("a") as file:
        file.write('[views.early]\nlabel = "a"\nhours = "01:00-02:00"\nmin_dwell_s = 0.0\n')
    assert rendered("--camera", "DOO*") == [("door", 90.0)]
    assert rendered("--label", "b", "--location", "store") == [("door", 90.0)]
    assert rendered("--view", "early") == [("door", 50.0)]
    # an option that is given wins over the view's
    assert rendered("--view", "early", "--hours", "03:00-04:00") == [("door", 40.0)]
    assert rendered("--view", "early", "--camera", "door") == [("door", 50.0)]
    line = refused(run("render", "--view", "erly"))
    assert "no view 'erly' in the configuration; it has 'early'" in line


def test_the_viewpoint_says_where_people_stand(shop: Path) -> None:
    def drawn(*arguments: str) -> NDArray[np.float64]:
        rendered("--camera", "door", "-o", "heat.npz", *arguments)
        with np.load("heat.npz") as heat:
            return np.asarray(heat["raw"])

    side, centroid = drawn(), drawn("--tracking-mode", "centroid")
    config = shop / "heatcli.toml"
    config.write_text(config.read_text().replace("[cameras.door]\n", '[cameras.door]\nviewpoint = "top"\n'))
    assert (drawn() == centroid).all()
    assert (drawn("--tracking-mode", "bottom-center") == side).all()
    assert (side != centroid).any()


def test_clips_are_listed_by_part_of_a_cameras_name(shop: Path) -> None:
    def listed(name: str) -> list[str]:
        told = answer(run("clips", "--json", "--camera", name))
        return sorted({clip["camera"] for clip in told["clips"]})

    assert listed("oo") == ["door"]
    assert listed("*r*") == ["door", "yard"]
