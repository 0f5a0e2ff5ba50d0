"""The audit of the sample, answered by its exact truth: its intervals hold what is true."""

from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from heatcli.audit.draw import Drawn, Question, draw
from heatcli.clock import epoch_us
from heatcli.geometry import iou_matrix
from heatcli.score.audit import MOST_MISSED, Answer, Answered, Kind, Measured, audited
from heatcli.select.reader import read_rows
from heatcli.select.rows import Rows
from heatcli.select.selected_camera import SelectedCamera
from heatcli.select.selection import Selection
from heatcli.select.who_counts import selected_cameras
from heatcli.store.store import Store
from tests.support.command_line import done, run
from tests.support.places import SAMPLES
from tests.support.truth import FPS, FRAMES, TRUTH

# Overlap from which a box shows a person: somebody half hidden may be found in part.
_SHOWS = 0.3
# Time between the moments at which it is looked how many are missed.
_FINE_US = 10_000

_MISSED = (Answer.RIGHT, Answer.MISSED_1, Answer.MISSED_2, Answer.MISSED_3)


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> SelectedCamera:
    """The sample as `motion` finds it."""
    store = tmp_path_factory.mktemp("analysed") / "store"
    options = ("--detector", "motion", "--start", "2026-03-14T10:00", "--timezone", "Europe/Zagreb")
    done(run("analyze", SAMPLES / "store.mp4", "--store", store, *options, "--quiet"))
    (camera,) = selected_cameras(Store.open(store), Selection())
    return camera


class Expert:
    """Somebody who knows exactly who was where, and answers accordingly."""

    def __init__(self, camera: SelectedCamera, rows: Rows) -> None:
        self._rows = rows
        self._start_us = epoch_us(camera.clips[0].start)
        truth = np.loadtxt(TRUTH, delimiter=",")
        self._true = {frame: truth[truth[:, 0] == frame + 1][:, [1, 2, 3, 4, 5]] for frame in range(FRAMES)}
        # Who is in the box of each row; -1 for nobody.
        self.shown = np.full(len(rows), -1)
        self._missed = {frame: len(true) for frame, true in self._true.items()}
        for frame in np.unique(rows.frame).tolist():
            own, true = np.flatnonzero(rows.frame == frame), self._true[frame]
            corners = np.column_stack([true[:, 1:3], true[:, 1:3] + true[:, 3:5]])
            overlap = iou_matrix(rows.boxes[own], corners)
            for box, who in zip(*linear_sum_assignment(-overlap), strict=True):
                if overlap[box, who] >= _SHOWS:
                    self.shown[own[box]] = true[who, 0]
                    self._missed[frame] -= 1
        self._owned = self._owners()

    def _owners(self) -> Counter[int]:
        """How many real people each counted one stands for: each is of whom it is shown by for longest."""
        together = Counter(
            (int(who), int(person))
            for who, person in zip(self.shown, self._rows.person, strict=True)
            if who >= 0
        )
        best: dict[int, tuple[int, int]] = {}
        for (who, person), frames in sorted(together.items()):
            best[who] = max(best.get(who, (0, 0)), (frames, person))
        return Counter(person for _, person in best.values())

    def missed(self, time_us: int) -> int:
        """How many people are in no box of the frame that is shown at a time."""
        rows = self._rows
        before = int(np.searchsorted(rows.time_us, time_us, side="right")) - 1
        if before >= 0 and time_us < rows.time_us[before] + rows.weight_us[before]:
            return self._missed[int(rows.frame[before])]
        return self._missed[min(int((time_us - self._start_us) * FPS / 1e6), FRAMES - 1)]

    def answer(self, question: Question) -> Answer:
        look = question.looks[0]
        if question.kind is Kind.MOMENT:
            return _MISSED[min(self.missed(look.time_us), MOST_MISSED)]
        if question.kind is Kind.BOX:
            assert look.box is not None
            at = self._rows.time_us == look.time_us
            at &= (self._rows.boxes == np.array(look.box, np.float32)).all(axis=1)
            return Answer.RIGHT if self.shown[at].max() >= 0 else Answer.NOBODY
        real = self._owned[look.person or 0]
        if real:
            return Answer.RIGHT if real == 1 else Answer.TWO
        shows = self.shown[self._rows.person == look.person]
        return Answer.AGAIN if (shows >= 0).any() else Answer.NOBODY

    def errors(self, drawn: Drawn, everybody: list[Question], covered: NDArray[np.int64]) -> dict[str, float]:
        """What is true: the share of each error, and what dwell and visits are to be multiplied by."""
        weight, measured = self._rows.weight_us, drawn.measured
        nobody = float(weight[self.shown < 0].sum() / weight.sum())
        times = np.concatenate([np.arange(begin, end, _FINE_US) for begin, end in covered])
        missed = np.array([min(self.missed(int(time)), MOST_MISSED) for time in times])
        persons = Counter(self.answer(one) for one in everybody)
        share = {answer: persons[answer] / len(everybody) for answer in Answer}
        return {
            "box nobody": nobody,
            "box two people": 0.0,
            "moment somebody missed": float((missed > 0).mean()),
            "person nobody": share[Answer.NOBODY],
            "person two people": share[Answer.TWO],
            "person came back": share[Answer.AGAIN],
            "dwell": 1 - nobody + missed.mean() * measured.covered_us / measured.dwell_us,
            "visits": 1 - share[Answer.NOBODY] - share[Answer.AGAIN] + share[Answer.TWO],
        }


