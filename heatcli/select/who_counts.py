"""Who counts: the people of a selection, less those that are too small, too brief, staff or no people at all.

Everybody who is left out has a reason. A person, a trajectory or a group joined across files, is judged as a
whole, by what `trajectories` says, also where a selection cuts it. Coverage is the same whoever counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import polars as pl

from heatcli.config.camera import CameraConfig
from heatcli.config.models import Config
from heatcli.config.named_shapes import staff_areas
from heatcli.select.classes import mixed_note
from heatcli.select.days_told import ToldDays, no_clips
from heatcli.select.outliers import MIN_PEOPLE, STILL_S, least_range, longest_stay_s
from heatcli.select.recorded import recorded
from heatcli.select.regions import regions_of
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.staff_look import SURE
from heatcli.select.whereabouts import in_staff_zone, is_there, not_seen_before, outside_us
from heatcli.store.store import Snapshot, Store
from heatcli.track.alive.limit import ALIVE

# Customers who are in when the doors close take some minutes to leave, and clocks are off by seconds.
_OFF_HOURS_S = 600.0

# Smallest probability of a mistake about a single trajectory, however sure it is said to be.
_UNSURE = 1e-3


class Reason(StrEnum):
    """Why somebody does not count: the first of several reasons. Each tells what `value` and `limit` are."""

    DROPPED = "dropped"
    """Somebody said with `heatcli correct` that it is nobody. No value, no limit."""
    LISTED = "listed"
    """The person is on the list of people to leave out. No value, no limit."""
    LIFELESS = "lifeless"
    """Probability of being alive is below a half: a mannequin, a poster, a post."""
    SMALL = "small"
    """Median height of the box, as a fraction of the frame's height, is below `min_size`."""
    SHORT = "short"
    """Seconds present are below `min_dwell_s`."""
    LONG = "long"
    """Seconds present are above `max_dwell_s`."""
    STAFF_ZONE = "staff_zone"
    """The person was first seen in a staff zone, or was mostly there. No value, no limit."""
    STAFF_LOOK = "staff_look"
    """Probability that the person is staff, by what they wear, is above nine in ten."""
    OFF_HOURS = "off_hours"
    """Seconds present outside the camera's schedule are more than ten minutes."""
    STAY = "stay"
    """Seconds present are far more than is usual in the selection."""
    STILL = "still"
    """Movement over more than a minute is less than that of anybody alive, or than usual; in own heights."""


OUTLIERS = (Reason.STAFF_ZONE, Reason.STAFF_LOOK, Reason.OFF_HOURS, Reason.STAY, Reason.STILL)
"""The reasons that `filter_outliers` adds."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule by which people are left out.

    Attributes:
        reason: reason that is given for leaving them out.
        broken: condition for leaving them out, over a frame of `_people`.
        value: column that they are judged by; None where there is no number.
        limit: limit that the value has passed; None where there is no number.
    """

    reason: Reason
    broken: pl.Expr
    value: str | None = None
    limit: float | None = None


def selected_cameras(
    store: Store,
    selection: Selection,
    config: Config | None = None,
    *,
    snapshot: Snapshot | None = None,
    told: ToldDays | None = None,
) -> list[SelectedCamera]:
    """Find what a selection means in a store: which time, and who counts in it.

    Args:
        store: store to ask.
        selection: question to the store.
        config: contents of `heatcli.toml`: schedules, limits, regions and staff zones of the cameras; None
            for none.
        snapshot: snapshot of the store, the same for selections that belong together; None for the store as
            it is now.
        told: days whose sums are told beside the answer, so that their rows do not count; None for none.

    Returns:
        One `SelectedCamera` for each camera, by name, also for one that has nothing in the selected time; at
        least one, unless days are told by their sums.

    Raises:
        UsageError: the store holds no clips; a camera, clip, kind of object or region is unknown (the message
            gives the nearest names); or a time is impossible.
        StoreError: the store cannot be read.
    """
    config = config or Config()
    chosen = [
        _noted(_choose(camera, selection, config.camera(camera.name)))
        for camera in recorded(store, selection, config, snapshot or store.snapshot(), told or {})
    ]
    if not chosen and not told:
        raise no_clips(store)
    return chosen


def _noted(camera: SelectedCamera) -> SelectedCamera:
    """Add to the note which classes count together."""
    notes = [note for note in (camera.note, mixed_note(camera.trajectories)) if note is not None]
    return replace(camera, note="; ".join(notes) or None)


def _choose(camera: SelectedCamera, selection: Selection, configured: CameraConfig) -> SelectedCamera:
    """Leave out the people of a camera who do not count."""
    known = camera.trajectories.with_columns(there=pl.Series(is_there(camera), dtype=pl.Boolean))
    regions = regions_of(selection, configured, camera=camera.name, sample_aspect=camera.sample_aspect)
    camera = replace(camera, regions=regions)
    plain = list(_plain_rules(selection, configured))
    if known["dropped"].any():
        plain = [_Rule(Reason.DROPPED, pl.col("dropped")), *plain]
    if not plain and not selection.filter_outliers:
        return replace(camera, trajectories=known.filter("there").drop("there"))
    judged = _judge(_people(camera, known, selection, configured), plain)
    notes = [] if camera.note is None else [camera.note]
    if selection.filter_outliers:
        judged = _judge(judged, _staff_rules())
        ordinary = judged.filter(pl.col("reason").is_null(), "there")
        if len(ordinary) >= MIN_PEOPLE:
            judged = _judge(judged, _statistical_rules(ordinary))
        else:
            few = "1 person is" if len(ordinary) == 1 else f"{len(ordinary)} people are"
            notes.append(f"{few} too few to tell who stays unusually long or still; it takes {MIN_PEOPLE}")
    verdicts = judged.select("person", "reason", "value", "limit")
    everybody = known.filter("there").drop("there").join(verdicts, on="person", maintain_order="left")
    counted = pl.col("reason").is_null()
    return replace(
        camera,
        trajectories=everybody.filter(counted).select(camera.trajectories.columns),
        excluded=everybody.filter(~counted),
        note="; ".join(notes) or None,
    )


