"""Boxes of a trajectory, smoothed over time from all detections before and after."""
