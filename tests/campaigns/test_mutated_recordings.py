"""Recordings that were damaged at random: the same 300 each time; more by `mutated_recordings.py`."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.mutations import FORMATS, ON_AVERAGE, Campaign

pytestmark = pytest.mark.slow

# Noise over H.265 in an MP4, of which FFmpeg says nothing, is seen as people: 4 of 120 mutations.
# The number of them among these, by format.
SILENT = {"h265": 1}


@pytest.mark.parametrize("name", FORMATS)
def test_damage_of_any_kind_breaks_no_promise(tmp_path: Path, name: str) -> None:
    campaign = Campaign(tmp_path, name)
    assert campaign.clean.status == "analysed"
    numbers = range(300 // len(FORMATS))
    # A decoder that stands still is waited for, in which time others are analysed.
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda number: campaign.mutation(0, number), numbers))
    faults = [f"{number}: {fault}" for number, one in enumerate(found) for fault in one.faults]
    crowded = [fault for fault in faults if ON_AVERAGE in fault]
    assert faults == crowded
    assert len(crowded) <= SILENT.get(name, 0), crowded
    assert any(one.status == "analysed" for one in found)
