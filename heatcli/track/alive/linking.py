"""Linking in which a thing that looks like a person never continues a person, who only stood before it."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from heatcli.config.settings import TrackSettings
from heatcli.track.alive.alive import alive
from heatcli.track.alive.limit import ALIVE
from heatcli.track.alive.noise import measure_noise
from heatcli.track.alive.samples import SceneSamples
from heatcli.track.appearance.appearance import Descriptors
from heatcli.track.link.doubles import split_doubles
from heatcli.track.link.whole_clip import link_tracklets
from heatcli.track.observations import Observations
from heatcli.track.processed_frames import ProcessedFrames

# Displacement of edges within a second, in pixels of a small picture, from which the camera moves.
_SHAKING = 0.5
# Fewest pictures to judge by: those of three seconds.
_FEWEST = 6


def link_alive(
    seen: Observations,
    half_embeddings: Descriptors,
    scene: SceneSamples,
    *,
    frames: ProcessedFrames,
    people: NDArray[np.bool_],
    width: int,
    height: int,
    settings: TrackSettings,
) -> tuple[Observations, Descriptors, dict[int, float] | None]:
    """Join the tracklets of each person to a track, and tell who is alive.

    Args:
        seen: rows of n tracklets, none of them filled.
        half_embeddings: (n, 2, D) half embeddings of the tracklets, by ascending number.
        scene: small pictures of the scene throughout the clip.
        frames: processed frames; every frame of `seen` is among them.
        people: (classes,) bool, whether each class is that of people.
        width: width of the frame in pixels.
        height: height of the frame in pixels.
        settings: speed of people, and how long they must be seen.

    Returns:
        Rows and half embeddings of the tracks, as `link_tracklets` returns them; and the probability that
        each track is alive, as `alive` returns it, empty where too little is seen of the scene to judge by.
        None where the camera moves, so that nothing keeps its place.
    """
    at_us = frames.pts_us[np.searchsorted(frames.index, seen.frame)]
    seen, part_of = split_doubles(seen, at_us, least_us=settings.min_seen_s * 1e6)
    half_embeddings = half_embeddings[part_of]
    noise = measure_noise(scene)
    told: dict[int, float] | None = {}
    if noise is not None and len(scene.pictures) >= _FEWEST:
        moves = noise.shake > _SHAKING
        told = None if moves else alive(seen, scene, noise, frames=frames, people=people)
    things = [number for number, likely in (told or {}).items() if likely < ALIVE]
    # Only tracklets of one class are joined: things are a class of their own.
    kinds = np.where(np.isin(seen.tracklet, things), len(people), 0).astype(np.int32) + seen.class_id
    linked, descriptors = link_tracklets(
        replace(seen, class_id=kinds),
        half_embeddings,
        frames=frames.index,
        pts_us=frames.pts_us,
        dt_us=frames.dt_us,
        width=width,
        height=height,
        settings=settings,
    )
    linked = replace(linked, class_id=linked.class_id % len(people))
    if noise is not None and told:
        told = alive(linked, scene, noise, frames=frames, people=people)
    return linked, descriptors, told
