"""The truth of the sample clip, as a store has it."""

from heatcli.commands.import_mot import import_mot
from heatcli.store.clips import ClipRow
from heatcli.store.store import Store
from tests.support.places import SAMPLES

TRUTH = SAMPLES / "store.gt.txt"
FPS, FRAMES = 12.5, 900


def put_truth(store: Store, *, start: str = "2026-03-14T10:00") -> ClipRow:
    """Import it as the camera `store`, by the clock of Zagreb."""
    return import_mot(
        store, file=TRUTH, camera="store", width=640, height=360, fps=FPS, frames=FRAMES,
        start=start, timezone="Europe/Zagreb",
    )  # fmt: skip
