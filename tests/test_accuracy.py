"""How good the stored trajectories are against exact truth: on the drawn sample, and on real footage."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from typer.testing import CliRunner

from heatcli.cli import app
from heatcli.filters import select
from heatcli.geometry import iou_matrix
from heatcli.heat.heatmap import heat_map
from heatcli.mot import import_mot
from heatcli.settings import RenderSettings
from heatcli.store.selection import Selection
from heatcli.store.store import Store
from tests.make_clips import aged

pytestmark = pytest.mark.slow

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
# A Gaussian of 2 cells of the default grid, in which heat maps are compared.
SETTINGS = RenderSettings(smoothing=11)


@dataclass(frozen=True)
class Footage:
    clip: Path
    truth: Path
    width: int
    height: int
    frames: int
    fps: float


@dataclass(frozen=True)
class Score:
    """`idf1` is that of Ristani et al. 2016 at IoU 0.5; `heat_r` correlates the dwell-time maps."""

    idf1: float
    heat_r: float
    dwell_ratio: float


def score(tmp_path: Path, footage: Footage, *options: str) -> Score:
    """Analyse the footage as camera `found`, import its truth as `true`, and compare."""
    store = tmp_path / "store"
    command = ["analyze", str(footage.clip), "--camera", "found", "--store", str(store), "--quiet", *options]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    opened = Store.open(store)
    import_mot(
        opened,
        file=footage.truth,
        camera="true",
        width=footage.width,
        height=footage.height,
        fps=footage.fps,
        start="2026-01-01",
        frames=footage.frames,
    )
    found, true = rows(store, "found"), rows(store, "true")
    # Only the frames that were processed can be compared.
    seen = true[np.isin(true[:, 0], np.unique(found[:, 0]))]
    maps = {camera: dwell(opened, camera) for camera in ("found", "true")}
    return Score(
        idf1=idf1(found, seen),
        heat_r=float(np.corrcoef(maps["found"].ravel(), maps["true"].ravel())[0, 1]),
        dwell_ratio=float(maps["found"].sum() / maps["true"].sum()),
    )


def rows(store: Path, camera: str) -> NDArray[np.float64]:
    """(n, 6): frame, track, x1, y1, x2, y2."""
    tracks = pl.read_delta(str(store / "tracks")).filter(camera=camera)
    return tracks.select("frame", "track", "x1", "y1", "x2", "y2").to_numpy().astype(np.float64)


def dwell(store: Store, camera: str) -> NDArray[np.float64]:
    (selection,) = select(store, Selection(cameras=(camera,)))
    heat = heat_map(
        selection.batches(),
        settings=SETTINGS,
        tracking_mode=selection.tracking_mode,
        camera=camera,
        width=selection.width,
        height=selection.height,
        own=selection.own,
    )
    return heat.value


def idf1(found: NDArray[np.float64], true: NDArray[np.float64]) -> float:
    """Twice the frames in which one-to-one matched identities agree, by the number of all boxes."""
    tracks, people = np.unique(found[:, 1]), np.unique(true[:, 1])
    together = np.zeros((len(tracks), len(people)))
    for frame in np.unique(true[:, 0]):
        a, b = found[found[:, 0] == frame], true[true[:, 0] == frame]
        i, j = np.nonzero(iou_matrix(a[:, 2:], b[:, 2:]) >= 0.5)
        pair = np.searchsorted(tracks, a[i, 1]), np.searchsorted(people, b[j, 1])
        np.add.at(together, pair, 1)
    track, person = linear_sum_assignment(-together)
    return float(2 * together[track, person].sum() / (len(found) + len(true)))


@pytest.fixture
def sample() -> Footage:
    return Footage(aged(SAMPLES / "store.mp4"), SAMPLES / "store.gt.txt", 640, 360, 900, 12.5)


@pytest.fixture
def vtest(test_data: Path) -> Footage:
    return Footage(test_data / "vtest.avi", test_data / "vtest.gt.txt", 768, 576, 795, 10.0)


def test_motion_on_the_sample(tmp_path: Path, sample: Footage) -> None:
    assert score(tmp_path, sample, "--detector", "motion").heat_r >= 0.9


def test_yolo_on_the_sample(tmp_path: Path, sample: Footage, weights: Path) -> None:
    assert score(tmp_path, sample, "--detector", "yolo", "--weights", str(weights)).heat_r >= 0.9


@pytest.mark.parametrize(("sample_fps", "least_idf1"), [("0", 0.74), ("5", 0.62)])
def test_yolo_on_real_footage(
    tmp_path: Path, vtest: Footage, weights: Path, sample_fps: str, least_idf1: float
) -> None:
    found = score(
        tmp_path, vtest, "--detector", "yolo", "--weights", str(weights), "--sample-fps", sample_fps
    )
    assert found.idf1 >= least_idf1
    assert found.heat_r >= 0.945
    assert 0.93 <= found.dwell_ratio <= 1.07


def test_motion_on_real_footage(tmp_path: Path, vtest: Footage) -> None:
    found = score(tmp_path, vtest, "--detector", "motion", "--sample-fps", "0")
    assert found.idf1 >= 0.52
    assert found.heat_r >= 0.945
