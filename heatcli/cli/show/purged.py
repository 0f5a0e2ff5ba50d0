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
    from heatcli.store.erasures import read_erasures
    from heatcli.store.kept_days import erased_files

    clips = [clip for clip in store.clips() if any(one.meets(clip) for one in erasures)]
    cameras = sorted({one.camera for one in erasures})
    whose = ", ".join(cameras[:3]) + (f" and {len(cameras) - 3} more" if len(cameras) > 3 else "")
    places = len(next(iter(erasures)).shapes)
    where = f"in {counted(places, 'place')} " if places else ""
    what = f"erase what was found {where}of {whose} at that time: it meets {counted(len(clips), 'clip')}"
    days = len(list(erased_files(store.path, {*read_erasures(store.path), *erasures})))
    return what + (f", and the sums of {counted(days, 'day')} go whole" if days else "")


def purged_text(done: Mapping[str, int]) -> str:
    """Return what was purged, in one line."""
    gone = [counted(done[many], one, many) for one, many in _NAMES.items() if done.get(many)]
    cut = f"; {counted(done['cut'], 'clip')} cut" if done.get("cut") else ""
    if done.get("days"):
        cut += f"; sums of {counted(done['days'], 'day')} gone"
    if not gone and not cut:
        return "purged: nothing, as there was nothing of it"
    kept = f"; sums of {counted(done['kept_days'], 'day')} kept" if done.get("kept_days") else ""
    what = ", ".join(gone) or "no rows"
    return f"purged: {what}{cut}; nothing of it is left in any file of the store{kept}"
