"""Following a camera's view from day to day, by the pictures of its empty scene alone.

Each picture is compared with those of up to seven recorded days before: as a whole, by the directions of
edges, with the mean of several, in which furniture, shadows and people that come and go fade away; and in
light and sharpness, with those of the same hour. A camera with one day has nothing to be compared with.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

from heatcli.select.views.placement import Placement
from heatcli.select.views.states import Change, Comparing, Condition, Plate, ViewState
from heatcli.video.plate_measures import PlateMeasures

# Recorded days before that a picture is compared with, pictures of one mean, and hours of the day that have
# one light.
_DAYS, _MEMBERS, _SAME_HOUR_H = 7, 8, 1.5
# Days of which there must be a picture of the same hour before light and sharpness are judged: a shop is
# closed, and dark, on one day of a week.
_LEAST_DAYS = 2
# Grey level below which a picture shows nothing, and the least that is usual where that is told as dark.
_NIGHT, _LIT = 30.0, 60.0
# Part of what is usual in an hour below which a picture is blind: of the blocks that show something, and of
# their sharpness. Pictures that show less than this share have no say.
_LESS, _BLURRED, _LEAST_STRUCTURE = 0.35, 0.5, 0.04

# How far corners may move, as fractions of the diagonal: what no registration is sure of; what is told; and
# what is another view, as other people come into the picture.
STEADY, TOLD, TURNED = 0.004, 0.01, 0.02
# Share of agreeing blocks that shows an unmoved view, one that has moved, and, as a part of what is usual,
# the same scene.
_UNMOVED, _MOVED, _SAME_SCENE = 0.12, 0.3, 0.5
_LEAST_SAME, _MOST_SAME = 0.1, 0.25


@dataclass(frozen=True, slots=True)
class _Seen:
    """A picture that was judged.

    Attributes:
        plate: picture.
        state: verdict.
        measures: measures of the picture; None where it is gone.
        agreeing: share of blocks that agreed; None where that was not asked.
        is_member: whether later pictures may be compared with it.
    """

    plate: Plate
    state: ViewState
    measures: PlateMeasures | None
    agreeing: float | None
    is_member: bool


def view_states(plates: Iterable[Plate], comparing: Comparing, aspect: float) -> dict[str, ViewState]:
    """Tell what a camera saw in each of its pictures.

    Args:
        plates: pictures of the camera, in order of time.
        comparing: way to compare pictures.
        aspect: height of the picture divided by its width.

    Returns:
        State by the picture's name.
    """
    following = _Following(comparing, aspect)
    return {plate.name: following.judge(plate) for plate in plates}


@dataclass(frozen=True, slots=True)
class _Found:
    """Where a picture was found.

    Attributes:
        view: number of the view.
        placement: where it lies on the first picture of that view.
        agreeing: share of blocks that agree.
    """

    view: int
    placement: Placement
    agreeing: float


class _Following:
    def __init__(self, comparing: Comparing, aspect: float) -> None:
        self._comparing, self._aspect = comparing, aspect
        self._days: dict[date, list[_Seen]] = {}
        self._last = ViewState(0, Placement())
        # Of each view: the number of the scene that it is of, and where it lies on that scene's first view.
        self._views: list[tuple[int, Placement]] = [(0, Placement())]
        # The view of the days before today, once that was asked for.
        self._usual: tuple[int, Placement] | None = None

    def judge(self, plate: Plate) -> ViewState:
        """Judge the next picture."""
        if plate.day not in self._days:
            self._usual = None
        today = self._days.setdefault(plate.day, [])
        if len(self._days) > _DAYS + 1:
            del self._days[next(iter(self._days))]
        earlier = [*chain.from_iterable(seen for day, seen in self._days.items() if day != plate.day)]
        measures = self._comparing.measures(plate.name)
        near = [one for one in earlier if _hours_apart(one.plate, plate) <= _SAME_HOUR_H]
        carried = ViewState(self._last.view, self._last.placement)
        if measures is None:
            seen = _Seen(plate, carried, None, None, is_member=False)
        elif measures.light < _NIGHT:
            condition = Condition.DARK if _is_dark(measures, near) else None
            seen = _Seen(plate, replace(carried, condition=condition), measures, None, is_member=False)
        elif not earlier:
            seen = _Seen(plate, carried, measures, None, is_member=measures.structure >= _LEAST_STRUCTURE)
        else:
            seen = self._seen(plate, measures, [*earlier, *today], near)
        if seen.is_member:
            self._last = seen.state
        today.append(seen)
        return seen.state

    def _seen(
        self, plate: Plate, measures: PlateMeasures, seen: Sequence[_Seen], near: Sequence[_Seen]
    ) -> _Seen:
        """Judge a picture that is light enough, and that has others before it."""
        found = self._found(plate, seen)
        known = [one for one in near if one.is_member]
        usual = min((one.agreeing for one in known if one.agreeing is not None), default=None)
        carried = ViewState(self._last.view, self._last.placement)
        agreeing = 0.0 if found is None else found.agreeing
        if _is_blind(measures, near, is_known=agreeing >= _SAME_SCENE * (_MOVED if usual is None else usual)):
            blind = replace(carried, condition=Condition.BLIND)
            return _Seen(plate, blind, measures, None, is_member=False)
        if found is None:
            return _Seen(plate, carried, measures, None, is_member=not known)
        moved = found.placement.farthest(self._aspect)
        least = min(_MOST_SAME, max(_LEAST_SAME, _SAME_SCENE * (usual or 0.0)))
        if moved <= STEADY and agreeing >= _UNMOVED:
            state = self._told(plate, found.view, Placement(), seen)
        elif agreeing >= _MOVED and moved <= TURNED:
            state = self._told(plate, found.view, found.placement, seen)
        elif agreeing >= _MOVED:
            scene, where = self._views[found.view]
            state = self._begun(plate, scene, where.after(found.placement), seen)
        elif known and agreeing < least:
            state = self._begun(plate, len(self._views), Placement(), seen)
        else:
            # Neither the same nor another one. In a light that was not met before, later pictures may tell.
            return _Seen(plate, carried, measures, agreeing, is_member=not known)
        return _Seen(plate, state, measures, agreeing, is_member=True)

    def _found(self, plate: Plate, seen: Sequence[_Seen]) -> "_Found | None":
        """Find a picture in the first view on which it has hardly moved, or else where it agrees best."""
        best: _Found | None = None
        for view in _views_of(seen):
            registered = self._comparing.register(plate.name, _members(plate, view, seen))
            if registered is None:
                continue
            found = _Found(view, *registered)
            moved = found.placement.farthest(self._aspect)
            if (moved <= STEADY and found.agreeing >= _UNMOVED) or (
                moved <= TURNED and found.agreeing >= _MOVED
            ):
                return found
            if best is None or found.agreeing > best.agreeing:
                best = found
        return best

    def _begun(self, plate: Plate, scene: int, where: Placement, seen: Sequence[_Seen]) -> ViewState:
        """Begin a view of a scene."""
        self._views.append((scene, where))
        return self._told(plate, len(self._views) - 1, Placement(), seen)

    def _told(self, plate: Plate, view: int, placement: Placement, seen: Sequence[_Seen]) -> ViewState:
        """Compare a view with the one that was watched for most of the days before."""
        if self._usual is None:
            self._usual = _usual_view([one for one in seen if one.plate.day != plate.day], self._aspect)
        if self._usual is None:
            return ViewState(view, placement)
        usual, usual_placement = self._usual
        scene, where = self._views[view]
        usual_scene, usual_where = self._views[usual]
        if scene != usual_scene:
            return ViewState(view, placement, change=Change(None))
        moved = usual_where.after(usual_placement).inverse().after(where.after(placement))
        if moved.farthest(self._aspect) < TOLD:
            return ViewState(view, placement)
        return ViewState(view, placement, change=Change(moved, is_turn=view != usual))


def _usual_view(seen: Sequence[_Seen], aspect: float) -> tuple[int, Placement] | None:
    """Return the view that was watched for most of the time, and where it lay; None where there was none."""
    watched: Counter[tuple[int, Placement]] = Counter()
    for one in seen:
        if one.is_member:
            state = one.state
            same = (
                (number, where)
                for number, where in watched
                if number == state.view and _between(where, state.placement, aspect) <= STEADY
            )
            watched[next(same, (state.view, state.placement))] += one.plate.covered_us
    return watched.most_common(1)[0][0] if watched else None


def _between(one: Placement, other: Placement, aspect: float) -> float:
    return one.inverse().after(other).farthest(aspect)


def _hours_apart(one: Plate, other: Plate) -> float:
    apart = abs(one.hour - other.hour)
    return min(apart, 24 - apart)


def _is_dark(measures: PlateMeasures, near: Sequence[_Seen]) -> bool:
    """Tell whether a picture is dark, where it was light at that hour on each of the days before."""
    usual = _usual(near)
    return bool(usual) and min(one.light for one in usual) > _LIT > 2 * measures.light


def _is_blind(measures: PlateMeasures, near: Sequence[_Seen], *, is_known: bool) -> bool:
    """Tell whether a picture shows less than at that hour on each of the days before.

    On a grey day shadows are missing, and what is left is as it should be (`is_known`).
    """
    usual = _usual(near)
    if not usual or min(one.structure for one in usual) < _LEAST_STRUCTURE:
        return False
    shows_less = measures.structure < _LESS * min(one.structure for one in usual)
    return (shows_less and not is_known) or measures.sharpness < _BLURRED * min(
        one.sharpness for one in usual
    )


def _usual(near: Sequence[_Seen]) -> list[PlateMeasures]:
    """Return the measures of the same hour; none where they are of too few days."""
    usual = [one for one in near if one.measures is not None and one.state.condition is None]
    days = {one.plate.day for one in usual}
    return [one.measures for one in usual if one.measures is not None] if len(days) >= _LEAST_DAYS else []


def _views_of(seen: Sequence[_Seen]) -> Iterator[int]:
    """Yield the views that have members, the one that was seen last first."""
    yield from dict.fromkeys(one.state.view for one in reversed(seen) if one.is_member)


def _members(plate: Plate, view: int, seen: Sequence[_Seen]) -> list[tuple[str, Placement]]:
    """Return the pictures of a view to compare with: of days before if there are any, the same hour first."""
    own = [one for one in seen if one.is_member and one.state.view == view]
    before = [one for one in own if one.plate.day != plate.day] or own
    before.sort(key=lambda one: (int(_hours_apart(one.plate, plate) / _SAME_HOUR_H), -one.plate.start_us))
    return [(one.plate.name, one.state.placement) for one in before[:_MEMBERS]]
