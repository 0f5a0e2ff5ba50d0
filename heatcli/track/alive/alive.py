"""Who is a person: the probability that a trajectory is of somebody alive, by all that a clip tells.

A mannequin, a poster, a sign or a post is found again and again, and never lives. Whoever moves through the
picture is alive. Of the others, small pictures tell how often they changed and whether they came and went
(`states`), and their confidences are compared with those of the people of the clip who do move.
Each is a likelihood ratio, and they multiply.
"""

import math

import numpy as np
from numpy.typing import NDArray

from heatcli.geometry import iou_matrix
from heatcli.track.alive.noise import Noise
from heatcli.track.alive.samples import SceneSamples
from heatcli.track.alive.states import States, states_of
from heatcli.track.alive.travel import has_travelled, walking_past
from heatcli.track.observations import Observations
from heatcli.track.processed_frames import ProcessedFrames

# Odds that a trajectory is of a person, before anything is known of it: nine in ten.
_PRIOR = np.log(9.0)
# Whoever stays is rarer among people than among things: the share of people who keep their place for longer
# than t falls as (1 + t / _STAY_S) to the power of -_STAYING, as stays in shops and streets do.
_STAY_S, _STAYING = 4.0, 0.5
# Overlap from which boxes are at one place, most places of a thing, and share of the boxes that are there.
_AT_PLACE, _MOST_PLACES, _MOSTLY = 0.5, 3, 0.8
# Fewest boxes between these places of somebody who has moved.
_ON_THE_WAY = 2
# Boxes among which the middle of a place is looked for.
_COMPARED = 32
# How people rest: shares of those who stand or talk, who sit and read, who sleep; and the mean time in
# seconds for which each does not change to be seen.
_SHARE = np.array([0.8, 0.15, 0.05])
_REST_S = np.array([2.0, 20.0, 200.0])
# Mean time for which a thing stays as it is, until it is moved or the light on it changes; and the
# probability that noise, or somebody unseen, looks like a change.
_THING_S = 3600.0
_FALSE = 0.02
# Share of pairs of pictures in which a thing is not the same, because somebody unseen passes: beta
# distributed with 1 and this, one in sixteen on average. Most that unlike pictures prove: a sign in the
# wind moves too.
_STILL, _MOST_BY_RESTLESSNESS = 15.0, 7.0
# Probability that a thing seems to have come, or gone.
_MOVED = 0.1
# Height in pixels of a small picture of a person whose movements surely show: 2 % of it, by which people
# sway, are a third of a pixel.
_SHOWS = 15.0
# How much rarer high confidences are among things: the density of the rank of a thing's confidence among
# those of people is proportional to (1 - rank) to this power.
_DECLINE = 3.0
# Largest log likelihood ratio of confidences, which also depend on what somebody wears and how far away
# they are.
_MOST_BY_CONFIDENCE = 1.5
# People that make a clip's confidences known as well as those of any other clip.
_KNOWN = 5.0
# Probability that is given to whoever has moved through the picture, and smallest one.
_SURE = 0.999


def alive(
    tracked: Observations,
    samples: SceneSamples,
    noise: Noise,
    *,
    frames: ProcessedFrames,
    people: NDArray[np.bool_],
) -> dict[int, float]:
    """Compute the probability that each track is of somebody alive.

    Args:
        tracked: rows of the tracks, with the boxes of the detections: neither smoothed nor filled.
        samples: small pictures of the scene throughout the clip.
        noise: noise of these pictures.
        frames: processed frames; every frame of `tracked` is among them.
        people: (classes,) bool, whether each class is that of people.

    Returns:
        Probability by track, only of those of people.
    """
    time_us = frames.pts_us[np.searchsorted(frames.index, tracked.frame)]
    order = np.argsort(tracked.track, kind="stable")
    cuts = np.flatnonzero(np.diff(tracked.track[order])) + 1
    each = [own for own in np.split(order, cuts) if len(own) and people[tracked.class_id[own[0]]]]
    rows = {int(tracked.track[own[0]]): own for own in each}
    places = {track: _places(tracked.boxes[own].astype(np.float64)) for track, own in rows.items()}
    travelled = {
        track: has_travelled(time_us[own] / 1e6, tracked.boxes[own])
        # Whoever goes from place to place is seen on the way; things that were taken for one are not.
        and len(own) - sum(map(len, places[track])) >= _ON_THE_WAY
        for track, own in rows.items()
    }
    confidence = {track: float(np.median(tracked.confidence[own])) for track, own in rows.items()}
    known = np.sort([confidence[track] for track, far in travelled.items() if far])
    walkers = walking_past(
        np.array(samples.pts_us),
        [(time_us[own], tracked.boxes[own]) for track, own in rows.items() if travelled[track]],
    )
    told = {}
    for track, own in rows.items():
        if travelled[track]:
            told[track] = _SURE
            continue
        odds = _PRIOR + _by_confidence(confidence[track], known)
        if sum(map(len, places[track])) >= _MOSTLY * len(own):
            for at in places[track]:
                boxes = tracked.boxes[own[at]].astype(np.float64)
                odds += _by_place(samples, noise, time_us[own[at]], boxes, walkers)
        told[track] = float(np.clip(1 / (1 + np.exp(-odds)), 1 - _SURE, _SURE))
    return told


