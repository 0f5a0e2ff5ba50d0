"""What descriptors have decided: written down before they are removed, so that numbers stay as they are."""

from datetime import datetime

import polars as pl

from heatcli.select.persons import decisions
from heatcli.store.faults import store_errors
from heatcli.store.files import data_files, scan
from heatcli.store.store import Store
from heatcli.track.appearance.descriptor_bytes import is_of_network
from heatcli.track.link.across_clips import LONGEST_HIDDEN_S


def decided(store: Store, *, until: datetime, analysed_before: datetime) -> pl.DataFrame:
    """Decide whose visits they were, for all trajectories that the removal of old descriptors concerns.

    These are all that began before the last removed one could have been joined to another file, and all that
    are of the same person as one of those.

    Args:
        store: heat store.
        until: descriptors of clips that end before are to be removed,
        analysed_before: if they were analysed before this.

    Returns:
        One row per trajectory, none where there is nothing to remove: `camera`, `run`, `track`; `known_visit`
        and `known_person`, the names of the visit and of the person; and `descriptor`, without those that are
        to be removed.

    Raises:
        StoreError: the store cannot be read.
    """
    snapshot = store.snapshot()
    found = []
    with store_errors(store.path):
        files = data_files(snapshot.trajectories, store.path / "trajectories")
        for (name,), clips in snapshot.clips.sort("camera", "start", "clip").group_by(
            "camera", maintain_order=True
        ):
            camera = str(name)
            ended = pl.col("start") + pl.duration(microseconds="duration_us") < until
            old = clips.filter(ended, pl.col("analysed_at") < analysed_before)
            rows = scan("trajectories", files.filter(camera=camera), camera)
            forget = is_of_network("descriptor") & pl.col("run").is_in(old["run"].implode())
            if rows.select(forget.any()).collect().item():
                found.append(_of_camera(camera, rows, clips, old, forget))
    return pl.concat(found) if found else pl.DataFrame()


def _of_camera(
    camera: str, rows: pl.LazyFrame, clips: pl.DataFrame, old: pl.DataFrame, forget: pl.Expr
) -> pl.DataFrame:
    """Decide for one camera, of whose clips some are `old`."""
    ends = old.select(pl.col("start").cast(pl.Int64) + pl.col("duration_us")).max().item()
    close = pl.col("first_us") <= ends + LONGEST_HIDDEN_S * 1e6
    own = pl.concat_str("run", pl.lit(":"), "track")
    return (
        decisions(rows, clips)
        .with_columns(own=own, concerned=close | pl.col("known_person").is_not_null())
        .filter(pl.col("concerned").any().over("person"))
        .select(
            *("run", "track"),
            camera=pl.lit(camera),
            descriptor=pl.when(~forget).then("descriptor"),
            known_visit=_name("visit"),
            known_person=_name("person"),
        )
    )


def _name(group: str) -> pl.Expr:
    """Return the name of each visit or person: the one that it had before, else that of the first row."""
    before = pl.col(f"known_{group}").drop_nulls().first()
    return pl.coalesce(before, pl.col("own").first()).over(group)
