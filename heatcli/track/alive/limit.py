"""The limit between people and things, without what computes the probability: that loads OpenCV."""

ALIVE = 0.5
"""Least probability of being a person of who is taken for one."""
