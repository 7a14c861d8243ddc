"""What the terms of the vocabularies are called: readable names for properties and classes, one query a release."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from metropolis_kg.publication.media_types import RESULTS_JSON
from metropolis_kg.store.release import OpenRelease


@dataclass(frozen=True)
class Names:
    """IRI of a term → language → label."""

    labels: Mapping[str, Mapping[str, str]]

    def name(self, iri: str, language: str) -> str:
        """Return what the term is called in ``language``, else in another, else its local name taken apart.

        >>> Names({}).name("https://schema.org/containedInPlace", "en")
        'contained in place'
        """
        labels = self.labels.get(iri)
        if labels:
            return labels.get(language) or next(iter(labels.values()))
        local = re.split(r"[/#:]", iri.rstrip("/#"))[-1]
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", local).lower() if local else iri


@lru_cache(maxsize=4)
def names_of(release: OpenRelease, queries: Path) -> Names:
    """Return the names in the vocabulary graphs of ``release``; asked once for each. Raises what the store raises."""
    query = (queries / "description" / "names.rq").read_text(encoding="utf-8")
    answer = json.loads(release.service.query(query, RESULTS_JSON.media_type))
    labels: dict[str, dict[str, str]] = {}
    for row in answer["results"]["bindings"]:
        label = row["label"]
        labels.setdefault(row["term"]["value"], {})[label.get("xml:lang", "")] = label["value"]
    return Names(labels)
