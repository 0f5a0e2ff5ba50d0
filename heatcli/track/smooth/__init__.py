"""Boxes of a trajectory, smoothed over time with all that came before and after."""
