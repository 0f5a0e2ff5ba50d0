"""The heat store: trajectories and clips as Delta tables."""
