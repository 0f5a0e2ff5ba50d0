"""Who writes to a store at the same time: any number may, unless one must be alone.

Whoever commits rows writes files first and names them in a log later. Whoever removes files that no log
names has to know that nobody is in between. The lock is on the folder of the table `clips`.

Of a store in an object store, locks hold for the programs of one machine. Those of several are kept apart by
the server, which lets one of two commits through.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from heatcli.errors import StoreError
from heatcli.store.faults import store_errors
from heatcli.store.locks import locked, locked_if_free
from heatcli.store.objects import only_folders, working_folder

# File in the folder of the store that a `heatcli run` holds.
_NIGHT = ".night"


@contextmanager
def writing(store: Path) -> Iterator[None]:
    """Write to a store beside others; wait while somebody must be alone.

    Args:
        store: folder of a store that exists.
    """
    with locked(_lock(store, "clips"), shared=True):
        yield


@contextmanager
def committing(store: Path) -> Iterator[None]:
    """Commit analysed clips to a store, one process at a time; wait for the turn.

    The store would stand more, but many short clips would make each other's commits void.

    Args:
        store: folder of a store that exists.
    """
    with locked(_lock(store, "trajectories")), writing(store):
        yield


@contextmanager
def alone(store: Path) -> Iterator[None]:
    """Write to a store while nobody else does; wait until all others are done.

    Args:
        store: folder of a store that exists.

    Raises:
        UsageError: the store is in an object store, where nobody can know.
    """
    only_folders(store, "erasing")
    with locked(store / "clips"):
        yield


@contextmanager
def only_night(store: Path) -> Iterator[None]:
    """Look after a store as the only `heatcli run`, beside whatever else writes to it.

    The lock is on a file of its own: recovery after a loss of power, which a night may begin with, locks the
    folder.

    Args:
        store: folder of a store; made if it does not exist.

    Raises:
        StoreError: another one is at work, or the folder cannot be made.
    """
    with store_errors(store):
        folder = working_folder(store)
        folder.mkdir(parents=True, exist_ok=True)
    with locked_if_free(folder / _NIGHT) as is_held:
        if not is_held:
            raise StoreError(f"{store}: another `heatcli run` is at work on it; nothing was done this time")
        yield


def _lock(store: Path, name: str) -> Path:
    folder = working_folder(store) / name
    folder.mkdir(exist_ok=True)
    return folder
