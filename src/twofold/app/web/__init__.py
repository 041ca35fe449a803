"""The pages. Nothing is here yet: the command line is the only door."""
