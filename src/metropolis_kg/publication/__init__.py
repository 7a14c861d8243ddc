"""From a store to a representation; the readers' half. Knows no Flask, no Click, and not how releases are made.

A query finds what is said (``description``, ``stored_queries``, ``answers``); a writer puts it into a media type
(``documents``, ``jsonld``, ``page``). SPARQL lives in ``queries/``, wording in ``words.toml``, HTML in ``web/``.
"""
