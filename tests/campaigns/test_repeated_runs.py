"""The same clips again and again while the machine is busy; ten times each by `repeated_runs.py`."""

from pathlib import Path

import pytest

from tests.support.repeated_runs import busy_machine, stored, write_recordings


@pytest.mark.slow
def test_the_same_bytes_give_the_same_rows_whatever_the_load(tmp_path: Path) -> None:
    with busy_machine():
        results = {
            name: {stored(clip, tmp_path / f"{name}-{run}") for run in range(2)}
            for name, clip in write_recordings(tmp_path).items()
        }
    assert [len(found) for found in results.values()] == [1] * 5
    # The recordings do differ.
    assert len(set.union(*results.values())) == 5
