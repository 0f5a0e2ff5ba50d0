"""The processes that analyse clips: what they may ask, and what is left when one of them dies."""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from multiprocessing import Pipe, get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil

from heatcli.analysis import serving, worker
from heatcli.analysis.batches import Commit, Staged
from heatcli.analysis.concerns import Concern
from heatcli.analysis.options import Options
from heatcli.analysis.plan import Job, plan
from heatcli.analysis.progress import ClipResult, Progress
from heatcli.analysis.serving import Connection, Do, OpenWork
from heatcli.analysis.workers import done_by_workers
from heatcli.config.models import Config
from heatcli.store.clips import ClipRow
from heatcli.store.store import Store
from heatcli.store.writing import committing
from tests.support.own_process import in_own_process
from tests.support.store_runs import clip_row


class Asked:
    """A user who says no, and counts how often they were asked."""

    def __init__(self) -> None:
        self.questions: list[str] = []

    def ask(self, question: str) -> bool:
        self.questions.append(question)
        return False

    def expect(self, clips: int) -> None: ...
    def begin(self, clip: str, frames: int | None) -> None: ...
    def advance(self, clip: str, frames: int) -> None: ...
    def end(self, result: ClipResult) -> None: ...
    def warn(self, concern: Concern, message: str) -> None: ...


def _jobs(*names: str) -> list[Job]:
    return plan([Path(name) for name in names], Config(), Options()).jobs


@contextmanager
def _committing(progress: Progress, *, folder: Path | None = None) -> Iterator[Commit]:
    """Commit what is staged; the first process to do so is killed, if a folder is given to note it in."""

    def commit(rows: Sequence[ClipRow]) -> dict[str, ClipRow]:
        if folder is not None:
            (folder / f"{os.getpid()}").touch()
            if len(list(folder.iterdir())) == 1:
                os.kill(os.getpid(), signal.SIGKILL)
        return {row.run: replace(row, camera="committed") for row in rows}

    yield commit


@contextmanager
def _staging(progress: Progress) -> Iterator[Do]:
    """Stage each clip."""

    def do(job: Job) -> Staged:
        progress.begin(str(job.path), None)
        row = clip_row(clip=job.path.name)
        return Staged(ClipResult(str(job.path), "analysed", row=row), row)

    yield do


def _committed(folder: Path, clips: int) -> list[str]:
    jobs, commit = _jobs(*(f"{number}.mp4" for number in range(clips))), partial(_committing, folder=folder)
    with done_by_workers(_staging, jobs, Asked(), most=2, threads=1, open_commit=commit) as outcomes:
        found = [one.row.clip for _, one in outcomes if isinstance(one, ClipResult) and one.row is not None]
        return sorted(found)


def test_clips_are_committed_together_also_by_a_process_that_takes_over(tmp_path: Path) -> None:
    assert in_own_process(_committed, tmp_path, 5) == [f"{number}.mp4" for number in range(5)]
    # One was killed, and the other has committed all that waited, at once.
    assert len(list(tmp_path.iterdir())) == 2


@contextmanager
def _asking(progress: Progress) -> Iterator[Do]:
    """Ask before any clip, and die of some."""
    answer = progress.ask("Analyse them again?")

    def do(job: Job) -> ClipResult:
        progress.begin(str(job.path), None)
        if "deadly" in job.path.name:
            os._exit(3)
        return ClipResult(str(job.path), "analysed" if answer else "refused")

    yield do


def _questions_and_outcomes(most: int, *names: str) -> tuple[list[str], dict[str, str]]:
    user = Asked()
    with done_by_workers(
        _asking, _jobs(*names), user, most=most, threads=1, open_commit=_committing
    ) as outcomes:
        told = {
            names[number]: one.status if isinstance(one, ClipResult) else str(one) for number, one in outcomes
        }
    return user.questions, told


def test_who_has_answered_is_not_asked_again_by_another_process() -> None:
    for most in (1, 3):
        questions, told = in_own_process(_questions_and_outcomes, most, "a.mp4", "deadly.mp4", "b.mp4")
        assert questions == ["Analyse them again?"]
        died = (
            "deadly.mp4: its analysis crashed (exit code 3); copy it from the recorder again, or convert it "
        )
        assert told == {"a.mp4": "refused", "b.mp4": "refused", "deadly.mp4": f"{died}to H.264 first"}


def _done(open_work: OpenWork, most: int, clips: int) -> list[int]:
    """Return the numbers of the clips that were done."""
    jobs = _jobs(*(f"{number}.mp4" for number in range(clips)))
    with done_by_workers(open_work, jobs, Asked(), most=most, threads=1, open_commit=_committing) as outcomes:
        return sorted(number for number, one in outcomes if isinstance(one, ClipResult))


