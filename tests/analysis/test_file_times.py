"""The time in a clip's name: every pattern, what only looks like one, and what is refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heatcli.analysis.file_times import named_start, pattern_start
from heatcli.clock import readings
from heatcli.config.time_pattern import time_pattern
from heatcli.errors import InputError, UsageError

ZAGREB = ZoneInfo("Europe/Zagreb")
NVR = Path("/nvr")


def named(name: str, zone: ZoneInfo = ZAGREB) -> str | None:
    """What a clip of that name says, as the local time of the zone."""
    start = named_start(NVR / name, zone)
    if start is None:
        return None
    assert (start.source, start.time.tzinfo) == ("name", UTC)
    return start.time.astimezone(zone).isoformat(" ")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("NVR_ch1_main_20230619064223_20230619064228.mp4", "2023-06-19 06:42:23+02:00"),
        ("NVR_ch1_main_20230619065960_20230619070228.mp4", "2023-06-19 07:00:00+02:00"),
        ("2018-05-19/001/dav/10/10.36.45-10.45.00[R][0@0][0].dav", "2018-05-19 10:36:45+02:00"),
        ("RecM01_20201222_075939_080140_6D28808_1A468F9.mp4", "2020-12-22 07:59:39+01:00"),
        ("RecM01_DST20200722_075939_080140_6D28808_1A468F9.mp4", "2020-07-22 07:59:39+02:00"),
        ("RecS02_DST20261025_023000_024000_2B14808_32F1DF.mp4", "2026-10-25 02:30:00+02:00"),
        ("Front Door - 2-9-2020, 11.21.12pm.mp4", "2020-02-09 23:21:12+01:00"),
        ("Front Door - 12-9-2020, 12.01.02am.mp4", "2020-12-09 00:01:02+01:00"),
        ("2024-01-05/13/camera/07.30.mp4", "2024-01-05 14:07:30+01:00"),
        ("192.168.0.64_01_20190319093422939_TIMING.mp4", "2019-03-19 09:34:22.939000+01:00"),
        ("CAM_2024-01-05_13-00-00_Z.mp4", "2024-01-05 14:00:00+01:00"),
        ("CAM_2024-01-05_13-00-00_UTC.mp4", "2024-01-05 14:00:00+01:00"),
        ("CAM_2024-01-05_13-00-00_CET.mp4", "2024-01-05 13:00:00+01:00"),
        ("CAM_2026-10-25_02-30-00_CET.mp4", "2026-10-25 02:30:00+01:00"),
        ("CAM_2024-01-05_13-00-00_+0530.mp4", "2024-01-05 08:30:00+01:00"),
        ("CAM_2024-01-05_13-00-00_UTC-3.mp4", "2024-01-05 17:00:00+01:00"),
        ("CAM_2024-01-05_13-00-00+99.mp4", "2024-01-05 13:00:00+01:00"),
        ("CAM_2024-01-05_13-00-00_MAIN.mp4", "2024-01-05 13:00:00+01:00"),
        ("1706108297-1706108310.mp4", "2024-01-24 15:58:17+01:00"),
        ("20140509-000500-001000_192.168.1.11-CH2.avi", "2014-05-09 00:05:00+02:00"),
        ("2024-01-05T13:00:00.123Z.mp4", "2024-01-05 14:00:00.123000+01:00"),
        ("2024-01-05T13:00:00-05:00.mp4", "2024-01-05 19:00:00+01:00"),
        ("2024-01-05T130000-0500.mp4", "2024-01-05 19:00:00+01:00"),
        ("2024.1.5 9.05.03.mkv", "2024-01-05 09:05:03+01:00"),
        ("2024-01-05_13-00-00-123.mp4", "2024-01-05 13:00:00.123000+01:00"),
        ("20240105_130000123.mp4", "2024-01-05 13:00:00.123000+01:00"),
        ("2024-01-05_13-00.mp4", "2024-01-05 13:00:00+01:00"),
        ("Screen Recording 2024-01-05 at 1.02.03 PM.mov", "2024-01-05 13:02:03+01:00"),
        ("25-04-2024 13-00-00.mp4", "2024-04-25 13:00:00+02:00"),
        ("04/25/2024/13.00.00.mp4", "2024-04-25 13:00:00+02:00"),
        ("05-05-2024 13-00-00.mp4", "2024-05-05 13:00:00+02:00"),
        ("2024/01/05/13/00/00.mp4", "2024-01-05 13:00:00+01:00"),
        ("20240105/130000.264", "2024-01-05 13:00:00+01:00"),
        ("2024-02-29 10.00.00", "2024-02-29 10:00:00+01:00"),
    ],
)
def test_names_that_tell_the_time(name: str, expected: str) -> None:
    assert named(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "walkers.mp4",
        "cam_1920x1080_30fps.mp4",
        "2024-01-05.mp4",  # a day, no time
        "2024-01-05/1080p.mp4",
        "2024-01-05_1920x1080.mp4",
        "20240105_0001.mp4",  # the first clip of a day
        "20240105_130000/cam1.mp4",  # of the folder: its clips do not all begin then
        "SN20241399999999.mp4",
        "12320240105130000.mp4",  # 17 digits that begin elsewhere
        "20240105130000123456.mp4",
        "1706108297.mp4",
        "4706108297-4706108310.mp4",  # the year 2119
        "0123456789-9876543210.mp4",
        "1706108297-1806108310.mp4",  # no clip lasts three years
        "2024-02-30_10-00-00.mp4",
        "2023-02-29_10-00-00.mp4",
        "2024-01-05_25-00-00.mp4",
        "2024-01-05_10-61-00.mp4",
        "1999-01-05_13-00-00.mp4",
        "v2024.1.5-1.2.3.mp4",
        "13.10.40-13.45.00.mp4",  # from when to when, of which day?
        "192.168.100.200_8000_1.mp4",
        "3f20240105123456789012ab.mp4",
        "26-03-14_10-00-00.mp4",
    ],
)
def test_what_only_looks_like_a_time_is_none(name: str) -> None:
    assert named(name) is None


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("05-04-2024 13-00-00.mp4", "may be 5 April 2024 or 4 May 2024; say .* --start.*time_pattern"),
        ("Front Door - 25-9-2020, 11.21.12pm.mp4", "month must be in 1..12"),
        ("2026-03-29_02-30-00.mp4", "does not exist in Europe/Zagreb"),
        (
            "2026-10-25_02-30-00.mp4",
            r"--start 2026-10-25T02:30:00\+02:00 or --start 2026-10-25T02:30:00\+01:00",
        ),
        ("RecM01_20261025_023000_024000_6D28808_1A468F9.mp4", "happens twice"),
        (
            "RecM01_DST20201222_075939_080140_6D28808_1A468F9.mp4",
            "is DST, which .* Europe/Zagreb do not show",
        ),
        ("CAM_2024-01-05_13-00-00_CST.mp4", "is CST, which .* --timezone"),
        ("CAM_2024-01-05_13-00-00-0500.mp4", "-0500 in its name may be an offset"),
        ("export_20240301-120000_cam1_20240105130000.mp4", "and then 2024-01-05 13:00:00, earlier"),
        ("2024-01-05/99/camera/07.30.mp4", "hour must be in"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(name: str, why: str) -> None:
    with pytest.raises(InputError, match=why) as caught:
        named(name)
    assert str(caught.value).startswith(str(NVR / name))


@given(st.lists(st.sampled_from([*"0129-_.:/ TZ+,", "20240105", "130000", "pm", "CST", "UTC", ".mp4"])))
def test_any_name_is_a_time_or_none_or_refused(parts: list[str]) -> None:
    try:
        start = named_start(NVR / "x" / "".join(parts).lstrip("/"), ZAGREB)
    except InputError:
        return
    assert start is None or 2000 <= start.time.year <= 2100


def test_an_abbreviation_means_what_it_means_where_the_camera_is() -> None:
    name = "CAM_2024-01-05_13-00-00_CST.mp4"
    assert named(name, ZoneInfo("America/Chicago")) == "2024-01-05 13:00:00-06:00"
    assert named(name, ZoneInfo("Asia/Shanghai")) == "2024-01-05 13:00:00+08:00"
    # ... and which of two hours it is.
    assert named("c_2026-11-01_01-30-00_CST.mp4", ZoneInfo("America/Chicago")) == "2026-11-01 01:30:00-06:00"


@pytest.mark.parametrize("zone", ["Europe/Dublin", "Australia/Lord_Howe"])
def test_daylight_saving_time_is_the_later_clock_whatever_a_zone_calls_it(zone: str) -> None:
    for month in (1, 7):
        shown = datetime(2026, month, 22, 7, 59, 39)
        offset = ZoneInfo(zone).utcoffset(shown)
        other = ZoneInfo(zone).utcoffset(shown.replace(month=8 - month))
        assert offset is not None
        assert other is not None
        name = f"RecM01_DST{shown:%Y%m%d_%H%M%S}_080140_6D28808_1A468F9.mp4"
        if offset > other:
            assert named(name, ZoneInfo(zone)) == shown.replace(tzinfo=ZoneInfo(zone)).isoformat(" ")
        else:
            with pytest.raises(InputError, match="is DST"):
                named(name, ZoneInfo(zone))


@pytest.mark.parametrize(
    "form",
    [
        "NVR_ch1_main_%Y%m%d%H%M%S_%Y%m%d%H%M%S.mp4",
        "%Y-%m-%d/001/dav/%H/%H.%M.%S-23.59.59[R][0@0][0].dav",
        "RecM01_%Y%m%d_%H%M%S_080140_6D28808_1A468F9.mp4",
        "Front Door - %m-%d-%Y, %I.%M.%S%p.mp4",
        "192.168.0.64_01_%Y%m%d%H%M%S000_TIMING.mp4",
        "CAM_%Y-%m-%d_%H-%M-%S.mp4",
        "%Y%m%d-%H%M%S-235959_192.168.1.11-CH2.avi",
        "%Y/%m/%d/%H/%M/%S.mp4",
        "%Y-%m-%dT%H:%M:%S.000.mkv",
        "%Y.%m.%d %I.%M.%S %p.mp4",
    ],
)
@given(shown=st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)))
def test_what_a_recorder_writes_is_read_back(form: str, shown: datetime) -> None:
    shown = shown.replace(microsecond=0)
    possible = readings(shown, ZAGREB)
    path = NVR / shown.strftime(form)
    if len(possible) == 1:
        start = named_start(path, ZAGREB)
        assert start is not None
        assert start.time == possible[0]
    else:
        with pytest.raises(InputError):
            named_start(path, ZAGREB)


@pytest.mark.parametrize(
    "form",
    ["%Y-%m-%d/%H/camera/%M.%S.mp4", "CAM_%Y-%m-%d_%H-%M-%S_UTC.mp4", "%Y%m%dT%H%M%SZ.mp4", "%s-%s.mp4"],
)
@given(moment=st.datetimes(datetime(2001, 9, 10), datetime(2099, 12, 31), timezones=st.just(UTC)))
def test_what_a_recorder_writes_in_utc_is_read_back(form: str, moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    seconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    start = named_start(NVR / moment.strftime(form.replace("%s", str(seconds))), ZAGREB)
    assert start is not None
    assert start.time == moment


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("*_%d-%m-%y_%H.%M.%S", "yard_05-04-24_13.00.00.mp4", "2024-04-05 13:00:00+02:00"),
        ("%Y%m%d/*/%H%M", "20240105/0001/1300.mp4", "2024-01-05 13:00:00+01:00"),
        ("UTC:%d.%m.%Y %I%M%p", "5.4.2024 0130pm.mp4", "2024-04-05 15:30:00+02:00"),
        ("DST:%Y%m%d%H%M*", "202610250230_x.mp4", "2026-10-25 02:30:00+02:00"),
        ("%s%f-*", "1706108297250-abc.mp4", "2024-01-24 15:58:17.250000+01:00"),
        ("100%%_%Y%m%d%H%M%S%z", "100%_20240105130000+0530.mp4", "2024-01-05 08:30:00+01:00"),
        ("*%Y%m%d%H%M%S*", "cam1_20240105130000_20240105130500.mp4", "2024-01-05 13:00:00+01:00"),
        ("[a-z].%Y%m%d%H%M", "[a-z].202401051300.mp4", "2024-01-05 13:00:00+01:00"),
    ],
)
def test_the_cameras_own_pattern(pattern: str, name: str, expected: str) -> None:
    start = pattern_start(NVR / name, time_pattern(pattern), ZAGREB)
    assert (start.time.astimezone(ZAGREB).isoformat(" "), start.source) == (expected, "pattern")


@pytest.mark.parametrize(
    ("pattern", "name", "why"),
    [
        ("*_%d-%m-%y_%H.%M.%S", "yard.mp4", "does not match .*time_pattern"),
        ("*%Y%m%d%H%M", "x1202401051300.mp4", "does not match"),  # not from within a number
        ("%Y%m%d%H%M", "202413051300.mp4", "month must be in"),
        ("%Y%m%d%H%M", "190001051300.mp4", "not within 2000 to 2100"),
        ("%Y%m%d%H%M", "202610250230.mp4", "happens twice"),
    ],
)
def test_a_clip_that_the_cameras_pattern_cannot_read_is_refused(pattern: str, name: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        pattern_start(NVR / name, time_pattern(pattern), ZAGREB)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("%Y%m%d", "does not give a full time"),
        ("%Y%m%d%I%M", "does not give a full time"),
        ("", "does not give a full time"),
        ("%Y%m%d%H%M%S_%Y%m%d%H%M%S", r"%Y appears twice; write \*"),
        ("%Y%m%d%H%M%Q", "%Q is unknown"),
        ("%Y%m%d%H%M%", "% is unknown;"),
    ],
)
def test_a_pattern_that_cannot_be(pattern: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        time_pattern(pattern)
