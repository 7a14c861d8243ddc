"""Bulk sources: files of ``data/`` that are read as a stream, since their statements are too many to be held.

Each kind of file is a function in the table of ``kinds``; it yields blocks of canonical N-Quads with the lines on which
they stand. What follows (``streaming``) is the same for every kind: the base, the graphs, and all that is checked.
"""
