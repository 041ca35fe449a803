"""Real diaries, asked every question: one file for each set, and the page ``floor.py`` makes of them."""
