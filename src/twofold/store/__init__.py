"""AT REST: the encrypted store. Nothing is here yet: diaries are read from files and never kept."""
