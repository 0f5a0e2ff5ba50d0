"""Removing descriptors that were kept for long enough, and writing down what they have decided."""

import polars as pl
from deltalake import CommitProperties

from heatcli.store.faults import retried, store_errors
from heatcli.store.files import check_written, data_files
from heatcli.store.schema import HOOKS, WRITER
from heatcli.store.store import Store

_SAME = " AND ".join(f"old.{column} = new.{column}" for column in ("camera", "run", "track"))
_UPDATES = {
    column: f"new.{column}" for column in ("known_visit", "known_person", "known_staff", "descriptor")
}


def forget_descriptors(store: Store, decided: pl.DataFrame) -> int:
    """Write down what was decided, and remove descriptors, in one commit.

    The files that had them are kept for a day, for those who are reading them:
    `heatcli.store.maintenance.compact` deletes them.

    Args:
        store: heat store.
        decided: rows of trajectories: `camera`, `run`, `track`, `known_visit`, `known_person`, `known_staff`,
            and `descriptor`, null where it is removed; `forgotten` tells where. Of runs that are no longer
            there, nothing is written.

    Returns:
        Number of descriptors that are removed.

    Raises:
        StoreError: the store cannot be read or written.
    """
    with store_errors(store.path):
        cameras = decided["camera"].unique().implode()
        files = data_files(store.table("trajectories"), store.path / "trajectories")
        check_written(files.filter(pl.col("camera").is_in(cameras)))
        retried(lambda: _merge(store, decided.drop("forgotten")))
    store.make_durable()
    return int(decided["forgotten"].sum())


def _merge(store: Store, decided: pl.DataFrame) -> None:
    (
        store.table("trajectories")
        .merge(
            decided,
            predicate=_SAME,
            source_alias="new",
            target_alias="old",
            merge_schema=True,
            writer_properties=WRITER,
            commit_properties=CommitProperties(max_commit_retries=0),
            post_commithook_properties=HOOKS,
        )
        .when_matched_update(_UPDATES)
        .execute()
    )
