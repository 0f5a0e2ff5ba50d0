"""Ids of clips and of their analyses."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

# Rows of a run that is not live are debris once the run is older than this; until then it may be in progress.
DEBRIS_AGE = timedelta(days=1)

_RUN_TIME = "%Y%m%dT%H%M%S%fZ"


def clip_id(path: Path) -> str:
    """Return the clip's id: the first 16 hexadecimal digits of the SHA-256 of its bytes.

    A renamed or copied file is the same clip. 64 bits tell a million clips apart: the chance that any two of
    them have the same id is 3e-8, (1e6)² / 2**65.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def new_run() -> str:
    """Return a new run's id: it sorts by time, and no other process has the same.

    Make it when the rows are about to be written (see `DEBRIS_AGE`).
    """
    return f"{datetime.now(UTC).strftime(_RUN_TIME)}-{secrets.token_hex(4)}"


def run_time(run: str) -> datetime:
    """Return the UTC time at which a run's id was made."""
    return datetime.strptime(run.partition("-")[0], _RUN_TIME).replace(tzinfo=UTC)
