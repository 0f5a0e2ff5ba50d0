"""A small shop, the people in it, and the camera on its wall: everything that `make_store.py` films."""
