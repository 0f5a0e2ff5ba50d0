"""Opening a store after a loss of power: what is half-written goes, and so do clips that lack rows."""

import logging
from pathlib import Path

from deltalake import DeltaTable

from heatcli.files import is_local, sync_folder
from heatcli.store.durability import Log, forget, make_durable, unwritten
from heatcli.store.files import data_files, scan
from heatcli.store.locks import locked
from heatcli.store.schema import HOOKS, TABLES, WRITER, sql_text
from heatcli.store.sound import incomplete_clips

_log = logging.getLogger(__name__)

# There while a recovery is under way, so that one that was killed is done again.
_UNDER_WAY = ".recovering"


def recover(path: Path) -> None:
    """Take away what a loss of power has left half-written, and say so in the log of the program.

    In an object store nothing is ever half-written.

    Args:
        path: folder of the store.

    Raises:
        OSError: the store cannot be written.
        StoreError: the store is damaged beyond that.
    """
    if not is_local(path):
        return
    folders = [path / name for name in TABLES if (path / name / "_delta_log").is_dir()]
    if not (path / _UNDER_WAY).exists() and not any(unwritten(folder) for folder in folders):
        return
    # Others that recover the same store might take away what has just been written.
    with locked(path):
        lost = {folder: unwritten(folder) for folder in folders}
        (path / _UNDER_WAY).touch()
        sync_folder(path)
        for folder, files in lost.items():
            forget(folder, files)
        if found := sum(map(len, lost.values())):
            _log.warning(
                "%s: power was lost during a write: %d unfinished files of its logs count as never written",
                path,
                found,
            )
        if all(Log.list(path / name).is_there for name in TABLES):
            for name in TABLES:
                _drop_empty_files(path / name)
            _drop_incomplete_clips(path)
        (path / _UNDER_WAY).unlink(missing_ok=True)


def _drop_empty_files(folder: Path) -> None:
    """Take data files without a byte out of the table: nobody could read the table with them."""
    table = DeltaTable(folder)
    empty = [
        file
        for file in map(Path, data_files(table, folder)["path"])
        if file.exists() and not file.stat().st_size
    ]
    for file in empty:
        file.unlink()
    if empty:
        table.repair(post_commithook_properties=HOOKS)


def _drop_incomplete_clips(path: Path) -> None:
    """Remove the clips whose rows are not all there, so that they are analysed again."""
    tables = {name: DeltaTable(path / name) for name in TABLES}
    files = {name: data_files(table, path / name) for name, table in tables.items()}
    lacking = incomplete_clips(scan("clips", files["clips"], None).collect(), files)
    if lacking.is_empty():
        return
    runs = ", ".join(sql_text(run) for run in lacking["run"])
    tables["clips"].delete(f"run IN ({runs})", writer_properties=WRITER, post_commithook_properties=HOOKS)
    make_durable(path / "clips")
    for camera, clip, file in lacking.select("camera", "clip", "path").iter_rows():
        _log.warning(
            "clip %s of %s (%s): was not whole any more and is removed; analyse it again", clip, camera, file
        )
