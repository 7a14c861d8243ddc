"""How to cite a thing: as a sentence for people, as CSL-JSON, and as BibTeX.

A citation names the version that was read: its digest, its date, and where that version stays. It says nothing of the
day of reading, so that the same release gives the same bytes.
"""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyoxigraph as ox

from metropolis_kg.publication.media_types import HTML, Syntax
from metropolis_kg.publication.own_queries import rows
from metropolis_kg.publication.reading import Value
from metropolis_kg.publication.words import Words
from metropolis_kg.store.release import OpenRelease

CSL_JSON = Syntax("json", "application/vnd.citationstyles.csl+json", "CSL-JSON", ("application/json",))
BIBTEX = Syntax("bib", "application/x-bibtex", "BibTeX", ("text/x-bibtex",))

CITATIONS = (CSL_JSON, BIBTEX, HTML)
"""What a citation can be written in; the first is the default."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", **{character: f"\\{character}" for character in "$&#_%"},
}  # fmt: skip
"""Character → how LaTeX writes it; BibTeX counts braces even where they are escaped, hence their names."""

_LIGATURE = re.compile(r"([-'`,<>])(?=\1)|[?!](?=`)")
"""Characters that LaTeX would draw as one with the next."""

_IN_ADDRESS = {"\\": "%5C", "{": "%7B", "}": "%7D", "^": "%5E"}


@dataclass(frozen=True)
class Citation:
    """What a citation says; texts in the language it is wanted in, as far as there are such."""

    iri: str
    title: Value
    container: Value
    """The dataset."""

    creators: list[Value]
    publishers: list[Value]
    licences: list[str]
    sources: list[Value]
    """Those that the thing rests on, where it is a claim."""

    issued: date | None = None
    """The day of the release; none for a remote store, as with what follows."""

    version: str | None = None
    address: str | None = None
    """Where this version stays as it is."""

    language: str = "en"

    @property
    def key(self) -> str:
        """What it is called in a bibliography; the same for the same thing in the same version."""
        path = re.sub(r"^.*?/(?:id|graph)/|^https?://[^/]*/", "", self.iri)
        return "-".join(filter(None, [re.sub(r"[^A-Za-z0-9]+", "-", path).strip("-") or "thing", self.short_version]))

    @property
    def short_version(self) -> str | None:
        """The digest in few characters."""
        return self.version[:12] if self.version else None


def citation_of(release: OpenRelease, queries: Path, iri: str, language: str, address: str | None) -> Citation:
    """Return how to cite the thing ``iri``; ``address`` is where this version of its document stays.

    Raises what the store raises.
    """
    given = {"thing": ox.NamedNode(iri), "dataset": ox.NamedNode(release.iri("dataset"))}
    parts: dict[str, dict[str, dict[str, str]]] = {}
    for row in rows(release, queries / "description" / "citation.rq", given):
        texts = parts.setdefault(row["part"]["value"], {}).setdefault(row["node"]["value"], {})
        texts[row["text"].get("xml:lang", "")] = row["text"]["value"]

    def named(part: str) -> list[Value]:
        values = (_best(texts, node, language) for node, texts in parts.get(part, {}).items())
        return sorted(values, key=lambda value: value.text.casefold())

    return Citation(
        iri=iri,
        title=next(iter(named("title")), Value(iri)),
        container=next(iter(named("container")), Value(release.base)),
        creators=named("creator"),
        publishers=named("publisher"),
        licences=sorted(parts.get("licence", {})),
        sources=named("source"),
        issued=datetime.fromisoformat(release.created).date() if release.created else None,
        version=release.digest,
        address=address,
        language=language,
    )


def write_csl(citation: Citation) -> bytes:
    """Return CSL-JSON (CSL 1.0.2, csl-data.json): a list of the one item."""
    item: dict[str, object] = {
        "id": citation.key,
        "type": "dataset",
        "title": citation.title.text,
        "container-title": citation.container.text,
        "author": [{"literal": each.text} for each in citation.creators],
        "publisher": "; ".join(each.text for each in citation.publishers),
        "URL": citation.iri,
        "language": citation.language,
        "note": _note(citation),
    }
    if citation.issued:
        item["issued"] = {"date-parts": [[citation.issued.year, citation.issued.month, citation.issued.day]]}
    if citation.version:
        item["version"] = citation.version
    if citation.address:
        item["archive_location"] = citation.address
    said = {name: value for name, value in item.items() if value}
    return (json.dumps([said], ensure_ascii=False, indent=2) + "\n").encode()


def write_bibtex(citation: Citation) -> bytes:
    """Return a BibTeX entry in UTF-8: ``@misc``, which every style knows."""
    fields = {
        "title": f"{{{_latex(citation.title.text)}}}",
        "author": " and ".join(f"{{{_latex(each.text)}}}" for each in citation.creators),
        "howpublished": _latex(citation.container.text),
        "publisher": " and ".join(_latex(each.text) for each in citation.publishers),
        "year": str(citation.issued.year) if citation.issued else "",
        "version": citation.version or "",
        "url": _verbatim(citation.iri),
        "note": _latex(_note(citation)),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    if citation.issued:
        lines.insert(5, f"  month = {_MONTHS[citation.issued.month - 1]}")
    return (f"@misc{{{citation.key},\n" + ",\n".join(lines) + "\n}\n").encode()


def _note(citation: Citation) -> str:
    """Return what the fields of bibliographies have no place for."""
    issued = citation.issued.isoformat() if citation.issued else None
    said = {
        "citing_released": issued,
        "citing_stays": citation.address,
        "citing_licence": ", ".join(citation.licences),
        "citing_rests": ", ".join(each.text for each in citation.sources),
    }
    words = Words(citation.language)
    return ". ".join(f"{words[name]} {text}" for name, text in said.items() if text)


def _best(texts: dict[str, str], node: str, language: str) -> Value:
    chosen = language if language in texts else next(iter(sorted(texts)), None)
    if chosen is None:
        return Value(node)
    return Value(texts[chosen], chosen if chosen not in (language, "") else None, node)


def _latex(text: str) -> str:
    """Return ``text`` as LaTeX shows it.

    >>> _latex("100 % of {A_B}")
    '100 \\\\% of \\\\textbraceleft{}A\\\\_B\\\\textbraceright{}'
    """
    plain = re.sub(r"[\s\x00-\x1f\x7f]+", " ", text).strip()
    return _LIGATURE.sub(r"\g<0>{}", "".join(_LATEX.get(character, character) for character in plain))


def _verbatim(address: str) -> str:
    return "".join(_IN_ADDRESS.get(character, character) for character in address)
