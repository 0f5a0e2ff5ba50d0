"""Charts of the figures of zones, as pictures."""
