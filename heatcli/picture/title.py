"""What a picture is of, in words: for its legend, and for its file's name."""

import re
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from heatcli.clock import local_time
from heatcli.select.selected_camera import SelectedCamera


def period_name(cameras: Sequence[SelectedCamera]) -> str:
    """Return the time that maps are of, as a part of a file's name: pictures of two days have two names.

    Such as `2026-03-14`, `2026-03-14..2026-03-20`, `2026-03-14T1000..2026-03-14T1130` where times are asked
    for, and `2026-03-14_mon-fri_0900-1200` where hours or weekdays are.

    Args:
        cameras: selected cameras, at least one, of one question.
    """
    ends = [end for camera in cameras for end in _ends(camera)]
    if not ends:
        return "nothing"
    asked = cameras[0].asked
    form = "%Y-%m-%d" if asked.start is None and asked.end is None else "%Y-%m-%dT%H%M"
    if "T" in form and any(end.second for end in ends):
        form += "%S"
    first, last = min(ends).strftime(form), max(ends).strftime(form)
    weekly = (asked.weekdays or "", *asked.hours)
    words = [re.sub(r"[^\w,-]", "", one.lower()) for one in weekly]
    return "_".join(filter(None, (first if first == last else f"{first}..{last}", *words)))


def _ends(camera: SelectedCamera) -> list[datetime]:
    """Return the local times, without a zone, of the first and the last moment: what is asked, or watched."""
    zone, bounds = ZoneInfo(camera.timezone), camera.covered.bounds
    watched = (None, None) if not len(bounds) else (int(bounds[0, 0]), int(bounds[-1, 1]) - 1)
    asked = (camera.asked.start, camera.asked.end)
    limits = (camera.limits.begin_us, camera.limits.end_us)
    ends = []
    for seen_us, said, limit_us, last_us in zip(watched, asked, limits, (0, 1), strict=True):
        # The end of a day is not the next one.
        whole_us = None if limit_us is None else limit_us - last_us
        us = limit_us if said is not None else whole_us if seen_us is None else seen_us
        if us is not None:
            ends.append(local_time(us, zone).replace(tzinfo=None))
    return ends


def selected_words(cameras: Sequence[SelectedCamera]) -> str:
    """Say what a picture is of, for its legend: days and times, hours, kinds of object, and who is left out.

    Args:
        cameras: selected cameras, at least one, of one question.
    """
    return " · ".join(filter(None, (_period_words(cameras), *_filter_words(cameras))))


def compared_words(a: SelectedCamera, b: SelectedCamera) -> str:
    """Say what a comparison is of, as `selected_words` does for one side; its filters are the same."""
    periods = f"a: {_period_words([a]) or 'nothing'}", f"b: {_period_words([b]) or 'nothing'}"
    return " · ".join(filter(None, (*periods, *_filter_words([a, b]))))


def _filter_words(cameras: Sequence[SelectedCamera]) -> tuple[str, ...]:
    asked = cameras[0].asked
    kinds = asked.objects_to_track or sorted(
        {kind for camera in cameras for kind in camera.trajectories["object_class"].unique().to_list()}
    )
    return (
        asked.weekdays or "",
        ", ".join(asked.hours),
        ", ".join(kinds),
        f"in {', '.join(asked.rois)}" if asked.rois and not any(map(_is_drawn, asked.rois)) else "",
        "" if asked.min_size is None else f"{asked.min_size:g} of the height or taller",
        "" if asked.min_dwell_s is None else f"present {asked.min_dwell_s:g} s or longer",
        "" if asked.max_dwell_s is None else f"present {asked.max_dwell_s:g} s at most",
        f"without {len(asked.exclude)} excluded" if asked.exclude else "",
        "with what never lives" if asked.lifeless else "",
        "without outliers" if asked.filter_outliers else "",
        "observed only" if asked.observed_only else "",
    )


def _period_words(cameras: Sequence[SelectedCamera]) -> str:
    """Write a period: a day with its first and last minute, or the first and the last of several days."""
    ends = [end for camera in cameras for end in _ends(camera)]
    if not ends:
        return ""
    first, last = min(ends), max(ends)
    if first.date() == last.date():
        begin, end = f"{first:%H:%M}", f"{last:%H:%M}"
        return f"{first:%Y-%m-%d} {begin}" if begin == end else f"{first:%Y-%m-%d} {begin}–{end}"
    return f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"


def _is_drawn(region: str) -> bool:
    return "," in region
