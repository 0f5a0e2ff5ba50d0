"""How good stored trajectories are, against ground truth."""
