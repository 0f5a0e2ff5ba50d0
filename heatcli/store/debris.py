"""Deleting the rows of runs that are not live."""

from collections.abc import Collection

from heatcli.store.faults import retried, store_errors
from heatcli.store.schema import WRITER, TableName, sql_text
from heatcli.store.store import Store


def delete_runs(store: Store, cameras: Collection[str], runs: Collection[str]) -> None:
    """Delete the rows of runs that `clips` does not name.

    Args:
        store: store to delete from.
        cameras: cameras of the runs; other partitions are not looked at.
        runs: ids of the runs.

    Raises:
        StoreError: the rows could not be deleted; they are never read, and only take up space.
    """
    delete_rows(store, "tracks", cameras, runs)
    delete_rows(store, "trajectories", cameras, runs)


def delete_rows(store: Store, name: TableName, cameras: Collection[str], runs: Collection[str]) -> None:
    """Delete the rows of some runs from one table.

    Raises:
        StoreError: the rows could not be deleted.
    """
    predicate = f"camera IN ({_texts(cameras)}) AND run IN ({_texts(runs)})"
    with store_errors(store.path):
        retried(lambda: store.table(name).delete(predicate, writer_properties=WRITER))


def _texts(values: Collection[str]) -> str:
    return ", ".join(sql_text(value) for value in values)