@contextmanager
def _together(progress: Progress, *, folder: Path, others: int) -> Iterator[Do]:
    """Wait in each clip until so many others have been begun as well."""

    def do(job: Job) -> ClipResult:
        (folder / job.path.name).touch()
        progress.begin(str(job.path), None)
        until = time.monotonic() + 60
        while len(list(folder.iterdir())) <= others:
            assert time.monotonic() < until, "nobody else came"
            time.sleep(0.01)
        return ClipResult(str(job.path), "analysed")

    yield do


def test_clips_are_in_work_at_the_same_time(tmp_path: Path) -> None:
    work = partial(_together, folder=tmp_path, others=2)
    assert in_own_process(_done, work, 3, 7) == list(range(7))


@contextmanager
def _passing(progress: Progress, *, folder: Path) -> Iterator[Do]:
    """Pass over all clips, and leave a file for each process."""
    (folder / str(os.getpid())).touch()
    yield lambda job: ClipResult(str(job.path), "skipped")


def test_one_process_is_enough_to_pass_over_clips(tmp_path: Path) -> None:
    work = partial(_passing, folder=tmp_path)
    assert in_own_process(_done, work, 8, 40) == list(range(40))
    assert len(list(tmp_path.iterdir())) == 1


@contextmanager
def _writing(progress: Progress, *, folder: Path, store: Path) -> Iterator[Do]:
    """Write where nobody else may write meanwhile; die in the middle of it with one of the clips."""

    def do(job: Job) -> ClipResult:
        progress.begin(str(job.path), None)
        with committing(store):
            mine = folder / job.path.name
            mine.touch()
            time.sleep(0.05)
            assert list(folder.iterdir()) == [mine]
            mine.unlink()
            if mine.name == "3.mp4":
                os._exit(3)
        return ClipResult(str(job.path), "analysed")

    yield do


def _folder_and_store(tmp_path: Path) -> tuple[Path, Path]:
    """Return an empty folder, and a store that this process has made."""
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder", Store.create_or_open(tmp_path / "store").path


def _written(folder: Path, store: Path) -> list[int]:
    return _done(partial(_writing, folder=folder, store=store), 4, 12)


def test_one_process_writes_at_a_time_and_one_that_died_holds_nobody_up(tmp_path: Path) -> None:
    assert in_own_process(_written, *_folder_and_store(tmp_path)) == [0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11]


@contextmanager
def _waiting(progress: Progress, *, store: Path) -> Iterator[Do]:
    """Work at length where nobody else may meanwhile."""

    def do(job: Job) -> ClipResult:
        progress.begin(str(job.path), None)
        with committing(store):
            until = time.monotonic() + 5
            while time.monotonic() < until:
                pass
        return ClipResult(str(job.path), "analysed")

    yield do


def _waited_for(store: Path) -> list[int]:
    worker._STUCK_S = 1.0
    return _done(partial(_waiting, store=store), 2, 2)


def test_who_waits_long_for_a_turn_is_not_taken_for_stuck(tmp_path: Path) -> None:
    assert in_own_process(_waited_for, _folder_and_store(tmp_path)[1]) == [0, 1]


def _spawned(*arguments: object) -> BaseProcess:
    """Make a child as where there are no forks."""
    return get_context("spawn").Process(target=serving.serve, args=arguments)


def _told_where_nothing_forks(*names: str) -> tuple[list[str], dict[str, str]]:
    worker._process = _spawned
    return _questions_and_outcomes(2, *names)


def test_where_nothing_forks_children_do_the_same() -> None:
    questions, told = in_own_process(_told_where_nothing_forks, "a.mp4", "deadly.mp4", "b.mp4")
    assert questions == ["Analyse them again?"]
    assert {name: words.split(";")[0] for name, words in told.items()} == {
        "a.mp4": "refused",
        "b.mp4": "refused",
        "deadly.mp4": "deadly.mp4: its analysis crashed (exit code 3)",
    }


def _outlives_nobody(connection: Connection) -> None:
    """Tell who this is, then wait; end with the parent."""
    connection.send(os.getpid())
    serving._end_with_parent()


def _parent_that_dies(connection: Connection) -> None:
    get_context("spawn").Process(target=_outlives_nobody, args=(connection,)).start()
    time.sleep(60)


def test_a_child_ends_with_its_parent_where_the_kernel_does_not_see_to_it() -> None:
    ours, theirs = Pipe()
    parent = get_context("spawn").Process(target=_parent_that_dies, args=(theirs,))
    parent.start()
    theirs.close()
    child = psutil.Process(ours.recv())
    assert child.is_running()
    parent.kill()
    parent.join()
    with suppress(psutil.NoSuchProcess):
        child.wait(30)
