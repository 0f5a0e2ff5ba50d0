"""Dropping what is damaged of a store, so that the next run analyses it again."""

from collections.abc import Collection
from pathlib import Path

import polars as pl

from heatcli.store.checks import Fault, files_with_state
from heatcli.store.durability import make_durable
from heatcli.store.faults import retried, store_errors
from heatcli.store.objects import place
from heatcli.store.schema import HOOKS, WRITER, TableName, sql_text
from heatcli.store.store import Store
from heatcli.store.writing import writing


def repair(store: Store, faults: Collection[Fault]) -> None:
    """Drop the clips that lack rows, and the damaged files with what is left in them.

    All other clips stay as they are. A kill leaves faults that the next check finds.

    Args:
        store: store that was checked.
        faults: what `heatcli.store.checks.check` has found in it.

    Raises:
        StoreError: a log is damaged, or the store cannot be written.
    """
    with store_errors(store.path), writing(store.path):
        # First, as deltalake would have to read them to delete the clips.
        _drop_damaged_files(store, "clips")
        named = [fault for fault in faults if fault.path is not None]
        if named:
            retried(
                lambda: store.table("clips").delete(
                    _of_clips(named), writer_properties=WRITER, post_commithook_properties=HOOKS
                )
            )
        make_durable(store.path / "clips")
        for name in ("tracks", "trajectories"):
            _drop_damaged_files(store, name)
            make_durable(store.path / name)


def _of_clips(faults: Collection[Fault]) -> str:
    """Return the predicate of clips, as long as nobody has analysed them again."""
    runs = ", ".join(sql_text(fault.run) for fault in faults if fault.run is not None)
    without = "run IS NULL" if any(fault.run is None for fault in faults) else "FALSE"
    return f"run IN ({runs}) OR {without}" if runs else without


def _drop_damaged_files(store: Store, name: TableName) -> None:
    """Take damaged files out of a table. Their rows are lost already."""
    damaged = files_with_state(store.table(name), store.path / name).filter(pl.col("state").is_not_null())
    for path in damaged["path"]:
        place(Path(path)).unlink(missing_ok=True)
    if len(damaged):
        store.table(name).repair(post_commithook_properties=HOOKS)
