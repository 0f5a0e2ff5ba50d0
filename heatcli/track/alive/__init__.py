"""Whether trajectories are of people: what is detected, and never lives."""
