"""Which cameras a folder of recordings is of: the ways in which recorders name files and folders."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.analysis.layouts import layouts
from heatcli.config.globs import matches

NVR = Path("/nvr")


def cameras(*names: str) -> dict[str, tuple[str, ...]]:
    return {one.name: one.sources for one in layouts(NVR, [NVR / name for name in names])}


@pytest.mark.parametrize(
    ("files", "found"),
    [
        pytest.param(
            ("ch1/2026-03-14/10.00.00-10.05.00.mp4", "ch1/2026-03-15/0001.mp4", "ch2/2026-03-14/0001.mp4"),
            {"ch1": ("ch1/*/*.mp4",), "ch2": ("ch2/*/*.mp4",)},
            id="a folder for each channel",
        ),
        pytest.param(
            (
                "NVR_ch1_main_20230619064223_20230619064228.mp4",
                "NVR_ch2_main_20230619074223_20230619064228.mp4",
            ),
            {"ch1": ("NVR_ch1_main_*.mp4",), "ch2": ("NVR_ch2_main_*.mp4",)},
            id="the channel in the name",
        ),
        pytest.param(
            (
                "2018-05-19/001/dav/10/10.36.45-10.45.00[R][0@0][0].dav",
                "2018-05-20/001/dav/11/11.36.45-11.45.00[R][0@0][0].dav",
                "2018-05-19/002/dav/10/10.36.45-10.45.00[R][0@0][0].dav",
            ),
            {"001": ("**/001/dav/*/*.dav",), "002": ("**/002/dav/*/*.dav",)},
            id="Dahua",
        ),
        pytest.param(
            ("2024-01-05/13/door/07.30.mp4", "2024-01-06/14/door/07.30.mp4", "2024-01-05/13/yard/07.30.mp4"),
            {"door": ("**/door/*.mp4",), "yard": ("**/yard/*.mp4",)},
            id="Frigate",
        ),
        pytest.param(
            ("192.168.0.64_01_20190319093422939_1.mp4", "192.168.0.65_01_20190319093422939_2.mp4"),
            {"192-168-0-64": ("192.168.0.64_01_*.mp4",), "192-168-0-65": ("192.168.0.65_01_*.mp4",)},
            id="Hikvision",
        ),
        pytest.param(
            (
                "RecM01_20201222_075939_080140_6D28808_3C5.mp4",
                "RecM02_20201222_075939_080140_6D28808_3C5.mp4",
            ),
            {"RecM01": ("RecM01_*.mp4",), "RecM02": ("RecM02_*.mp4",)},
            id="Reolink",
        ),
        pytest.param(
            ("Front Door - 2-9-2020, 11.21.12pm.mp4", "Yard - 2-9-2020, 11.21.12pm.mp4"),
            {"Front-Door": ("Front Door - *.mp4",), "Yard": ("Yard - *.mp4",)},
            id="UniFi",
        ),
        pytest.param(("2024/01/05/130000.mp4", "2024/01/06/1.mp4"), {"nvr": ("**/*.mp4",)}, id="one camera"),
        pytest.param(("1706108297-1706108310.mp4",), {"nvr": ("*.mp4",)}, id="seconds since 1970"),
        pytest.param(
            ("cam [1]/2026-03-14_10-00-00.mp4", "cam [2]/2026-03-14_10-00-00.mp4"),
            {"1": ("cam [[]1]/*.mp4",), "2": ("cam [[]2]/*.mp4",)},
            id="channels in brackets",
        ),
        pytest.param(
            ("Front Door/2026-03-14_10-00-00.mp4", "Front_Door/2026-03-14_10-00-00.mp4"),
            {"Front-Door": ("Front Door/*.mp4",), "Front-Door-2": ("Front_Door/*.mp4",)},
            id="names that are alike",
        ),
        pytest.param(("store.mp4",), {"store": ("store.mp4",)}, id="one file"),
    ],
)
def test_recorders(files: tuple[str, ...], found: dict[str, tuple[str, ...]]) -> None:
    assert cameras(*files) == found


NAMES = st.lists(
    st.lists(
        st.one_of(
            st.sampled_from(["door", "yard", "ch1", "ch02", "2026-03-14", "14", "main", "[R]", "a b", "é"]),
            st.text("ab1[*?]_-. ", min_size=1, max_size=6).filter(lambda text: text.strip(". ") != ""),
        ),
        min_size=1,
        max_size=3,
    ).map(lambda parts: "/".join(parts) + ".mp4"),
    min_size=1,
    max_size=8,
    unique=True,
)


@given(NAMES)
def test_every_clip_is_of_one_camera_and_its_globs_find_it(names: list[str]) -> None:
    clips = [NVR / name for name in names]
    found = layouts(NVR, clips)

    assert sorted(clip for one in found for clip in one.clips) == sorted(clips)
    assert len({one.name for one in found}) == len(found)
    for one in found:
        for clip in one.clips:
            assert any(matches(source, clip, folder=NVR) for source in one.sources), (one, clip)
