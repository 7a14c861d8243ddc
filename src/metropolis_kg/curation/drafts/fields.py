"""What is asked for each kind of new thing, in the order in which it is asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Answers = Mapping[str, str]
"""What was answered, by the name of the field; as written into Turtle where that differs from what was typed."""

Wanted = Callable[[Answers], bool]


@dataclass(frozen=True)
class Field:
    """One question: ``name`` is that of the option, ``reading`` how an answer is read (``reading.READINGS``)."""

    name: str
    reading: str = "text"
    of: str = ""
    """The class that a thing answered is of, or the scheme that it is in."""

    required: bool = True
    default_of: str = ""
    """The field whose answer is the default."""

    default: str = ""
    instead_of: str = ""
    """The field to name where this answer is missing, for which this is only a way out."""

    is_asked: Wanted = lambda _: True
    """Whether the question arises after what was answered before."""


CHOICES: dict[str, dict[str, str]] = {
    "class": {
        "organisation": "org:Organization",
        "public": "cv:PublicOrganisation",
        "government": "mkg:Government",
        "network": "mkg:CityNetwork",
        "unit": "org:OrganizationalUnit",
    },
    "text-kind": {"body": "mkg:BodyText", "caption": "mkg:Caption", "alternative": "mkg:AlternativeText"},
    "end-basis": {"stated": "mkg:Stated", "implied": "mkg:ImpliedBySuccession"},
    "language": {"de": "eulang:DEU", "en": "eulang:ENG"},
}
"""The answers to questions with a few answers, and the terms they stand for."""


def has_end(answers: Answers) -> bool:
    """Return whether a time was answered that has an end."""
    _, slash, last = answers.get("when", "").partition("/")
    return last not in ("", "..") if slash else False


def is_quoted(answers: Answers) -> bool:
    """Return whether the words of the source were given."""
    return bool(answers.get("quote"))


def _without(name: str) -> Wanted:
    return lambda answers: not answers.get(name)


def _not_quoted(answers: Answers) -> bool:
    return not is_quoted(answers)


EVIDENCE = [
    Field("quote", required=False),
    Field("starts-at", "position", required=False, is_asked=is_quoted),
    Field("text-kind", "choice", default="body", is_asked=is_quoted),
    Field("note-de", instead_of="quote", is_asked=_not_quoted),
    Field("note-en", is_asked=_not_quoted),
]

FIELDS: dict[str, list[Field]] = {
    "person": [Field("name-de"), Field("name-en", default_of="name-de")],
    "organisation": [
        Field("name-de"),
        Field("name-en", default_of="name-de"),
        Field("class", "choice", default="organisation"),
        Field("type", "thing", "scheme:organisation-types", required=False),
    ],
    "post": [
        Field("name-de"),
        Field("name-en"),
        Field("organisation", "thing", "org:Organization"),
        Field("role", "thing", "org:Role", required=False),
    ],
    "tenure": [
        Field("holder", "thing", "foaf:Agent"),
        Field("organisation", "thing", "org:Organization"),
        Field("role", "thing", "org:Role"),
        Field("post", "thing", "org:Post", required=False),
        Field("when", "edtf", required=False),
        Field("attested", "edtf", required=False, is_asked=_without("when")),
        Field("end-basis", "choice", required=False, is_asked=has_end),
        Field("succeeded-by", "thing", "mkg:Tenure", required=False, is_asked=has_end),
        *EVIDENCE,
    ],
    "partnership": [
        Field("partner", "thing", "org:Organization"),
        Field("with", "thing", "org:Organization"),
        Field("list", "thing", "mkg:PartnerList", required=False),
        *EVIDENCE,
    ],
    "event": [
        Field("title-de"),
        Field("title-en"),
        Field("organiser", "thing", "foaf:Agent", required=False),
        Field("location", "thing", "dct:Location", required=False),
        Field("part-of", "thing", "schema:Event", required=False),
        Field("when", "edtf", required=False),
        *EVIDENCE,
    ],
    "page": [
        Field("title-de"),
        Field("title-en"),
        Field("url", "url"),
        Field("text", "file"),
        Field("language", "choice", default="de"),
        Field("publisher", "thing", "foaf:Agent", required=False),
        Field("publisher-de", is_asked=_without("publisher")),
        Field("publisher-en", default_of="publisher-de", is_asked=_without("publisher")),
        Field("from", "date"),
        Field("until", "date"),
        Field("basis-de"),
        Field("basis-en"),
    ],
}
