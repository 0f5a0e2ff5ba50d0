"""Which view of its place a camera had when: whether it was turned, moved, covered, out of focus or dark."""
