"""Where a release answers SPARQL.

One port (``protocol``), two implementations (``embedded``, ``remote``), one contract (``tests/store``). Everything goes
through bytes in a media type; whoever needs terms parses them. Knows no files but the store's own, and no HTTP but that
of the endpoint it asks.
"""
