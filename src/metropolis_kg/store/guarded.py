"""What stands between a client's query and a store."""

from collections.abc import Mapping
from dataclasses import replace

from metropolis_kg.store.federation import Federation
from metropolis_kg.store.protocol import Output, QueryMalformedError, Question, Store
from metropolis_kg.store.query_form import located
from metropolis_kg.store.query_limits import refuse_excess
from metropolis_kg.store.query_text import with_bindings


class GuardedStore(Store):
    """Answers from ``store`` what a client may ask, and says of what cannot be read where it goes wrong."""

    def __init__(self, store: Store, prefixes: Mapping[str, str], base: str, federation: Federation) -> None:
        """Let no query pass that goes beyond the limits of its text, or asks by SERVICE whom it must not."""
        self._store, self._prefixes, self._base, self._federation = store, prefixes, base, federation

    def write(self, question: Question, output: Output) -> None:
        """Write the answer to ``question`` to ``output``, as ``Store.write`` promises."""
        refuse_excess(question.query)
        bound = with_bindings(question.query, question.bindings)
        asked = self._federation.resolved(bound, self._prefixes, self._base)
        try:
            self._store.write(replace(question, query=asked, bindings={}), output)
        except QueryMalformedError as error:
            raise located(question.query, error) from error
