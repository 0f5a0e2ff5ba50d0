"""The work behind `heatcli score`: how well the stored trajectories of a clip fit ground truth."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from heatcli.config.models import Config
from heatcli.config.named_shapes import zones_of
from heatcli.errors import UsageError
from heatcli.score.scores import ClipScore, clip_score
from heatcli.select.cameras import matching_cameras
from heatcli.select.reader import read_rows
from heatcli.select.rows import Rows
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.clips import ClipRow
from heatcli.store.store import Store


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

    Everybody in the store counts who is more likely alive than not, whatever limits the configuration sets.
    The identities that are compared are visits: one trajectory, or several that were joined across files. In
    ground truth, too, whoever leaves the picture and comes back is somebody else.

    Args:
        store: heat store that has the clip.
        truth: file of ground truth in MOT format, whose frames count from 1 and are those of the video file,
            processed or not. Boxes whose seventh column is 0 may be found or not, as in the MOT Challenge.
        camera: name, part of a name or pattern of the camera; None if the rest leaves one clip.
        clip: id of the clip; None if the rest leaves one clip.
        objects_to_track: classes in the ground truth; empty for all that are stored.
        config: configuration (`heatcli.toml`): the camera's zones, and which point of a box stands for a
            person.

    Raises:
        TracksError: the ground truth cannot be read, or is not of this clip.
        UsageError: no clip or several fit, the clip has no such class, or TrackEval is not installed.
        StoreError: the store cannot be read.
    """
    row = _the_clip(store, camera, clip)
    configured = (config or Config()).camera(row.camera)
    (selected,) = selected_cameras(
        store,
        Selection(
            cameras=(row.camera,),
            clips=(row.clip,),
            objects_to_track=tuple(objects_to_track),
            tracking_mode=configured.tracking_mode,
            all_views=True,
        ),
    )
    selected = replace(
        selected,
        trajectories=selected.trajectories.with_columns(person="visit"),
        excluded=selected.excluded.with_columns(person="visit"),
    )
    if not selected.covered_us:
        raise UsageError(f"{row.path}: nothing of it was watched, so that there is nothing to compare")
    rows = Rows.joined([Rows.none(), *read_rows(selected)])
    return clip_score(selected, rows, clip=row, truth=truth, zones=zones_of(configured.zones))


def _the_clip(store: Store, camera: str | None, clip: str | None) -> ClipRow:
    """Find the one clip that camera and clip id leave.

    Raises:
        UsageError: no clip fits, or several do.
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
