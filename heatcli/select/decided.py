"""What descriptors have decided: written down before they are removed, so that numbers stay as they are."""

from collections.abc import Callable
from datetime import datetime

import polars as pl

from heatcli.config.models import Config
from heatcli.config.named_shapes import staff_areas
from heatcli.select.persons import StaffAreas, decisions
from heatcli.shapes import Shape
from heatcli.store.faults import store_errors
from heatcli.store.files import data_files, scan
from heatcli.store.store import Store
from heatcli.track.appearance.descriptor_bytes import is_of_network
from heatcli.track.link.across_clips import LONGEST_HIDDEN_S
from heatcli.track.link.people import local_day


def decided(store: Store, config: Config, *, until: datetime, analysed_before: datetime) -> pl.DataFrame:
    """Decide whose visits they were, before the descriptors of networks are removed from old clips.

    Args:
        store: heat store.
        config: configuration, for the places of staff.
        until: descriptors of clips that end before are to be removed,
        analysed_before: if they were analysed before this.

    Returns:
        Decisions, as `_decided` returns them.

    Raises:
        StoreError: the store cannot be read.
    """

    def forget(clips: pl.DataFrame) -> pl.Expr:
        ended = pl.col("start") + pl.duration(microseconds="duration_us") < until
        old = clips.filter(ended, pl.col("analysed_at") < analysed_before)
        return is_of_network("descriptor") & pl.col("run").is_in(old["run"].implode())

    return _decided(store, config, forget)


def decided_before(store: Store, config: Config, first_seen: datetime) -> pl.DataFrame:
    """Decide whose visits they were, before all descriptors of who was first seen before a time are removed.

    Args:
        store: heat store.
        config: configuration, for the places of staff.
        first_seen: UTC time.

    Returns:
        Decisions, as `_decided` returns them.

    Raises:
        StoreError: the store cannot be read.
    """
    return _decided(
        store, config, lambda _: pl.col("descriptor").is_not_null() & (pl.col("first") < first_seen)
    )


def _decided(store: Store, config: Config, forget_of: Callable[[pl.DataFrame], pl.Expr]) -> pl.DataFrame:
    """Decide whose visits they were, for all trajectories that the removal of descriptors concerns.

    These are all that began before the last removed one could have been joined to another file, all that are
    of the same person as one of those, and, where staff are known by what they wear, all of the same days.

    Args:
        store: heat store.
        config: configuration, for the places of staff.
        forget_of: tells of a camera's clips, as rows, which descriptors of its trajectories are removed.

    Returns:
        One row per trajectory of which something changes, none where there is nothing to remove: `camera`,
        `run`, `track`; `known_visit` and `known_person`, the names of the visit and of the person;
        `known_staff`, the probability of being staff; and `descriptor`, without those that are to be removed;
        `forgotten` (bool) tells which these are.
    """
    snapshot = store.snapshot()
    found = []
    with store_errors(store.path):
        files = data_files(snapshot.trajectories, store.path / "trajectories")
        for (name,), clips in snapshot.clips.sort("camera", "start", "clip").group_by(
            "camera", maintain_order=True
        ):
            camera = str(name)
            rows = scan("trajectories", files.filter(camera=camera), camera)
            forget = forget_of(clips).fill_null(False)
            if rows.select(forget.any()).collect().item():
                shapes = staff_areas(config.camera(camera))
                found.append(_of_camera(camera, rows, clips, forget, shapes))
    return pl.concat(found) if found else pl.DataFrame()


def _of_camera(
    camera: str, rows: pl.LazyFrame, clips: pl.DataFrame, forget: pl.Expr, shapes: tuple[Shape, ...]
) -> pl.DataFrame:
    """Decide for one camera, some of whose descriptors are removed, and which has these staff zones."""
    gone = rows.filter(forget).select("run", "track", "first", "last", forgotten=True).collect()
    ends = gone["last"].cast(pl.Int64).max()
    assert isinstance(ends, int)
    close = pl.col("first_us") <= ends + LONGEST_HIDDEN_S * 1e6
    own = pl.concat_str("run", pl.lit(":"), "track")
    zone = clips["timezone"][-1]
    days = gone.select(local_day(pl.col("first").cast(pl.Int64), zone)).to_series().unique().to_list()
    return (
        decisions(rows, clips, StaffAreas(shapes, days))
        .join(gone.drop("first", "last"), on=["run", "track"], how="left", maintain_order="left")
        .with_columns(
            pl.col("forgotten").fill_null(False),
            own=own,
            concerned=close | pl.col("known_person").is_not_null(),
        )
        .with_columns(pl.col("concerned").any().over("person"))
        .with_columns(
            _name("visit"),
            _name("person"),
            decided_staff=pl.coalesce("known_staff", pl.col("staff_look").cast(pl.Float32)),
        )
        # What was written down before is not written anew each night.
        .filter(
            pl.col("forgotten")
            | pl.col("decided_visit").ne_missing(pl.col("known_visit"))
            | pl.col("decided_person").ne_missing(pl.col("known_person"))
            | pl.col("decided_staff").ne_missing(pl.col("known_staff"))
        )
        .select(
            *("run", "track", "forgotten"),
            camera=pl.lit(camera),
            descriptor=pl.when(~pl.col("forgotten")).then("descriptor"),
            known_visit="decided_visit",
            known_person="decided_person",
            known_staff="decided_staff",
        )
    )


def _name(group: str) -> pl.Expr:
    """Return the name of each visit or person: the one that it had before, else that of the first row.

    Of those who are not concerned, nothing is decided: they keep what they had.
    """
    known = pl.col(f"known_{group}")
    name = pl.coalesce(known.drop_nulls().first(), pl.col("own").first()).over(group)
    return pl.when("concerned").then(name).otherwise(known).alias(f"decided_{group}")
