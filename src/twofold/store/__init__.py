"""At rest: the encrypted store. Nothing is here yet: diaries are read and never kept."""
