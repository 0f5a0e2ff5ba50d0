"""Reports of a period: its numbers, and the files made of them."""
