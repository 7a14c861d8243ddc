"""How the rows of a table become claims: which class, and what each column says of the claim or of a thing in it."""

from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from pathlib import Path

from metropolis_kg.curation.imports.description import Description
from metropolis_kg.curation.imports.records import Dialect

SUFFIX = "-metadata.json"
REASON = "metropolis-kg: reason"
"""The column that the file of rows not taken has behind the others; it is left aside where such a file is imported."""

IDENTIFYING = ("owl:sameAs", "schema:identifier")
NAMING = ("skos:prefLabel", "foaf:name")
TIMES = ("mkg:when", "schema:startDate", "schema:endDate", "mkg:attestedDuring")
NUMBERS = ("schema:value",)

THINGS = {
    "org:member": "foaf:Agent", "org:organization": "org:Organization", "org:role": "org:Role", "mkg:post": "org:Post",
    "mkg:representing": "dct:Location", "mkg:partner": "org:Organization", "mkg:fromList": "mkg:PartnerList",
    "mkg:countOf": "org:Organization", "mkg:countUnit": "skos:Concept",
}  # fmt: skip
"""The properties whose value is a thing, and of which class that is."""


@dataclass(frozen=True)
class Kind:
    """A class of claims: how their IRIs begin, which properties they need and which they can have."""

    prefix: str
    needs: tuple[str, ...]
    can: tuple[str, ...] = TIMES
    classes: Table[str, str] = field(default_factory=dict)
    """Of which class the thing of a property is, where that is not the usual one."""

    @property
    def properties(self) -> tuple[str, ...]:
        """All of them."""
        return (*dict.fromkeys(self.needs), *self.can)


_TENURE = ("org:member", "org:organization", "org:role")
KINDS = {
    "mkg:Tenure": Kind("tenure", _TENURE, ("mkg:representing", *TIMES)),
    "mkg:PostHolding": Kind(
        "tenure", (*_TENURE, "mkg:post"), ("mkg:representing", *TIMES), {"org:member": "foaf:Person"}
    ),
    "mkg:Partnership": Kind("partnership", ("mkg:partner", "mkg:partner"), ("mkg:fromList", *TIMES)),
    "mkg:MemberCount": Kind("count", ("mkg:countOf", "mkg:countUnit", "schema:value")),
}
"""The classes of claims that rows can become."""


@dataclass(frozen=True)
class Column:
    """One column of the table, or a virtual one, which has the same value in every row."""

    name: str
    titles: tuple[str, ...] = ()
    term: str = ""
    """The property, as a prefixed name; none where the column is kept back."""

    about: str = ""
    """The name of the column of whose thing it tells; none where it tells of the claim."""

    value: str = ""
    """Template of the value, in which ``{name}`` stands for the cell; none where the cell is the value."""

    lang: str = ""
    default: str = ""
    nulls: tuple[str, ...] = ("",)
    date_format: str | None = None
    required: bool = False
    virtual: bool = False

    @property
    def title(self) -> str:
        """What the table calls it."""
        return self.titles[0] if self.titles else self.name


@dataclass(frozen=True)
class Mapping:
    """How the rows of a table become claims."""

    path: Path
    kind: str
    """The class of the claims, as a prefixed name."""

    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """Names of the columns that tell one row from the others."""

    dialect: Dialect
    lang: str
    description: Description

    @property
    def makes(self) -> dict[str, str]:
        """Name of a column → class of which things named in it are made where they are not known."""
        return {each.about: each.value for each in self.columns if each.about and each.term == "rdf:type"}

    @property
    def own(self) -> list[Column]:
        """The columns that tell of the claim."""
        return [each for each in self.columns if each.term and not each.about and each.term != "rdf:type"]

    def about(self, name: str) -> list[Column]:
        """Return the columns of the table that tell of the thing named in the column of that name."""
        return [each for each in self.columns if each.about == name and not each.virtual]


def mapping_of(table: Path) -> Path:
    """Return where the mapping of a table lies (Model for Tabular Data, section 5.3)."""
    return table.with_name(table.name + SUFFIX)
