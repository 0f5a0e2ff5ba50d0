"""From grids to pictures: colour, overlay, legend."""
