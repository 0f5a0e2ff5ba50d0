"""How good what the store has of a clip is: `heatcli score`.

Compared are the frames that were processed, and no others: at 5 of 10 frames a second a person of whom the
ground truth has ten boxes a second has five. In dwell time and maps each of them weighs what its frame stands
for; in scores of tracking all frames weigh alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import RenderSettings
from heatcli.heat.heatmap import HeatMaps
from heatcli.names import Metric
from heatcli.score.frames import processed_frames
from heatcli.score.tracking import TrackingScores, tracking_scores
from heatcli.score.truth import read_truth
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.shapes import Zone, contains
from heatcli.store.clips import ClipRow

# The maps are compared on the default grid under a Gaussian of 2 cells: 1/80 of the frame's width, about what
# a foot point is off by. A finer map would punish that, a coarser one would forgive a wrong place.
_MAP = RenderSettings(metric=Metric.DWELL_TIME, smoothing=11)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceScore:
    """How well the people in a place were counted and timed.

    Attributes:
        name: of the zone; None for the whole frame.
        visits: `unique_visits`, the different people found in it.
        true_visits: how many there were.
        dwell_s: person-seconds found in it.
        true_dwell_s: how many there were.
    """

    name: str | None
    visits: int
    true_visits: int
    dwell_s: float
    true_dwell_s: float

    @property
    def dwell_ratio(self) -> float | None:
        """Found / true; None where nobody was there."""
        return self.dwell_s / self.true_dwell_s if self.true_dwell_s else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipScore:
    """How good a clip's trajectories are.

    Attributes:
        clip: whose they are.
        frames: how many of its frames were compared.
        tracking: how well boxes and identities agree.
        frame: how well people were counted and timed in the whole frame.
        zones: likewise in each zone that the camera's configuration names.
        map_r: Pearson correlation of the found and the true map of `dwell_time`, over the cells; None where
            nobody was found.
        map_tv: total variation distance of these maps: which share of the time is in the wrong place, from 0
            to 1; None where nobody was found.
        note: what the user should know of the ground truth; None if there is nothing.
    """

    clip: ClipRow
    frames: int
    tracking: TrackingScores
    frame: PlaceScore
    zones: tuple[PlaceScore, ...]
    map_r: float | None
    map_tv: float | None
    note: str | None


def clip_score(
    camera: SelectedCamera, rows: Rows, *, clip: ClipRow, truth: Path, zones: Sequence[Zone]
) -> ClipScore:
    """Compare stored rows of one clip with ground truth.

    Args:
        camera: selection of that clip alone.
        rows: all that is selected of it.
        clip: the clip.
        truth: file in MOT format.
        zones: places in which people are counted and timed apart.

    Raises:
        TracksError: the truth cannot be read, or is not of this clip.
        UsageError: TrackEval is not installed.
    """
    frames = processed_frames(clip, rows)
    expected = read_truth(truth, clip, frames)
    found, true = expected.judged(rows), expected.rows
    points = [some.points(camera.tracking_mode) for some in (found, true)]
    places = []
    for zone in zones:
        inside = [
            some.where(contains(zone.shape, at, size=some.size, sample_aspect=clip.sample_aspect))
            for some, at in zip((found, true), points, strict=True)
        ]
        places.append(_place(zone.name, *inside))
    map_r, map_tv = _similarity(camera, found, true)
    return ClipScore(
        clip=clip,
        frames=len(frames.index),
        tracking=tracking_scores(found, true, frames.index),
        frame=_place(None, found, true),
        zones=tuple(places),
        map_r=map_r,
        map_tv=map_tv,
        note=expected.note,
    )


def _place(name: str | None, found: Rows, true: Rows) -> PlaceScore:
    """Count and time who is there."""
    visits, true_visits = (len(np.unique(rows.person)) for rows in (found, true))
    dwell_s, true_dwell_s = (int(rows.weight_us.sum()) / 1e6 for rows in (found, true))
    return PlaceScore(
        name=name, visits=visits, true_visits=true_visits, dwell_s=dwell_s, true_dwell_s=true_dwell_s
    )


def _similarity(selected: SelectedCamera, found: Rows, true: Rows) -> tuple[float | None, float | None]:
    """Return correlation and total variation distance of the maps of dwell time."""
    if not len(found):
        return None, None
    a, b = (_map(selected, rows) for rows in (found, true))
    return float(np.corrcoef(a, b)[0, 1]), float(np.abs(a / a.sum() - b / b.sum()).sum() / 2)


def _map(camera: SelectedCamera, rows: Rows) -> NDArray[np.float64]:
    """(cells,) the map of dwell time of some rows."""
    maps = HeatMaps(camera, _MAP)
    maps.add(rows)
    return maps.result()[_MAP.metric].value.ravel()
