"""Which clips of the store a selection means: those that start in its time, of its cameras."""

from collections.abc import Sequence

import numpy as np

from heatcli.clock import epoch_us
from heatcli.config.models import Config
from heatcli.errors import check_known
from heatcli.select.cameras import matching_cameras
from heatcli.select.selection import Selection
from heatcli.store.clips import ClipRow


def chosen_clips(
    clips: Sequence[ClipRow], selection: Selection, config: Config, *, to_change: bool
) -> list[ClipRow]:
    """Return the clips that a selection means, by its cameras, clips and time.

    A clip belongs to the moment at which it starts, so that of two periods that follow each other it is in
    one only, and nothing of it is removed or moved twice.

    Args:
        clips: clips of the store.
        selection: selection of clips.
        config: configuration, which has the locations and labels of cameras.
        to_change: whether the clips are chosen to be changed: then a part of a name is no name.

    Raises:
        UsageError: a camera, location, label or clip that nobody knows, or a period that ends before it
            starts.
    """
    check_known(selection.clips, {clip.clip for clip in clips}, kind="clip", where="the store")
    cameras = set(
        matching_cameras(
            {clip.camera for clip in clips},
            config,
            names=selection.cameras,
            locations=selection.locations,
            labels=selection.labels,
            parts=not to_change,
        )
    )
    starts = np.array([epoch_us(clip.start) for clip in clips], np.int64)
    first, last = int(starts.min(initial=2**60)), int(starts.max(initial=0)) + 1
    in_time = {
        zone: selection.limits(zone).within(first, last).contains(starts)
        for zone in {clip.timezone for clip in clips}
    }
    return [
        clip
        for number, clip in enumerate(clips)
        if clip.camera in cameras
        and (not selection.clips or clip.clip in selection.clips)
        and in_time[clip.timezone][number]
    ]
