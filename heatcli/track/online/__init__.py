"""Frame by frame: detections become tracklets."""
