"""Audits that were answered: how far the numbers of a camera may be off.

They are noted in the folder `audits` of the store, one file each, with all answers, so that the intervals can
be computed again.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from heatcli.store.noted import note_lines, read_notes, rewrite_notes
from heatcli.store.writing import writing

_FOLDER = "audits"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedAudit:
    """What an audit says of a camera.

    Attributes:
        id: id of the note: it sorts by time; empty until it is noted.
        user: name of the user who gave the answers to heatcli.
        camera: name of the camera.
        day: day that was asked about.
        clips: clips that were asked about, and the analysis of each.
        settings: hashes of the settings that these were analysed with.
        answers: number of questions that were answered.
        visits: the least and the most that a number of people is to be multiplied by.
        dwell: the least and the most that time that people spent is to be multiplied by.
        asked: the file of answers as it was given; empty where something that it asks about was purged.
    """

    id: str = ""
    user: str
    camera: str
    day: date
    clips: dict[str, str]
    settings: tuple[str, ...]
    answers: int
    visits: tuple[float, float]
    dwell: tuple[float, float]
    asked: dict[str, Any]


def note_audit(store: Path, audit: NotedAudit) -> None:
    """Note an audit.

    Raises:
        StoreError: the store cannot be written.
    """
    values = asdict(audit) | {"day": audit.day.isoformat()}
    del values["id"]
    with writing(store):
        note_lines(store, _FOLDER, [values])


def forget_questions(store: Path, is_gone: Callable[[str, str], bool]) -> int:
    """Forget what audits have asked about clips of which something is gone; return of how many audits.

    What was computed from the answers stays, and holds on, as where a clip was removed.

    Args:
        store: folder of the store.
        is_gone: function that tells of a camera and the id of a clip whether something of it is gone.

    Raises:
        StoreError: an audit is damaged, or cannot be written.
    """

    def forget(noted: dict[str, Any]) -> dict[str, Any]:
        kept = {clip: run for clip, run in noted["clips"].items() if not is_gone(noted["camera"], clip)}
        return noted if kept == noted["clips"] else {**noted, "clips": kept, "asked": {}}

    return rewrite_notes(store, _FOLDER, forget)


def read_audits(store: Path) -> tuple[NotedAudit, ...]:
    """Read all audits, the oldest first.

    Raises:
        StoreError: a file of them is damaged or cannot be read.
    """
    notes = read_notes(store, _FOLDER, _from_json, kind="audit")
    return tuple(replace(audit, id=name) for name, audit in notes)


def _from_json(noted: dict[str, Any]) -> NotedAudit:
    return NotedAudit(
        **{
            **noted,
            "day": date.fromisoformat(noted["day"]),
            "settings": tuple(noted["settings"]),
            "visits": tuple(noted["visits"]),
            "dwell": tuple(noted["dwell"]),
        }
    )
