"""HTTP: one of the two doors. Thin: a view asks ``publication`` and hands over what it gets.

``app.create_app`` is the table of contents. A blueprint is a function of the site it serves. IRIs come from the base of
the release, never from what a request says about its host.
"""
