"""How what an audit says is shown."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from heatcli.audit.answers import AnswersFile
    from heatcli.score.audit import Audited
    from heatcli.score.binomial import Interval


def error_lines(result: "Audited") -> list[tuple[str, ...]]:
    """Return the cells of the table of errors, of the day and of its hours, its header first."""
    lines: list[tuple[str, ...]] = [
        ("ASKED ABOUT", "ERROR", "HOUR", "QUESTIONS", "FOUND", "UNCLEAR", "%", "FROM %", "TO %")
    ]
    hours = {one.hour for one in result.errors if one.hour is not None}
    for one in result.errors:
        if one.place is not None or (one.hour is not None and len(hours) < 2):
            continue
        hour = "all" if one.hour is None else f"{one.hour:02}:00"
        counts = (str(one.asked), str(one.found), str(one.unclear))
        share = one.share
        percent = (
            "-" if value is None else f"{100 * value:.1f}"
            for value in (share.estimate, share.low, share.high)
        )
        lines.append((one.kind, one.error, hour, *counts, *percent))
    return lines


def verdict_lines(answers: "AnswersFile", result: "Audited") -> list[tuple[str, ...]]:
    """Return the cells of the table of what was counted and what it may have been, its header first."""
    dwell_s = answers.dwell_us / 1e6
    return [
        ("OF THE DAY", "COUNTED", "LIKELY", "FROM", "TO"),
        ("visitors", f"{answers.persons}", *_times(result.visits, answers.persons, 1)),
        ("dwell time in s", f"{dwell_s:.1f}", *_times(result.dwell, dwell_s, 1)),
        ("people missed at once", "0", *_times(result.missed, 1.0, 3)),
    ]


def _times(interval: "Interval", value: float, decimals: int) -> tuple[str, ...]:
    ends = (interval.estimate, interval.low, interval.high)
    return tuple("-" if end is None else f"{end * value:.{decimals}f}" for end in ends)


def audit_summary(answers: "AnswersFile", result: "Audited") -> dict[str, object]:
    """Return what an audit says as an object for `--json`."""
    return {
        "camera": answers.camera,
        "date": answers.date.isoformat(),
        "questions": len(answers.questions),
        "answered": answers.given,
        "persons": answers.persons,
        "dwell_s": answers.dwell_us / 1e6,
        "covered_s": answers.covered_us / 1e6,
        "visits_factor": _summary(result.visits),
        "dwell_factor": _summary(result.dwell),
        "missed_at_once": _summary(result.missed),
        "errors": [
            {
                "about": one.kind,
                "error": one.error,
                "hour": one.hour,
                "place": one.place,
                "questions": one.asked,
                "found": one.found,
                "unclear": one.unclear,
                "share": _summary(one.share),
            }
            for one in result.errors
        ],
    }


def _summary(interval: "Interval") -> dict[str, float | None]:
    return {"estimate": interval.estimate, "low": interval.low, "high": interval.high}