def _judge(people: pl.DataFrame, rules: Sequence[_Rule]) -> pl.DataFrame:
    """Give everybody without a reason yet the reason of the first rule that leaves them out."""
    for rule in rules:
        broken = pl.col("reason").is_null() & rule.broken
        value = pl.lit(None) if rule.value is None else pl.col(rule.value)
        people = people.with_columns(
            reason=pl.when(broken).then(pl.lit(str(rule.reason))).otherwise("reason"),
            value=pl.when(broken).then(value).otherwise("value"),
            limit=pl.when(broken).then(pl.lit(rule.limit)).otherwise("limit"),
        )
    return people


def _plain_rules(selection: Selection, configured: CameraConfig) -> Iterator[_Rule]:
    """Yield the rules for people who were listed, and for limits that were selected or configured."""
    if selection.exclude:
        yield _Rule(Reason.LISTED, pl.col("listed"))
    if not selection.lifeless:
        yield _Rule(Reason.LIFELESS, pl.col("alive") < ALIVE, "alive", ALIVE)
    size = configured.min_size if selection.min_size is None else selection.min_size
    if size is not None:
        yield _Rule(Reason.SMALL, pl.col("height") < size, "height", size)
    least = configured.min_dwell_s if selection.min_dwell_s is None else selection.min_dwell_s
    if least is not None:
        yield _Rule(Reason.SHORT, pl.col("present_s") < least, "present_s", least)
    most = configured.max_dwell_s if selection.max_dwell_s is None else selection.max_dwell_s
    if most is not None:
        yield _Rule(Reason.LONG, pl.col("present_s") > most, "present_s", most)


def _staff_rules() -> tuple[_Rule, ...]:
    """Return the rules for staff that need no statistics."""
    late = pl.col("outside_s") > _OFF_HOURS_S
    return (
        _Rule(Reason.STAFF_ZONE, pl.col("staff")),
        _Rule(Reason.STAFF_LOOK, pl.col("staff_look") > SURE, "staff_look", SURE),
        _Rule(Reason.OFF_HOURS, late, "outside_s", _OFF_HOURS_S),
    )


def _statistical_rules(ordinary: pl.DataFrame) -> tuple[_Rule, ...]:
    """Return the rules that follow from what is usual among people, frame of `_people`."""
    stay = longest_stay_s(ordinary["present_s"].to_numpy())
    moved = least_range(ordinary["range"].to_numpy())
    still = (pl.col("range") < moved) & (pl.col("present_s") > STILL_S)
    return (
        _Rule(Reason.STILL, still, "range", moved),
        _Rule(Reason.STAY, pl.col("present_s") > stay, "present_s", stay),
    )


def _people(
    camera: SelectedCamera, known: pl.DataFrame, selection: Selection, configured: CameraConfig
) -> pl.DataFrame:
    """Sum up what is known of each person.

    Args:
        camera: camera that saw the people.
        known: trajectories of the camera, with the column `there`.
        selection: question to the store, which lists people to leave out.
        configured: settings of the camera, with opening hours and staff zones.

    Returns:
        One row per person: `person`; `present_s`; `height`, of the trajectory with the tallest boxes, as a
        fraction of the frame's; `range`, the extent of the movement in their own heights; `outside_s`, time
        outside the camera's schedule; `staff`, whether a staff zone says so; `staff_look`, the probability
        that what they wear says so, in the trajectory that says it least; `listed`; `alive`, the probability
        of being a person; and `reason`, `value` and `limit`, all null.
    """
    wander = ((pl.col(f"median_{side}").max() - pl.col(f"median_{side}").min()) ** 2 for side in "xy")
    known = known.with_columns(new_us=not_seen_before(known))
    return (
        known.with_columns(
            height=pl.col("median_height_px") / pl.col("height"),
            present_us=pl.max_horizontal(0, pl.col("present_us") - (pl.col("new_us") - pl.col("first_us"))),
            outside_us=pl.Series(outside_us(camera, known, configured)),
            staff=pl.Series(in_staff_zone(camera, staff_areas(configured))),
            listed=pl.concat_str("clip_id", pl.lit(":"), "track").is_in(selection.exclude),
        )
        .group_by("person", maintain_order=True)
        .agg(
            pl.col("height").max(),
            pl.col("staff", "listed", "there", "dropped").any(),
            pl.col("staff_look").min(),
            alive=_together(pl.col("alive")),
            present_s=pl.col("present_us").sum() / 1e6,
            outside_s=pl.col("outside_us").sum() / 1e6,
            range=pl.max_horizontal(pl.col("range_px").max(), pl.sum_horizontal(*wander).sqrt())
            / pl.col("median_height_px").max(),
        )
        .with_columns(
            reason=pl.lit(None, pl.String), value=pl.lit(None, pl.Float64), limit=pl.lit(None, pl.Float64)
        )
    )


def _together(alive: pl.Expr) -> pl.Expr:
    """Combine the probabilities of a person's trajectories: their odds multiply. Unknown is alive."""
    likely = alive.fill_null(1.0).cast(pl.Float64).clip(_UNSURE, 1 - _UNSURE)
    return 1 / (1 + (-(likely / (1 - likely)).log().sum()).exp())
