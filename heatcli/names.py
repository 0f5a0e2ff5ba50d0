"""The words that commands, configuration and code share. Imports nothing heavy, for the sake of `--help`."""

from enum import StrEnum

DENSITY = "density"
"""Name of a kernel density, in the place of a metric's name."""


SPEED = "mean_speed"
"""Name of the mean speed on a floor plan, in the place of a metric's name."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with the word for what is counted: `1 clip`, `2 clips`.

    Args:
        number: how many there are.
        one: word for one of them.
        many: word for none or several; None for that of one with an s.
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


class DetectorChoice(StrEnum):
    """Which detector to use; `auto` is `yolo` where its weights are available, else `motion`."""

    AUTO = "auto"
    YOLO = "yolo"
    MOTION = "motion"


class Engine(StrEnum):
    """What shares out the clips of an analysis: processes of this machine, or a Ray cluster."""

    LOCAL = "local"
    RAY = "ray"


class Profile(StrEnum):
    """What a store is for: it decides how long things are kept, and what leaves the store."""

    STATISTICS = "statistics"
    ANALYSIS = "analysis"


AUTO_REID = "auto"
"""Value of `reid_weights` for the published re-identification model; any other is a file or folder."""


class ReidInput(StrEnum):
    """Colours that a re-identification model takes."""

    IMAGENET = "imagenet"
    """R G B from 0 to 1, less the mean of ImageNet's pixels, by their standard deviation."""
    BGR = "bgr"
    """B G R from 0 to 255, as they are."""


class TrackingMode(StrEnum):
    """Which point of a bounding box stands for the object."""

    BOTTOM_CENTER = "bottom-center"
    CENTROID = "centroid"
    TOP_CENTER = "top-center"
    LEFT_CENTER = "left-center"
    RIGHT_CENTER = "right-center"


class Viewpoint(StrEnum):
    """From where a camera looks at people; it decides which point of a bounding box stands for them."""

    SIDE = "side"
    TOP = "top"


class Direction(StrEnum):
    """Which way a counting line is crossed, as seen from its first end towards its second."""

    LEFT_TO_RIGHT = "left_to_right"
    RIGHT_TO_LEFT = "right_to_left"


class Metric(StrEnum):
    """What a heat map shows."""

    DWELL_TIME = "dwell_time"
    AVG_OCCUPANCY = "avg_occupancy"
    OCCUPANCY_PCT = "occupancy_pct"
    UNIQUE_VISITS = "unique_visits"


class HidingStyle(StrEnum):
    """What stands in the place of a person."""

    SCENE = "scene"
    """The empty scene."""
    PIXELS = "pixels"
    """Coarse pixels."""
    SILHOUETTE = "silhouette"
    """A grey ellipse before the empty scene."""


class Plane(StrEnum):
    """The plane of a map: the camera's picture, or the floor that the camera looks at."""

    PICTURE = "picture"
    FLOOR = "floor"


class Normalization(StrEnum):
    """What the end of the colour scale stands for."""

    RELATIVE = "relative"
    ABSOLUTE = "absolute"


class AccumulationMode(StrEnum):
    """Whether all of the selected time weighs the same, or earlier time weighs less."""

    CUMULATIVE = "cumulative"
    DECAYING = "decaying"


class Scale(StrEnum):
    """Whether the colours of several maps in one picture stand for the same values."""

    SHARED = "shared"
    OWN = "own"


TRANSPARENT = "transparent"
"""Background that is none: what is not drawn on shows what the picture is laid over."""


class ColorMap(StrEnum):
    """The colours of a heat map."""

    TURBO = "turbo"
    JET = "jet"
    HOT = "hot"
    VIRIDIS = "viridis"
    PURPLE_RED = "purple-red"


class TracksFormat(StrEnum):
    """The file formats of trajectories made elsewhere."""

    MOT = "mot"


class By(StrEnum):
    """The buckets that a period is divided into, by the camera's clock; the last two recur."""

    FIVE_MINUTES = "5min"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    HOUR_OF_DAY = "hour-of-day"
    DAY_OF_WEEK = "day-of-week"


class PeriodKind(StrEnum):
    """The calendar periods that reports cover."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    ANNUAL = "annual"


class ReportFormat(StrEnum):
    """The kinds of files that a report is made of."""

    HTML = "html"
    XLSX = "xlsx"
    PNG = "png"
    SVG = "svg"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    COORDINATES = "coordinates"
    TRAJECTORIES_M = "trajectories-m"
    GEOJSON = "geojson"
    GEOPARQUET = "geoparquet"
