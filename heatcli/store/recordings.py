"""Where the recordings of stored clips are: what is drawn over them must be drawn over the right ones."""

from collections.abc import Sequence
from pathlib import Path

from heatcli.errors import InputError, UsageError
from heatcli.store.catalog import Catalog
from heatcli.store.clips import ClipRow
from heatcli.store.store import Store


def find_recordings(store: Store, clips: Sequence[ClipRow], videos: Sequence[Path]) -> dict[str, Path]:
    """Find the file of each clip, by the hash of its bytes.

    Args:
        store: store whose catalog says where the clips were found.
        clips: clips of one camera.
        videos: recordings that the user names; the catalog says where the others are.

    Returns:
        File of each clip, by the clip's id.

    Raises:
        InputError: a recording is gone, or no longer the file that was analysed.
        UsageError: a video is the recording of none of these clips.
    """
    if len(clips) == 1 and len(videos) == 1 and clips[0].detector == "import":
        # The id of an imported clip is the hash of its file of tracks: nothing says which video belongs to
        # it.
        return {clips[0].clip: videos[0]}
    known = {row.clip for row in clips}
    catalog = Catalog(store)
    found: dict[str, Path] = {}
    for video in videos:
        clip = catalog.clip_id(video)
        if clip not in known:
            names = ", ".join(sorted(known)[:3]) + (", …" if len(known) > 3 else "")
            raise UsageError(
                f"--video {video}: is not the recording of what is selected (it is clip {clip}, selected: "
                f"{names}); name the file that was analysed"
            )
        found[clip] = video
    for row in clips:
        if row.clip not in found:
            found[row.clip] = _catalogued(catalog, row)
    return found


def _catalogued(catalog: Catalog, row: ClipRow) -> Path:
    """Return the file that the catalog names, if it still is that clip."""
    path = Path(row.path)
    if row.detector == "import":
        raise InputError(
            f"clip {row.clip}: its tracks were imported from {path}, and the store knows no video of it; "
            "choose it with --clip and name the video with --video"
        )
    if not path.is_file():
        raise InputError(
            f"{path}: the recording of clip {row.clip} is gone; bring it back, or name it with --video"
        )
    if catalog.clip_id(path) != row.clip:
        raise InputError(
            f"{path}: has changed since it was analysed as clip {row.clip}; name the old file with --video, "
            "or analyse the new one"
        )
    return path
