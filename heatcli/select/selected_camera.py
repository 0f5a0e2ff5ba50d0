"""What a selection means for one camera."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from heatcli.intervals import Intervals
from heatcli.names import TrackingMode
from heatcli.select.regions import Regions
from heatcli.select.selection import Limits, Selection
from heatcli.select.views.camera import ViewTrouble
from heatcli.select.views.placement import Placement
from heatcli.store.audits import NotedAudit
from heatcli.store.clips import ClipRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectedCamera:
    """What a selection means for one camera.

    Attributes:
        name: name of the camera.
        clips: clips that own some of the selected time, sorted by (start, clip).
        owned_time: time within the selection that each clip owns, as no other clip counts then, UTC µs.
        placements: where each clip's view lies on the first one of its kind, as far as small shifts are
            undone; empty where none is.
        troubles: what is told of the view in the selected time, also of clips that are left out for it.
        width: width of a frame in pixels, in the newest of these clips; in the camera's newest clip if there
            are none.
        height: height of a frame in pixels, in the same clip as `width`.
        sample_aspect: width of a pixel divided by its height, in the same clip as `width`.
        plate: file of the empty scene of the same clip as `width`; None where there is none.
        timezone: time zone of the camera, IANA name.
        limits: selected time, watched or not, within the camera's schedule.
        asked: selection that was asked for.
        observed_only: whether rows whose position was interpolated are left out.
        tracking_mode: point of a bounding box that stands for a person.
        trajectories: one row per trajectory that counts: the columns of `heatcli.select.persons.persons`, but
            `clip` is the index into these `clips`.
        excluded: one row per trajectory that was recorded in the selected time and does not count: the same
            columns, `reason` (text, a `heatcli.select.who_counts.Reason`), and `value` and `limit` (float64;
            what it was judged by, null where the reason has no number).
        audit: audit that tells how far figures may be off; None where there is none.
        note: message to the user about who counts; None if there is nothing to say.
        regions: regions of interest; only rows whose tracking point is in one are read. None for the whole
            frame.
        store: folder of the store.
        keeps: whether partial results of closed days are taken from the store and kept there.
        files: files of `tracks` for this camera, as `heatcli.store.files.data_files` lists them.
    """

    name: str
    clips: tuple[ClipRow, ...]
    owned_time: tuple[Intervals, ...]
    width: int
    height: int
    sample_aspect: float
    plate: Path | None
    timezone: str
    limits: Limits
    asked: Selection
    observed_only: bool
    tracking_mode: TrackingMode
    trajectories: pl.DataFrame
    excluded: pl.DataFrame
    store: Path
    files: pl.DataFrame
    audit: NotedAudit | None = None
    note: str | None = None
    regions: Regions | None = None
    keeps: bool = False
    placements: tuple[Placement, ...] = ()
    troubles: tuple[ViewTrouble, ...] = ()

    @property
    def plate_placement(self) -> Placement:
        """Where the plate lies on the first picture of its view, on which maps and zones lie."""
        return self.placements[-1] if self.placements else Placement()

    @property
    def covered(self) -> Intervals:
        """Time in the selection that was watched, UTC µs; where clips overlap it is there once."""
        return Intervals.union_of(self.owned_time)

    @property
    def covered_us(self) -> int:
        """T: how much time in the selection was watched, in µs."""
        return self.covered.total_us

    @property
    def detectors(self) -> tuple[str, ...]:
        """Detectors of the selected clips, each named once; figures of several cannot be compared."""
        return tuple(sorted({clip.detector for clip in self.clips}))

    @property
    def known(self) -> pl.DataFrame:
        """All trajectories of the selected time, who counts and who was left out, sorted by (clip, track)."""
        left_out = self.excluded.select(self.trajectories.columns)
        return pl.concat([self.trajectories, left_out]).sort("clip", "track")
