"""From files to a release: read, derive, validate, freeze. The stewards' half; knows nothing of publication.

In the order in which content goes through it:

- ``sources``, with ``turtle``: the files, each statement with its line (``lines``); what is wrong: ``faults``
- ``rules``: what follows from them; ``derivation`` and ``tracing`` lead it back to what was written
- ``validation``: ``screening`` clears what cannot fail, ``judge`` decides on a part of the data (``footprint``,
  ``slicing``); ``revalidation`` and ``rederiving`` follow edits
- ``checks``, ``written``, ``terms``, ``quotations``: what no shape sees
- ``checking`` makes one list of ``diagnostics`` of it all, ``reports`` writes it, ``build`` freezes a release of it

Beside it: ``formatting``, ``drafts`` and ``citations`` with ``locating``, ``coverage`` and ``page_versions`` help those
who write; ``following`` examines after each edit, ``revisions`` since a revision; ``examination``, in processes of
``examiners``, does it for what is ``sent`` over HTTP.
"""
