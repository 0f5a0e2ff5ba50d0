"""The process that analyses clips: what it may ask, and what is left of it when it dies."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from heatcli.analysis.concerns import Concern
from heatcli.analysis.options import Options
from heatcli.analysis.plan import Job, plan
from heatcli.analysis.progress import ClipResult, Progress
from heatcli.analysis.worker import Do, in_worker
from heatcli.config.models import Config
from heatcli.errors import VideoError
from tests.support.own_process import in_own_process


class Asked:
    """A user who says no, and counts how often they were asked."""

    def __init__(self) -> None:
        self.questions: list[str] = []

    def ask(self, question: str) -> bool:
        self.questions.append(question)
        return False

    def expect(self, clips: int) -> None: ...
    def begin(self, name: str, frames: int | None) -> None: ...
    def advance(self, frames: int) -> None: ...
    def end(self, result: ClipResult) -> None: ...
    def warn(self, concern: Concern, message: str) -> None: ...


@contextmanager
def _asking(progress: Progress) -> Iterator[Do]:
    """Ask before any clip, and die of some."""
    answer = progress.ask("Analyse them again?")

    def do(job: Job) -> ClipResult:
        if "deadly" in job.path.name:
            os._exit(3)
        return ClipResult(str(job.path), "analysed" if answer else "refused")

    yield do


def _questions_and_statuses(*names: str) -> tuple[list[str], list[str]]:
    user, statuses = Asked(), []
    jobs = plan([Path(name) for name in names], Config(), Options()).jobs
    with in_worker(_asking, user) as do:
        for job in jobs:
            with suppress(VideoError):
                statuses.append(do(job).status)
    return user.questions, statuses


def test_who_has_answered_is_not_asked_again_after_a_crash() -> None:
    questions, statuses = in_own_process(_questions_and_statuses, "a.mp4", "deadly.mp4", "b.mp4")
    assert questions == ["Analyse them again?"]
    assert statuses == ["refused", "refused"]
