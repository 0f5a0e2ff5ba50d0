"""Files that others write: trajectories and points."""
