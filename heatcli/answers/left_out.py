"""Who was left out of an answer, and why."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from heatcli.names import counted

if TYPE_CHECKING:
    from heatcli.select.selected_camera import SelectedCamera

REASON_WORDS = {
    "dropped": "dropped by hand",
    "listed": "listed",
    "lifeless": "never alive",
    "small": "too small",
    "short": "present too briefly",
    "long": "present too long",
    "staff_zone": "seen first or mostly in a staff zone",
    "staff_look": "dressed like staff",
    "off_hours": "present outside opening hours",
    "stay": "present far longer than others",
    "still": "keeping still like a thing",
}
"""Why people were left out, by the `heatcli.select.who_counts.Reason`."""


def left_out_line(camera: "SelectedCamera") -> str:
    """Say in a few words who came back, who was left out and why, and the camera's note, if any."""
    return "; ".join(filter(None, (came_back(camera), left_out_count(camera), camera.note)))


def came_back(camera: "SelectedCamera") -> str:
    """Say how often the people who count came; empty where nobody was known again."""
    people, visits = camera.trajectories["person"].n_unique(), visits_of(camera)
    return f"{counted(people, 'person', 'people')} came {counted(visits, 'time')}" if visits > people else ""


def visits_of(camera: "SelectedCamera") -> int:
    """Return how often the people who count came: once each, and again whenever somebody came back."""
    return camera.trajectories["visit"].n_unique()


def left_out_count(camera: "SelectedCamera", *, without: Collection[str] = ()) -> str:
    """Say how many people were left out and why; empty where nobody was.

    Args:
        camera: selection of the camera.
        without: reasons that are not told.
    """
    reasons = camera.excluded.unique("person")["reason"].value_counts(sort=True).iter_rows()
    told = [(count, REASON_WORDS[reason]) for reason, count in reasons if reason not in without]
    if not told:
        return ""
    why = ", ".join(f"{count} {words}" for count, words in told)
    known = counted(camera.known["person"].n_unique(), "person", "people")
    return f"{sum(count for count, _ in told)} of {known} left out: {why}"


def left_out_summary(camera: "SelectedCamera") -> dict[str, object]:
    """Return for `--json` how many people count, how often they came, and who was left out."""
    clips = [clip.clip for clip in camera.clips]
    rows = camera.excluded.select("clip", "track", "person", "reason", "value", "limit").iter_rows(named=True)
    counted = camera.trajectories["person"].n_unique()
    left_out = camera.excluded["person"].n_unique()
    return {
        "people": {
            "all": counted + left_out,
            "counted": counted,
            "left_out": left_out,
            "visits": visits_of(camera),
        },
        "left_out": [{**row, "clip": clips[row["clip"]]} for row in rows],
        "note": camera.note,
    }
