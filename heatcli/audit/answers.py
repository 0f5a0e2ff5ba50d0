"""The file of answers that the page of an audit gives back."""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from heatcli.errors import UsageError
from heatcli.score.audit import ANSWERS, Answer, Answered, Kind, Measured

FORMAT = 1
"""Version of the file."""


class AskedClip(BaseModel):
    """A clip that an audit asked about: its id, and the analysis of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    clip: str
    run: str


class AskedQuestion(BaseModel):
    """A question, as the file has it; `answer` is null as long as there is none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    hour: int = Field(ge=0, le=23)
    place: int | None
    about: str
    answer: Answer | None = None


class AnswersFile(BaseModel):
    """An audit with its answers: what was asked about, how it was drawn, and what was counted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    heatcli_audit: int
    store: str
    camera: str
    date: date
    seed: int
    sample: int = Field(ge=1)
    clips: tuple[AskedClip, ...] = Field(min_length=1)
    persons: int = Field(ge=1)
    dwell_us: int = Field(ge=1)
    covered_us: int = Field(ge=1)
    questions: tuple[AskedQuestion, ...]

    @property
    def measured(self) -> Measured:
        """What was counted."""
        return Measured(self.persons, self.dwell_us, self.covered_us)

    @property
    def answered(self) -> list[Answered]:
        """All questions; those without an answer count as unclear."""
        return [
            Answered(one.kind, one.hour, one.place, one.answer or Answer.UNCLEAR) for one in self.questions
        ]

    @property
    def given(self) -> int:
        """Number of questions that have an answer."""
        return sum(one.answer is not None for one in self.questions)


def read_answers(file: Path) -> AnswersFile:
    """Read a file of answers.

    Raises:
        UsageError: it cannot be read, is none, is one of another heatcli, has no answer, or lacks questions.
    """
    try:
        said: Any = json.loads(file.read_text(encoding="utf-8"))
        if isinstance(said, dict) and said.get("heatcli_audit", FORMAT) != FORMAT:
            raise UsageError(f"{file}: was made by another version of heatcli; make the audit again")
        answers = AnswersFile.model_validate(said)
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    except (ValueError, ValidationError) as error:
        raise UsageError(
            f"{file}: is no file of answers; answer the page of `heatcli audit`, and name what it saves"
        ) from error
    for one in answers.questions:
        if one.answer is not None and one.answer not in ANSWERS[one.kind]:
            raise UsageError(
                f"{file}: {str(one.answer)!r} is no answer about a {one.kind}; save it from the page again"
            )
    if not answers.given:
        raise UsageError(f"{file}: has no answers; open the page of the audit, and save what you answered")
    asked = Counter(one.kind for one in answers.questions)
    people = min(answers.persons, answers.sample)
    if asked != {Kind.BOX: answers.sample, Kind.MOMENT: answers.sample, Kind.PERSON: people}:
        # Intervals of a part of the questions would be of those that somebody has chosen to keep.
        raise UsageError(f"{file}: has not all questions of its audit; save it from the page again")
    return answers
