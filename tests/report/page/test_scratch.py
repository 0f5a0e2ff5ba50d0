"""Arrays that wait to be read: the same in memory and on the disk, and told of where there is no room."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from heatcli.errors import OutputError
from heatcli.report.page.scratch import Scratch


@dataclass(frozen=True, slots=True, eq=False)
class Some:
    """Arrays of two kinds."""

    numbers: NDArray[np.int64]
    places: NDArray[np.float64]


def some(seed: int) -> Some:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(0, 5))
    return Some(rng.integers(-(2**62), 2**62, size), rng.normal(size=(size, 2)))


@pytest.mark.parametrize("in_memory", [0, 1000, 10**6], ids=["disk", "both", "memory"])
def test_what_is_kept_is_read_as_it_was_in_any_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: int
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    scratch = Scratch(in_memory)
    kept = [scratch.keep(some(seed)) for seed in range(20)]
    for seed in np.random.default_rng(1).permutation(20).tolist():
        found = kept[seed].read()
        np.testing.assert_array_equal(found.numbers, some(seed).numbers)
        np.testing.assert_array_equal(found.places, some(seed).places)
    # Whoever is killed leaves nothing either.
    assert list(tmp_path.iterdir()) == []


def test_without_a_folder_for_it_one_line_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(OutputError, match=r"gone: cannot be written .*; make room, or .* TMPDIR$"):
        Scratch()
