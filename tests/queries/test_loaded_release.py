"""Every stored query has the same rows from a release that lies beside others in a store."""

from pathlib import Path

import pyoxigraph as ox
from test_answers import CASES, arguments_of, query_of

from engines import of_service, read_answer
from layouts import laid_out, served_store
from metropolis_kg.content import Content
from metropolis_kg.curation.release import Release
from metropolis_kg.publication.stored_queries import StoredQueries
from metropolis_kg.store.release import OpenRelease
from metropolis_kg.store.remote import RemoteStore


def test_every_stored_query_has_the_same_rows_in_order(
    release: Release, opened: OpenRelease, content: Content, tmp_path: Path
) -> None:
    quads = list(ox.parse(path=release.path / "dataset.nq", format=ox.RdfFormat.N_QUADS, lenient=True))
    stored = StoredQueries(content)
    beside = "c" * 64
    with served_store(tmp_path / "store", [*laid_out(release.digest, quads), *laid_out(beside, quads[::2])]) as url:
        own = of_service(opened.service)
        remote = of_service(RemoteStore(url, opened.prefixes, opened.base, digest=release.digest))
        for case in CASES:
            query = stored.find(query_of(case))
            bindings = query.bindings(arguments_of(case), opened)
            assert read_answer(remote(query.text, bindings)) == read_answer(own(query.text, bindings)), case
