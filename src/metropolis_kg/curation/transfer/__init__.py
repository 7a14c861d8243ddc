"""Releases on their way from one machine to another, through a place that both reach: a folder, or an HTTP server.

A place has ``releases.json``, which says what is there, ``releases/<digest>/`` with the files of a release and their
list ``files.json``, and ``journal/`` with the publications. What says that something is there is written last.
"""
