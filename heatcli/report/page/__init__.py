"""The page: one HTML file that computes heat and zones in the browser, from tracking points."""
