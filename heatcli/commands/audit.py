"""The work behind `heatcli audit`: questions about what was counted, and what the answers say."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from heatcli.answers.evidence import media_text
from heatcli.audit.answers import FORMAT, AnswersFile, AskedClip, AskedQuestion, read_answers
from heatcli.audit.draw import Drawn, Question, draw
from heatcli.audit.page import audit_page
from heatcli.audit.shots import People, draw_shot, shots_of
from heatcli.clock import epoch_us
from heatcli.config.models import Config
from heatcli.errors import InputError, UsageError, check_known
from heatcli.files import output_file
from heatcli.picture.playback import stills
from heatcli.score.audit import Audited, audited
from heatcli.select.cameras import matching_cameras
from heatcli.select.reader import read_rows
from heatcli.select.rows import Rows, unpaired
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.audits import NotedAudit, note_audit
from heatcli.store.corrections import this_user
from heatcli.store.recordings import find_recordings
from heatcli.store.store import Store

if TYPE_CHECKING:
    from heatcli.commands.movie_progress import MovieProgress


@dataclass(frozen=True, slots=True)
class Asked:
    """An audit that waits for answers.

    Attributes:
        page: page that was written.
        audit: what is asked about.
        gone: why the recording of a clip could not be used, one line for each clip that is not asked about.
    """

    page: Path
    audit: AnswersFile
    gone: tuple[str, ...]


def ask_about(
    *,
    store: Store,
    camera: str,
    day: date,
    output: Path,
    sample: int,
    seed: int,
    pixelate: bool = False,
    videos: Sequence[Path] = (),
    config: Config | None = None,
    progress: "MovieProgress | None" = None,
) -> Asked:
    """Draw questions about a camera's day, and write a page that asks them with pictures from the recording.

    Args:
        store: heat store that has the day.
        camera: name of the camera, part of it or a pattern that means one camera.
        day: day on the camera's clock.
        output: page to write.
        sample: number of questions of each of the three kinds.
        seed: seed of the random numbers; the same seed asks the same questions.
        pixelate: whether people who are not asked about are made unrecognisable.
        videos: files of recordings that are no longer where they were analysed.
        config: configuration (`heatcli.toml`): who counts, and what is masked; None for the defaults.
        progress: receiver of reports on the pictures that are taken; None for nobody.

    Raises:
        UsageError: the camera is unknown, or nothing was recorded or counted on that day.
        InputError: no recording of the day is there any more.
        OutputError: the page cannot be written.
        StoreError: the store cannot be read.
    """
    config = config or Config()
    (name,) = _one_camera(store, camera)
    # Boxes are shown in the recording, as it is.
    selection = Selection(cameras=(name,), dates=((day, day),), all_views=True)
    (selected,) = selected_cameras(store, selection, config)
    if not selected.clips:
        raise UsageError(f"camera {name}: nothing was recorded on {day}; `heatcli cameras` says when")
    files, gone = _recordings(store, selected, videos)
    if gone:
        (selected,) = selected_cameras(store, replace(selection, clips=tuple(files)), config)
    everybody = Rows.joined([Rows.none(), *read_rows(selected, everybody=True)])
    counted = np.isin(everybody.person, selected.trajectories["person"].to_numpy())
    drawn = draw(selected, everybody.where(counted), sample=sample, seed=seed)
    if not drawn.measured.persons:
        raise UsageError(f"camera {name}: nobody was counted on {day}, so there is nothing to ask about")
    audit = _file_of(store, selected, drawn, day=day, sample=sample, seed=seed, rows=everybody.where(counted))
    pictures, earlier = _pictures(
        selected, drawn, files, People(everybody, counted), config, pixelate=pixelate, progress=progress
    )
    with output_file(output) as beside:
        beside.write_text(audit_page(audit, pictures, earlier, notes=list(gone)), encoding="utf-8")
    return Asked(output, audit, gone)


def take_answers(*, store: Store, file: Path) -> tuple[AnswersFile, Audited]:
    """Compute what the answers of an audit say, and note it in the store for all figures of that camera.

    Args:
        store: heat store that the questions were drawn from.
        file: file of answers that the page has saved.

    Returns:
        The answers, and what they say.

    Raises:
        UsageError: the file is none of answers, or is about another analysis than the store has.
        StoreError: the store cannot be read or written.
    """
    answers = read_answers(file)
    rows = store.clips()
    check_known([answers.camera], {row.camera for row in rows}, kind="camera", where=str(store.path))
    clips = {row.clip: row for row in rows if row.camera == answers.camera}
    for asked in answers.clips:
        if asked.clip not in clips or clips[asked.clip].run != asked.run:
            why = "was analysed again since" if asked.clip in clips else "is not in the store"
            raise UsageError(
                f"{file}: asks about clip {asked.clip} of {answers.camera}, which {why}; make the audit again"
            )
    result = audited(answers.answered, answers.measured)
    note_audit(
        store.path,
        NotedAudit(
            user=this_user(),
            camera=answers.camera,
            day=answers.date,
            clips={one.clip: one.run for one in answers.clips},
            settings=tuple(sorted({clips[one.clip].settings_hash for one in answers.clips})),
            answers=answers.given,
            visits=result.visits_apart,
            dwell=result.dwell_apart,
            asked=answers.model_dump(mode="json"),
        ),
    )
    return answers, result


def _one_camera(store: Store, camera: str) -> list[str]:
    """Return the camera that a text means, alone in a list.

    Raises:
        UsageError: it means none, or several.
    """
    meant = matching_cameras({row.camera for row in store.clips()}, Config(), names=[camera])
    if not meant:
        raise UsageError(f"{store.path}: the store holds no clips; fill it with `heatcli analyze`")
    if len(meant) > 1:
        raise UsageError(f"--camera {camera}: means {' and '.join(meant[:3])}; an audit is of one camera")
    return meant


def _recordings(
    store: Store, selected: SelectedCamera, videos: Sequence[Path]
) -> tuple[dict[str, Path], tuple[str, ...]]:
    """Find the recordings that are still there, and why the others are not.

    Raises:
        InputError: none is there.
    """
    files: dict[str, Path] = {}
    gone: list[str] = []
    if len(selected.clips) == 1 or videos:
        return find_recordings(store, selected.clips, videos), ()
    for row in selected.clips:
        try:
            files |= find_recordings(store, [row], ())
        except InputError as error:
            gone.append(str(error))
    if not files:
        raise InputError(gone[0])
    return files, tuple(gone)


def _file_of(
    store: Store, selected: SelectedCamera, drawn: Drawn, *, day: date, sample: int, seed: int, rows: Rows
) -> AnswersFile:
    """Return the audit as a file without answers."""
    return AnswersFile(
        heatcli_audit=FORMAT,
        store=str(store.path.absolute()),
        camera=selected.name,
        date=day,
        seed=seed,
        sample=sample,
        clips=tuple(AskedClip(clip=row.clip, run=row.run) for row in selected.clips),
        persons=drawn.measured.persons,
        dwell_us=drawn.measured.dwell_us,
        covered_us=drawn.measured.covered_us,
        questions=tuple(
            AskedQuestion(kind=one.kind, hour=one.hour, place=one.place, about=_about(selected, rows, one))
            for one in drawn.questions
        ),
    )


def _about(selected: SelectedCamera, rows: Rows, question: Question) -> str:
    """Say what a question is about, so that it can be found: trajectories, file and time in it."""
    look = question.looks[0]
    row = selected.clips[look.clip]
    where = f"{Path(row.path).name} at {media_text(max(look.time_us - epoch_us(row.start), 0))}"
    where += ", hidden there: the place is inferred" if look.hidden else ""
    if look.person is None:
        return where
    known = selected.known
    trajectory, _ = unpaired(np.unique(rows.tracklet[rows.person == look.person]))
    names = [
        f"{selected.clips[known['clip'][at]].clip}:{known['track'][at]}"
        for at in np.unique(trajectory).tolist()
    ]
    return f"{', '.join(names[:4])}{', …' if len(names) > 4 else ''}; {where}"


def _pictures(
    selected: SelectedCamera,
    drawn: Drawn,
    files: dict[str, Path],
    people: People,
    config: Config,
    *,
    pixelate: bool,
    progress: "MovieProgress | None",
) -> tuple[list[list[str]], list[list[str]]]:
    """Take the pictures of all questions: those of each, and those of who came before."""
    shots = shots_of(drawn.questions)
    wanted: dict[tuple[int, int], list[int]] = {}
    for number, shot in enumerate(shots):
        wanted.setdefault((shot.look.clip, shot.look.time_us), []).append(number)
    taken: dict[int, str] = {}
    if progress is not None:
        progress.begin(f"audit of {selected.name}", len(shots))
    configured = config.camera(selected.name)
    for moment, frame in stills(selected, files, wanted, configured=configured):
        for number in wanted[moment]:
            taken[number] = draw_shot(
                frame.image,
                shots[number],
                people,
                sample_aspect=selected.clips[moment[0]].sample_aspect,
                pixelate=pixelate,
            )
        if progress is not None:
            progress.advance(len(wanted[moment]))
    pictures: list[list[str]] = [[] for _ in drawn.questions]
    earlier: list[list[str]] = [[] for _ in drawn.questions]
    for number, shot in enumerate(shots):
        if number in taken:
            (earlier if shot.earlier else pictures)[shot.question].append(taken[number])
    return pictures, earlier
