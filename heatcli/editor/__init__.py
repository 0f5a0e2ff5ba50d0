"""The page on which zones, lines, masks and floor points are drawn onto a camera's picture."""
