"""The window; the only part of sixpad that imports Qt."""
