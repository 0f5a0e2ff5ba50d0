"""`heatcli analyze` in processes of its own, which may be killed."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.support.places import ROOT

AT_TEN = ("--start", "2026-03-14T10:00:00Z")


def start(
    clips: Path | str | Sequence[Path], store: object, *more: str, **environment: str
) -> "subprocess.Popen[bytes]":
    """Start an analysis by `motion`, on one core, with more options and variables."""
    named = [str(clips)] if isinstance(clips, Path | str) else map(str, clips)
    command = [sys.executable, "-m", "heatcli", "analyze", *named, "--store", str(store)]
    own = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **environment}
    return subprocess.Popen(
        [*command, "--detector", "motion", *more],
        env=own,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(*processes: "subprocess.Popen[bytes]") -> None:
    """Wait until all have ended; each must have done it."""
    errors = [process.communicate(timeout=120)[1] for process in processes]
    for process, said in zip(processes, errors, strict=True):
        assert process.returncode == 0, said.decode()
