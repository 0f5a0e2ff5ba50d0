"""Recordings that were damaged at random: the same 300 each time; more by `mutated_recordings.py`."""

from pathlib import Path

import pytest

from tests.support.mutations import FORMATS, Campaign

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", FORMATS)
def test_damage_of_any_kind_breaks_no_promise(tmp_path: Path, name: str) -> None:
    campaign = Campaign(tmp_path, name)
    assert campaign.clean.status == "analysed"
    found = {number: campaign.mutation(0, number) for number in range(300 // len(FORMATS))}
    assert {number: one.faults for number, one in found.items() if one.faults} == {}
    assert any(one.status == "analysed" for one in found.values())
