"""Scores of a stored clip against ground truth: `heatcli score`.

Only frames that were processed are compared: if 5 of 10 frames a second were, a person who has ten boxes a
second in the ground truth counts with five. In dwell time and maps a box weighs the time that its frame
stands for; in scores of tracking all frames weigh the same.
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

# The maps are compared in the cells of the default grid, smoothed by a Gaussian of 2 cells: 1/80 of the
# frame's width, about the error of a foot point. A finer map would punish that error, a coarser one would
# forgive a wrong place.
_MAP = RenderSettings(metric=Metric.DWELL_TIME, reach=0, smoothing=11)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceScore:
    """How well the people in a place were counted and timed.

    Attributes:
        name: name of the zone; None for the whole frame.
        visits: number of different people found in the place, `unique_visits`.
        true_visits: number of different people who were in the place.
        dwell_s: person-seconds found in the place.
        true_dwell_s: person-seconds that people were in the place.
    """

    name: str | None
    visits: int
    true_visits: int
    dwell_s: float
    true_dwell_s: float

    @property
    def dwell_ratio(self) -> float | None:
        """dwell_s / true_dwell_s; None where nobody was there."""
        return self.dwell_s / self.true_dwell_s if self.true_dwell_s else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipScore:
    """How good a clip's trajectories are.

    Attributes:
        clip: clip that is scored.
        frames: number of the clip's frames that were compared.
        tracking: tracking scores: how well boxes and identities agree.
        frame: score of the whole frame: how well people were counted and timed in it.
        zones: score of each zone that the camera's configuration names.
        map_r: Pearson correlation of the found and the true map of `dwell_time`, over the cells; None where
            nobody was found.
        map_tv: total variation distance of these maps: share of the time that is in the wrong place, from 0
            to 1; None where nobody was found.
        note: message to the user about the ground truth; None if there is nothing to say.
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
        rows: all selected rows of the clip.
        clip: clip to score.
        truth: file of ground truth in MOT format.
        zones: zones in which people are counted and timed separately.

    Raises:
        TracksError: the ground truth cannot be read, or is of another clip.
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
    """Count and time the people in a place."""
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
    """(cells,) map of the dwell time of some rows."""
    maps = HeatMaps(camera, _MAP)
    maps.add(rows)
    return maps.result()[_MAP.metric].value.ravel()
