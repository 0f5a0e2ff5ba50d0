"""Who was left out of an answer, and why."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from heatcli.select.selected_camera import SelectedCamera

REASON_WORDS = {
    "dropped": "dropped by hand",
    "listed": "listed",
    "small": "too small",
    "short": "present too briefly",
    "long": "present too long",
    "staff_zone": "seen first or mostly in a staff zone",
    "off_hours": "present outside opening hours",
    "stay": "present far longer than others",
    "still": "keeping still like a thing",
}
"""Why people were left out, by the `heatcli.select.who_counts.Reason`."""


def left_out_line(camera: "SelectedCamera") -> str:
    """Say in a few words how many people were left out and why; empty where nobody was."""
    people = camera.excluded.unique("person")
    reasons = people["reason"].value_counts(sort=True).iter_rows()
    why = ", ".join(f"{count} {REASON_WORDS[reason]}" for reason, count in reasons)
    everybody = camera.known["person"].n_unique()
    told = [f"{len(people)} of {everybody} people left out: {why}"] if len(people) else []
    return "; ".join([*told, camera.note] if camera.note else told)


def left_out_summary(camera: "SelectedCamera") -> dict[str, object]:
    """Return for `--json` how many people count and how many were left out, and list the latter."""
    clips = [clip.clip for clip in camera.clips]
    rows = camera.excluded.select("clip", "track", "person", "reason", "value", "limit").iter_rows(named=True)
    counted = camera.trajectories["person"].n_unique()
    left_out = camera.excluded["person"].n_unique()
    return {
        "people": {"all": counted + left_out, "counted": counted, "left_out": left_out},
        "left_out": [{**row, "clip": clips[row["clip"]]} for row in rows],
        "note": camera.note,
    }
