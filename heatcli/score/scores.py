"""How good what the store has of a clip is: `heatcli score`.

Compared are the frames that were processed, and no others: at 5 of 10 frames a second a person of whom the
ground truth has ten boxes a second has five. In dwell time and maps each of them weighs what its frame stands
for; in scores of tracking all frames weigh alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatcli.select.cameras import matching_cameras
from heatcli.config.models import CameraConfig, Config
from heatcli.errors import UsageError
from heatcli.select.who_counts import select
from heatcli.geometry import tracking_points
from heatcli.heat.heatmap import heat_map
from heatcli.names import Metric
from heatcli.score.frames import processed_frames
from heatcli.score.tracking import TrackingScores, tracking_scores
from heatcli.score.truth import read_truth
from heatcli.config.settings import RenderSettings
from heatcli.store.clips import ClipRow
from heatcli.select.reader import CameraSelection
from heatcli.select.rows import Rows
from heatcli.select.selection import Selection
from heatcli.store.store import Store
from heatcli.shapes import contains, zones_of

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


def score_clip(
    *,
    store: Store,
    truth: Path,
    camera: str | None = None,
    clip: str | None = None,
    objects_to_track: Sequence[str] = (),
    config: Config | None = None,
) -> ClipScore:
    """Compare the stored trajectories of one clip with ground truth.

    Everybody who is stored counts, whatever limits the configuration sets. An identity is a person: a
    trajectory, or the group of trajectories that joining across files made one.

    Args:
        store: that has the clip.
        truth: in MOT format; frames count from 1 and are those of the file, processed or not. Boxes whose
            seventh column is 0 may be found or not, as the MOT Challenge has it.
        camera: name, part of a name or pattern; None if that leaves one clip.
        clip: id; None if that leaves one clip.
        objects_to_track: classes that the truth is of; none: all that are stored.
        config: `heatcli.toml`: zones of the camera, and which point of a box stands for a person.

    Raises:
        TracksError: the truth cannot be read, or is not of this clip.
        UsageError: not one clip is meant, it has no such kind of object, or TrackEval is not installed.
        StoreError: the store cannot be read.
    """
    row = _the_clip(store, camera, clip)
    configured = (config or Config()).cameras.get(row.camera, CameraConfig())
    (selected,) = select(
        store,
        Selection(
            cameras=(row.camera,),
            clips=(row.clip,),
            objects_to_track=tuple(objects_to_track),
            tracking_mode=configured.tracking_mode,
        ),
    )
    if not selected.covered_us:
        raise UsageError(f"{row.path}: nothing of it was watched, so that there is nothing to compare")
    everything = _joined(list(selected.batches()))
    frames = processed_frames(row, everything)
    expected = read_truth(truth, row, frames)
    found, true = expected.judged(everything), expected.rows

    points = [
        tracking_points(rows.boxes, selected.tracking_mode, width=row.width, height=row.height)
        for rows in (found, true)
    ]
    zones = []
    for zone in zones_of(configured.zones):
        inside = [
            rows.where(contains(zone.shape, at, size=rows.size, sample_aspect=row.sample_aspect))
            for rows, at in zip((found, true), points, strict=True)
        ]
        zones.append(_place(zone.name, *inside))
    map_r, map_tv = _similarity(selected, found, true)
    return ClipScore(
        clip=row,
        frames=len(frames.index),
        tracking=tracking_scores(found, true, frames.index),
        frame=_place(None, found, true),
        zones=tuple(zones),
        map_r=map_r,
        map_tv=map_tv,
        note=expected.note,
    )


def _the_clip(store: Store, camera: str | None, clip: str | None) -> ClipRow:
    """Find the one clip that is meant.

    Raises:
        UsageError: there is none, or several.
    """
    clips = store.clips()
    if camera is not None:
        meant = matching_cameras({row.camera for row in clips}, Config(), names=[camera])
        clips = [row for row in clips if row.camera in meant]
    if clip is not None:
        clips = [row for row in clips if row.clip == clip]
    if not clips:
        raise UsageError(f"{store.path}: no such clip; `heatcli clips` lists what there is")
    if len(clips) > 1:
        some = ", ".join(f"{row.clip} of {row.camera}" for row in clips[:3])
        more = f" and {len(clips) - 3} more" if len(clips) > 3 else ""
        raise UsageError(f"ground truth is of one clip: name it with --clip and --camera; {some}{more}")
    return clips[0]


def _joined(batches: Sequence[Rows]) -> Rows:
    """Put the batches of a clip into one; none at all make an empty one."""
    nothing = Rows(
        person=np.zeros(0, np.int64),
        tracklet=np.zeros(0, np.int64),
        clip=np.zeros(0, np.int32),
        frame=np.zeros(0, np.int32),
        time_us=np.zeros(0, np.int64),
        weight_us=np.zeros(0, np.int64),
        boxes=np.zeros((0, 4), np.float32),
        size=np.zeros((0, 2), np.int32),
        filled=np.zeros(0, np.bool_),
    )
    parts = [nothing, *batches]
    columns: dict[str, NDArray[Any]] = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Rows)
    }
    return Rows(**columns)


def _place(name: str | None, found: Rows, true: Rows) -> PlaceScore:
    """Count and time who is there."""
    visits, true_visits = (len(np.unique(rows.person)) for rows in (found, true))
    dwell_s, true_dwell_s = (int(rows.weight_us.sum()) / 1e6 for rows in (found, true))
    return PlaceScore(
        name=name, visits=visits, true_visits=true_visits, dwell_s=dwell_s, true_dwell_s=true_dwell_s
    )


def _similarity(selected: CameraSelection, found: Rows, true: Rows) -> tuple[float | None, float | None]:
    """Return correlation and total variation distance of the maps of dwell time."""
    if not len(found):
        return None, None
    a, b = (
        heat_map(
            [rows],
            settings=_MAP,
            tracking_mode=selected.tracking_mode,
            camera=selected.camera,
            width=selected.width,
            height=selected.height,
            own=selected.own,
        ).value.ravel()
        for rows in (found, true)
    )
    return float(np.corrcoef(a, b)[0, 1]), float(np.abs(a / a.sum() - b / b.sum()).sum() / 2)
