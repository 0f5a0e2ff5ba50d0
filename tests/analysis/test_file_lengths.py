"""The length in a clip's name."""

from pathlib import Path

import pytest

from heatcli.analysis.file_lengths import named_length_us


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("NVR_ch1_main_20230619064223_20230619064228.h264", 5),
        ("NVR_ch1_main_20230619065960_20230619070228.h264", 148),
        ("2018-05-19/001/dav/10/10.36.45-10.45.00[R][0@0][0].dav", 495),
        ("2024-01-05/00.00.00-00.10.00[R][0@0][0].h264", 600),
        ("RecM01_DST20200722_075939_080140_6D28808_1A468F9.mp4", 121),
        ("1706108297-1706108310.h265", 13),
        ("20140509-000500-001000_192.168.1.11-CH2.264", 300),
        ("door_2024-01-05_23-50-00_2024-01-06_00-10-00.h264", 1200),
        ("20240105_235000_001000.265", 1200),
        ("CAM_2024-01-05_13-00-00_MAIN.h264", None),
        ("CAM_2024-01-05_13-00-00.h264", None),
        ("2024-01-05T130000-0500.h264", None),
        ("2024-01-05_13-00-00_13-00-00.h264", None),
        # The month first, or a serial number: no time of day of this clip.
        ("20-01-05_13-00-00.h264", None),
        ("101112-131415.h264", None),
        ("1706108297-1806108310.h264", None),
        ("05-04-2024 13-00-00 13-10-00.h264", None),
        ("door.h264", None),
    ],
)
def test_length(name: str, seconds: int | None) -> None:
    assert named_length_us(Path("/nvr") / name) == (None if seconds is None else seconds * 1_000_000)
