"""metropolis_kg: facts of a web page as linked data, from files to HTTP.

::

     data/  ontology/  shapes/                                       queries/
            │                                                           │
            ▼                                                           ▼
        curation ───────────►  release ──►  store  ◄──────────── publication
     (files → valid dataset)  (immutable)  (SPARQL)        (store → representation)
            ▲                                                           ▲
           cli                                                       web, cli
                     all of them stand on: model

Stewards keep pages in ``data/``: one source, one file, one named graph. ``curation`` reads them, derives what
``queries/rules/`` say, holds the result against ``shapes/`` and ``queries/checks/``, says what is wrong by file and
line, and freezes what conforms into an immutable release; it examines in the same way what is sent over HTTP. ``store``
answers SPARQL over a release; ``publication`` turns answers into representations; ``web`` and ``cli`` are the doors.
"""

__version__ = "0.1.0"
