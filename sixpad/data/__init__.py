"""Where examples come from and where things are kept."""