def people(drawn: Drawn) -> list[Question]:
    return [one for one in drawn.questions if one.kind is Kind.PERSON]


def test_intervals_cover_the_true_errors_of_the_sample(analysed: SelectedCamera) -> None:
    rows = Rows.joined(list(read_rows(analysed)))
    expert = Expert(analysed, rows)
    whole = draw(analysed, rows, sample=60, seed=0)
    everybody = people(whole)
    assert len(everybody) == whole.measured.persons  # so few that all of them are asked about
    true = expert.errors(whole, everybody, analysed.covered.bounds)
    # There is something to find: an audit without errors would cover 0 with anything.
    assert true["moment somebody missed"] > 0.01
    covered = Counter[str]()
    for seed in range(100):
        drawn = draw(analysed, rows, sample=10, seed=seed)
        answers = [Answered(one.kind, one.hour, one.place, expert.answer(one)) for one in drawn.questions]
        found = audited(answers, drawn.measured)
        intervals = {
            f"{one.kind} {one.error}": one.share
            for one in found.errors
            if one.hour is None and one.place is None
        }
        intervals |= {"dwell": found.dwell, "visits": found.visits}
        covered.update(name for name, one in intervals.items() if one.low <= true[name] <= one.high)
    assert set(covered) == set(true)
    assert min(covered.values()) >= 93, covered


def test_the_same_seed_asks_the_same_and_another_seed_does_not(analysed: SelectedCamera) -> None:
    rows = Rows.joined(list(read_rows(analysed)))
    once, twice, other = (draw(analysed, rows, sample=8, seed=seed) for seed in (3, 3, 4))
    assert once == twice
    assert once.questions != other.questions
    assert Counter(one.kind for one in once.questions) == dict.fromkeys(Kind, 8)


def test_every_hour_and_place_is_asked_about_as_often_as_it_counts(truth_store: Store) -> None:
    (camera,) = selected_cameras(truth_store, Selection())
    rows = Rows.joined(list(read_rows(camera)))
    drawn = draw(camera, rows, sample=500, seed=1)
    asked = Counter(one.place for one in drawn.questions if one.kind is Kind.BOX)
    x, y = np.minimum(rows.points(camera.tracking_mode) / rows.size * 4, 3).astype(int).T
    time = np.bincount(y * 4 + x, rows.weight_us, 16) / rows.weight_us.sum() * 500
    for place, expected in enumerate(time.tolist()):
        # Two ends of a place can each cut a slice.
        assert asked[place] == pytest.approx(expected, abs=2)
    moments = sorted(one.looks[0].time_us for one in drawn.questions if one.kind is Kind.MOMENT)
    slices = (np.array(moments) - camera.covered.bounds[0, 0]) / (camera.covered_us / 500)
    assert np.abs(slices - np.arange(500) - 0.5).max() < 2
    assert drawn.measured == Measured(rows.person.max() + 1, int(rows.weight_us.sum()), camera.covered_us)
