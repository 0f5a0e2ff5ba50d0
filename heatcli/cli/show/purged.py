"""What `heatcli purge` asks and tells."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from heatcli.names import counted

if TYPE_CHECKING:
    from heatcli.store.erasures import Erasure
    from heatcli.store.store import Store

_NAMES = {
    "clip": "clips",
    "row": "rows",
    "trajectory": "trajectories",
    "descriptor": "descriptors",
    "correction": "corrections",
    "audit": "audits",
}


def erasure_text(store: "Store", erasures: "Collection[Erasure]") -> str:
    """Return what is about to be erased, in words that follow "would"."""
    clips = [clip for clip in store.clips() if any(one.meets(clip) for one in erasures)]
    cameras = sorted({one.camera for one in erasures})
    whose = ", ".join(cameras[:3]) + (f" and {len(cameras) - 3} more" if len(cameras) > 3 else "")
    places = len(next(iter(erasures)).shapes)
    where = f"in {counted(places, 'place')} " if places else ""
    return f"erase what was found {where}of {whose} at that time: it meets {counted(len(clips), 'clip')}"


def purged_text(done: Mapping[str, int]) -> str:
    """Return what was purged, in one line."""
    gone = [counted(done[many], one, many) for one, many in _NAMES.items() if done.get(many)]
    cut = f"; {counted(done['cut'], 'clip')} cut" if done.get("cut") else ""
    if not gone and not cut:
        return "purged: nothing, as there was nothing of it"
    return f"purged: {', '.join(gone) or 'no rows'}{cut}; nothing of it is left in any file of the store"
