"""Follow objects from frame to frame."""
