"""From a recorded clip to the rows of a run: what to do, with which models, and its result."""
