"""People who leave the picture and come back: with a re-identification model they are known again."""

import shutil
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest
from openpyxl import load_workbook

from heatcli.store.files import data_files, live, scan
from heatcli.store.store import Store
from tests.support.comers import FPS, Comers, comers
from tests.support.command_line import answer, done, run
from tests.support.make_clips import aged, write_clip
from tests.support.make_models import save_parts_reid
from tests.support.workbooks import table
from tests.support.world_view import film

FIRST, SECOND = "door-20240314T100000Z.mp4", "door-20240314T110000Z.mp4"
"""Two files of one morning, with most of an hour between them."""


@dataclass(frozen=True)
class Morning:
    """What was recorded, and who was there.

    Attributes:
        folder: of the files, the model, the configuration and the store.
        drawn: who came.
    """

    folder: Path
    drawn: Comers

    def analyze(self, store: Path, *said: str) -> None:
        """Analyse what is not in a store yet, or begin it; `said` are lines of the configuration."""
        config = self.folder / f"{store.name}.toml"
        config.write_text(
            "\n".join([*said, "[cameras.door]", 'sources = ["door-*.mp4"]', 'detector = "motion"'])
        )
        done(run("analyze", "--reid-weights", self.folder / "parts", "--store", store, "--config", config))


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Morning:
    folder = tmp_path_factory.mktemp("morning")
    drawn = comers(seed=1)
    frames = film(drawn.world, seed=1)
    first = islice(frames, round(FPS * drawn.pause_s))
    for name, part in ((FIRST, first), (SECOND, frames)):
        write_clip(folder / name, (image for image, _ in part), fps=int(FPS), key_every=10)
        aged(folder / name)
    save_parts_reid(folder / "parts")
    found = Morning(folder, drawn)
    found.analyze(folder / "store", "[privacy]", 'descriptors = "forever"', 'tracks = "forever"')
    return found


def descriptors(store: Path) -> list[bytes]:
    """Return all descriptors of live trajectories."""
    snapshot = Store.open(store).snapshot()
    files = data_files(snapshot.trajectories, store / "trajectories")
    rows = live(scan("trajectories", files, "door"), snapshot.clips["run"])
    return rows.select("descriptor").collect()["descriptor"].drop_nulls().to_list()


@pytest.mark.slow
def test_twelve_people_come_thirty_times(morning: Morning) -> None:
    """Two of them wear the same, so that they may be taken for one."""
    result = run("zone", "--circle", "0.5,0.5,0.9", "--store", morning.folder / "store", "--json")
    (camera,) = answer(result)["cameras"]
    assert len(morning.drawn.person) == 30
    assert camera["people"]["visits"] == 30
    assert camera["people"]["counted"] in (11, 12, 13)
    assert camera["zones"][0]["total"]["unique_visits"] == camera["people"]["counted"]
    assert f"{camera['people']['counted']} people came 30 times" in result.stderr


@pytest.mark.slow
def test_a_workbook_has_visits_beside_visitors(morning: Morning, tmp_path: Path) -> None:
    ask = (
        "--start",
        "2024-03-14",
        "--format",
        "xlsx,json",
        "--store",
        morning.folder / "store",
        "-o",
        tmp_path,
    )
    done(run("export", "daily", *ask))
    (row,) = table(load_workbook(next(tmp_path.rglob("daily-2024-03-14/*.xlsx")))["Summary"], "Camera")
    assert (row["Camera"], row["Visits"]) == ("door", 30)
    assert row["Visitors"] in (11, 12, 13)


@pytest.mark.slow
def test_what_descriptors_decided_outlives_them(morning: Morning, tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(morning.folder / "store", store)
    ask = ("zone", "--circle", "0.5,0.6,0.3", "--by", "hour", "--transitions", "--store", store, "--json")
    before = answer(run(*ask))
    assert len(descriptors(store)) == 30
    morning.analyze(store)
    assert descriptors(store) == []
    assert answer(run(*ask)) == before
    # Nothing is left to do, and nothing is decided again.
    morning.analyze(store)
    assert answer(run(*ask)) == before


@pytest.mark.slow
def test_a_model_to_which_people_look_alike_knows_nobody_again_and_it_is_said(tmp_path: Path) -> None:
    world = comers(visits=12, every_s=1.2, seed=2).world
    clip = write_clip(tmp_path / "door.mp4", (image for image, _ in film(world)), fps=int(FPS), key_every=10)
    blind, store = save_parts_reid(tmp_path / "blind", blind=True), tmp_path / "store"
    aged(clip)
    how = (
        "--detector",
        "motion",
        "--start",
        "2024-03-14T10:00:00Z",
        "--reid-weights",
        blind,
        "--store",
        store,
    )
    said = done(run("analyze", clip, *how)).stderr
    assert f"look alike to {blind}, so nobody who comes back is known again" in said
    assert descriptors(store) == []
    (camera,) = answer(run("zone", "--circle", "0.5,0.5,0.9", "--store", store, "--json"))["cameras"]
    assert camera["people"]["visits"] == camera["people"]["counted"] > 6
