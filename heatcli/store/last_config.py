"""Which configuration file the clips of a store were last analysed with, for whoever asks without it."""

import os
from pathlib import Path

from heatcli.files import replacing
from heatcli.store.faults import store_errors
from heatcli.store.objects import working_folder

_FILE = "last-config"


def note_config(store: Path, config: Path) -> None:
    """Note that a configuration file was used.

    Raises:
        StoreError: the store cannot be written.
    """
    with store_errors(store):
        noted, path = _file(store), os.fsencode(config.absolute())
        if not noted.exists() or noted.read_bytes() != path:
            with replacing(noted) as beside:
                beside.write_bytes(path)


def last_config(store: Path) -> Path | None:
    """Return the configuration file that was used last; None where there was none, or where it is gone."""
    try:
        file = Path(os.fsdecode(_file(store).read_bytes()))
        return file if file.is_file() else None
    except (OSError, ValueError):
        return None


def _file(store: Path) -> Path:
    return working_folder(store) / _FILE
