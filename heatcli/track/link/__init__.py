"""Linking after the last frame: tracklets to trajectories, and trajectories of several clips to persons."""
