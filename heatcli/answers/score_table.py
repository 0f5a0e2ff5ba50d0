"""A tracking score as the cells of tables, and as an object for `--json`."""

from pathlib import Path

from heatcli.score.scores import ClipScore, PlaceScore


def tracking_lines(score: ClipScore) -> list[tuple[str, ...]]:
    """Return the cells of the table of the whole clip's scores, its header first."""
    tracking = score.tracking
    shares = {
        "HOTA": tracking.hota,
        "DETA": tracking.det_a,
        "ASSA": tracking.ass_a,
        "IDF1": tracking.idf1,
        "MOTA": tracking.mota,
        "MAP R": score.map_r,
        "MAP TV": score.map_tv,
    }
    cells = ("-" if value is None else f"{value:.3f}" for value in shares.values())
    return [(*shares, "ID SWITCHES"), (*cells, str(tracking.id_switches))]


def place_lines(score: ClipScore) -> list[tuple[str, ...]]:
    """Return the cells of the table of the frame and its zones, its header first; only the first is text."""
    lines: list[tuple[str, ...]] = [("PLACE", "VISITS", "TRUE", "ERROR", "DWELL s", "TRUE s", "RATIO")]
    for place in (score.frame, *score.zones):
        counts = (str(place.visits), str(place.true_visits), f"{place.visits - place.true_visits:+d}")
        times = (f"{place.dwell_s:.1f}", f"{place.true_dwell_s:.1f}")
        ratio = "-" if place.dwell_ratio is None else f"{place.dwell_ratio:.3f}"
        lines.append((place.name or "whole frame", *counts, *times, ratio))
    return lines


def score_summary(score: ClipScore, truth: Path) -> dict[str, object]:
    """Return all of a score as an object for `--json`; what is not known is None."""
    clip, tracking = score.clip, score.tracking
    return {
        "camera": clip.camera,
        "clip": clip.clip,
        "path": clip.path,
        "truth": str(truth),
        "detector": clip.detector,
        "weights": clip.weights,
        "sample_fps": "auto" if clip.sample_fps is None else clip.sample_fps,
        "frames": {"clip": clip.frames_decoded + clip.frames_failed, "compared": score.frames},
        "hota": tracking.hota,
        "det_a": tracking.det_a,
        "ass_a": tracking.ass_a,
        "idf1": tracking.idf1,
        "mota": tracking.mota,
        "id_switches": tracking.id_switches,
        "map": {"r": score.map_r, "total_variation": score.map_tv},
        **_summary(score.frame),
        "zones": [{"name": zone.name, **_summary(zone)} for zone in score.zones],
        "note": score.note,
    }


def _summary(place: PlaceScore) -> dict[str, object]:
    visits = {"found": place.visits, "true": place.true_visits, "error": place.visits - place.true_visits}
    dwell = {"found": place.dwell_s, "true": place.true_dwell_s, "ratio": place.dwell_ratio}
    return {"unique_visits": visits, "dwell_s": dwell}
