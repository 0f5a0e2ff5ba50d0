"""Partial results of closed days, kept beside the tables, so that the same rows need not be read again.

A file for each camera, day and aggregator: `partials/camera=<camera>/<day>-<key>-<sum>.arrow`. The key is a
hash of all that decides the numbers, and the sum one of the file itself. So a file is right or is not asked
for.
"""

import hashlib
import io
import logging
import os
import time
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import polars as pl
from numpy.typing import NDArray

from heatcli.files import replacing
from heatcli.store.objects import working_folder

_log = logging.getLogger(__name__)

Arrays = Mapping[str, NDArray[Any]]

_FOLDER = "partials"
# Column with the runs whose rows were read.
_RUNS = "runs"
_KEY_LENGTH, _SUM_LENGTH = 32, 16
# Seconds after which a file that nobody has asked for is removed: longer than from one annual report to the
# next.
_UNUSED_S = 400 * 86_400
# Seconds after which a use is noted again.
_NOTED_S = 86_400


class Partials:
    """The partial results of one camera.

    Args:
        store: folder of the store.
        camera: name of the camera.
    """

    def __init__(self, store: Path, camera: str) -> None:
        self._folder = working_folder(store) / _FOLDER / f"camera={quote(camera, safe='')}"
        self._files = {file.stem[: -1 - _SUM_LENGTH]: file for file in self._folder.glob("*.arrow")}
        self._can_write = True

    def read(self, day: date, key: str) -> dict[str, NDArray[Any]] | None:
        """Read a partial result; None where there is none, or its file is damaged, which is told."""
        file = self._files.get(f"{day}-{key[:_KEY_LENGTH]}")
        if file is None:
            return None
        try:
            data = file.read_bytes()
            if _sum(data) != file.stem[-_SUM_LENGTH:]:
                raise ValueError("not as it was written")
            frame = pl.read_ipc(io.BytesIO(data))
        except FileNotFoundError:  # another process compacts the store
            return None
        except (OSError, ValueError, pl.exceptions.PolarsError) as error:
            _log.warning("%s: damaged (%s); that day is computed again from its rows", file, error)
            with suppress(OSError):
                file.unlink()
            return None
        with suppress(OSError):  # a store may be read-only
            if time.time() - file.stat().st_mtime > _NOTED_S:
                os.utime(file)
        return {name: frame[name][0].to_numpy() for name in frame.columns if name != _RUNS}

    def write(self, day: date, key: str, arrays: Arrays, *, runs: Iterable[str]) -> None:
        """Keep a partial result; a store that cannot be written goes without."""
        if not self._can_write:
            return
        columns = {name: pl.Series(np.ascontiguousarray(values)).implode() for name, values in arrays.items()}
        frame = pl.DataFrame({**columns, _RUNS: pl.Series(list(runs), dtype=pl.String).implode()})
        written = io.BytesIO()
        frame.write_ipc(written, compression="zstd")
        data = written.getvalue()
        name = f"{day}-{key[:_KEY_LENGTH]}"
        file = self._folder / f"{name}-{_sum(data)}.arrow"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with replacing(file) as beside:
                beside.write_bytes(data)
        except OSError as error:
            _log.debug("%s: partial results are not kept: %s", self._folder, error)
            self._can_write = False
        else:
            self._files[name] = file


def remove_unasked(store: Path, live: Collection[str]) -> int:
    """Remove partial results of rows that are no longer there, and those that nobody has asked for in a year.

    Args:
        store: folder of the store.
        live: runs that count.

    Returns:
        Number of removed files.
    """
    runs = frozenset(live)
    dead = [
        file for file in (working_folder(store) / _FOLDER).glob("*/*.arrow") if not _may_be_asked(file, runs)
    ]
    for file in dead:
        file.unlink(missing_ok=True)
    return len(dead)


def _may_be_asked(file: Path, live: frozenset[str]) -> bool:
    try:
        if time.time() - file.stat().st_mtime > _UNUSED_S:
            return False
        return live.issuperset(pl.read_ipc(file, columns=[_RUNS])[_RUNS][0])
    except (OSError, ValueError, pl.exceptions.PolarsError):
        return False


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:_SUM_LENGTH]
