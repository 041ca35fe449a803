"""The pages: the diary in a browser, on this machine, without a network."""