def _places(boxes: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """Return the indices of boxes (n, 4) at each of the few places that a trajectory keeps, most first.

    Two things beside each other are at times taken for one.
    """
    rest = np.arange(len(boxes))
    places: list[NDArray[np.intp]] = []
    while len(rest) and len(places) < _MOST_PLACES:
        some = rest[np.unique(np.linspace(0, len(rest) - 1, _COMPARED).astype(int))]
        together = iou_matrix(boxes[some], boxes[rest]) >= _AT_PLACE
        here = together[together.sum(axis=1).argmax()]
        places.append(rest[here])
        rest = rest[~here]
    return places


def _by_place(
    samples: SceneSamples,
    noise: Noise,
    time_us: NDArray[np.int64],
    boxes: NDArray[np.float64],
    walkers: list[NDArray[np.float64]],
) -> float:
    """Return the log likelihood ratio of a person for what is seen at a place, where boxes were detected."""
    place = np.median(boxes, axis=0)
    states = states_of(samples, noise, place, time_us, boxes, walkers)
    stayed_us, ratio = time_us[-1] - time_us[0], 0.0
    if states is not None:
        stayed_us = max(stayed_us, states.step_us.sum())
        ratio = _by_states(states, (place[3] - place[1]) / samples.scale)
    return float(ratio - _STAYING * np.log1p(stayed_us / 1e6 / _STAY_S))


def _by_confidence(confidence: float, people: NDArray[np.float64]) -> float:
    """Return the log likelihood ratio of a person for a confidence, given those of people, ascending."""
    rank = (np.searchsorted(people, confidence) + 1) / (len(people) + 2)
    ratio = -np.log((_DECLINE + 1) * (1 - rank) ** _DECLINE)
    known = len(people) / (len(people) + _KNOWN)
    return float(known * np.clip(ratio, -_MOST_BY_CONFIDENCE, _MOST_BY_CONFIDENCE))


def _by_states(states: States, tall: float) -> float:
    """Return the log likelihood ratio of a person for what happened at a place.

    Args:
        states: what happened.
        tall: height of the box in pixels of a small picture.
    """
    step_s = states.step_us / 1e6
    rest_s = _REST_S / min(1.0, tall / _SHOWS)
    person = np.log(_SHARE) + _log_likelihood(states.changed, np.exp(-step_s[:, None] / rest_s)).sum(axis=0)
    thing = _log_likelihood(states.changed, (1 - _FALSE) * np.exp(-step_s / _THING_S)).sum()
    moves = _by_restlessness(states.restless, len(step_s))
    return float(np.logaddexp.reduce(person) - thing + moves - np.log(_MOVED) * (states.came + states.went))


def _by_restlessness(share: float, pictures: int) -> float:
    """Return the log likelihood ratio of a person for the share of unlike pictures; 0 where it is small.

    A person's share may be any; that of a thing follows a beta distribution near 0. Pairs are
    as many observations as there are pictures. That nothing moves is told by `States.changed` already.
    """
    unlike = share * pictures
    person = _log_beta(1 + unlike, 1 + pictures - unlike)
    thing = math.log(_STILL) + _log_beta(1 + unlike, _STILL + pictures - unlike)
    return min(max(person - thing, 0.0), _MOST_BY_RESTLESSNESS)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _log_likelihood(changed: NDArray[np.bool_], same: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log likelihoods of changes, of the shape of `same`, the probabilities that there is none."""
    changed = changed.reshape(-1, *(1,) * (same.ndim - 1))
    likelihood: NDArray[np.float64] = np.log(np.where(changed, 1 - same, same).clip(1e-9))
    return likelihood
