"""Which kinds of object the store knows of."""

import json

import polars as pl

from heatcli.store.faults import store_errors
from heatcli.store.files import data_files, scan
from heatcli.store.store import Snapshot, Store


def known_classes(store: Store, snapshot: Snapshot) -> list[str]:
    """List the classes that were looked for or found in any clip, sorted.

    What was looked for counts too: that no car came is an answer, not a mistake in the question.

    Raises:
        StoreError: the store cannot be read.
    """
    wanted = {
        name
        for settings in snapshot.clips["settings"].unique()
        for name in json.loads(settings).get("objects_to_track", ())
    }
    with store_errors(store.path):
        files = data_files(snapshot.trajectories, store.path / "trajectories")
        is_live = pl.col("run").is_in(snapshot.clips["run"].to_list())
        found = scan("trajectories", files["path"], None).filter(is_live)
        return sorted(wanted.union(found.select(pl.col("object_class").unique()).collect()["object_class"]))
