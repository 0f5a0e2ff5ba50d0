"""What a report to give away says of itself."""


def notes(least: int) -> list[str]:
    """Return the lines; `least` is the smallest number of people of whom anything is told."""
    lines = [
        "This report has sums only: no positions, no paths, no pictures, and nobody's own times.",
        "Whoever was in two zones, or in two hours, is a visitor of both: visitors do not add up.",
    ]
    if least > 1:
        lines.insert(
            1,
            f"Numbers of fewer than {least} people are not shown, and neither are others from which they "
            "could be had by subtracting. An empty place or time says that nobody was there.",
        )
    return lines
