"""When a stored clip would start if it were analysed now: a corrected time zone or pattern must be heard.

What was given by hand is kept also where the clip is analysed again.
"""

from dataclasses import replace
from zoneinfo import ZoneInfo

from heatcli.analysis.clip_start import ClipStart
from heatcli.analysis.plan import Job
from heatcli.clock import epoch_us
from heatcli.store.clips import ClipRow


def restarted(job: Job, known: ClipRow) -> ClipRow | None:
    """Return a clip as it would be stored now, under its old run; None where nothing about its start changes.

    A start that was given by hand stays; so does one that only the clip's file tells, and one that hangs on a
    time zone which nobody names.

    Args:
        job: plan by which the clip would be analysed.
        known: clip as the store has it.

    Raises:
        InputError: the path no longer says clearly when the clip was recorded.
    """
    start, source = known.start, known.start_source
    if source != "option":
        said = job.known_start()
        if said is not None and said.local and not job.zone_said:
            return None
        if said is not None:
            start, source = said.time, said.source
    timezone = job.zone.key if job.zone_said else known.timezone
    if (start, timezone) == (known.start, known.timezone):
        return None
    offset_us = epoch_us(start) - epoch_us(known.start)
    return replace(
        known,
        start=start,
        start_source=source,
        timezone=timezone,
        coverage=known.coverage.shift(offset_us),
    )


def kept_by_hand(job: Job, known: ClipRow) -> Job:
    """Return the plan by which a stored clip is analysed again: with the start and time zone given by hand.

    A start that is given now goes before the one of before. So does a time zone that somebody names now.

    Args:
        job: plan for the clip, which need not say any of them.
        known: clip as the store has it.
    """
    if job.start is not None and job.start.source == "option":
        return job
    zone = job.zone if job.zone_said else ZoneInfo(known.timezone)
    is_other = zone.key != job.zone.key
    start = job.start
    if known.start_source == "option" or (start is not None and start.local and is_other):
        start = ClipStart(known.start, known.start_source)
    return replace(job, start=start, zone=zone, zone_said=job.zone_said or is_other)
