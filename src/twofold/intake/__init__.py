"""Files in: one module per source; each ends in a Diary plus what it could not read."""
