"""Where claims are made: sources are read into tables, methods turn a table into a result.

Four words: a *source* names a file and its licence; a *table* is typed and
checked at birth; a *method* takes tables and gives one ``Result``; *steps* are
a TOML recipe that names source, method and claim.
"""
