"""What follows by rule: no probability, no opinion; each fact cites its rule."""
