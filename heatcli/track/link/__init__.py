"""After the last frame: tracklets become trajectories, and trajectories of several clips persons."""
