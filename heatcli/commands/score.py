"""The work behind `heatcli score`: how good what the store has of a clip is."""

from collections.abc import Sequence
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
    configured = (config or Config()).camera(row.camera)
    (selected,) = selected_cameras(
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
    rows = Rows.joined([Rows.none(), *read_rows(selected)])
    return clip_score(selected, rows, clip=row, truth=truth, zones=zones_of(configured.zones))


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
