"""From values to fractions of the colour scale."""

import numpy as np
from numpy.typing import NDArray


def scale_end(value: NDArray[np.float64], max_value: float | None) -> float:
    """Return the value at the end of the colour scale.

    Args:
        value: (rows, columns) float64 values; NaN where nothing was watched.
        max_value: end of an absolute scale; None for a relative scale, which ends at the hottest cell.

    Returns:
        End of the scale, in the metric's unit; 0 where a relative scale has nothing to show.
    """
    if max_value is not None:
        return max_value
    return float(np.max(value, initial=0.0, where=np.isfinite(value)))


def scale_fraction(value: NDArray[np.floating], end: float) -> NDArray[np.float64]:
    """Turn values into fractions of the colour scale.

    Args:
        value: float values of any shape, in the metric's unit; NaN where nothing was watched.
        end: value at the end of the scale, or 0 for an empty scale.

    Returns:
        float64 fractions of the same shape in 0..1: values above the end are 1, NaN is 0; on an empty scale
        all are 0.
    """
    if end == 0:
        return np.zeros(value.shape)
    fraction: NDArray[np.float64] = np.clip(np.nan_to_num(value / end, nan=0.0), 0.0, 1.0)
    return fraction
