"""The document about a thing: its formats, how they are chosen, what it says of itself."""

from collections.abc import Iterator

import pyoxigraph as ox

from metropolis_kg.doctor.addresses import with_fields
from metropolis_kg.doctor.behaviours import asks
from metropolis_kg.doctor.examination import Asking
from metropolis_kg.doctor.exchange import Exchange
from metropolis_kg.doctor.finding import Finding, NotAskedError, UnreadableError, expect, left_out
from metropolis_kg.doctor.graphs import FORMATS, JSON_LD, JSON_LD_NAMESPACE, TURTLE, Graph, same
from metropolis_kg.doctor.names import HTML, PROBLEM, said
from metropolis_kg.doctor.publisher import BROWSER
from metropolis_kg.doctor.terms import IN_DATASET, LICENCES, MODIFIED, PRIMARY_TOPIC, SOURCES
from metropolis_kg.model.namespaces import XSD

_COUNTED_ON = (TURTLE, JSON_LD, "text/html")
_JSON = ("application/json", JSON_LD)


@asks("E4")
def formats_have_addresses(asking: Asking) -> Iterator[Finding]:
    """Each format has an address of its own, at which Accept changes nothing."""
    formats = asking.publisher.formats if asking.thing else {}
    for media_type in _COUNTED_ON:
        where = formats.get(media_type)
        yield expect(
            asking.get(asking.document, media_type), where, f"{media_type} has an address of its own", "none is told"
        )
    for media_type, url in formats.items():
        answer = asking.get(url, "image/png")
        yield expect(answer, answer.is_whole and answer.media_type == media_type, f"{media_type}, whatever Accept says")


@asks("E5")
def documents_are_negotiated(asking: Asking) -> Iterator[Finding]:
    """The document comes in the format that Accept names, and says where that very format is."""
    if asking.thing and not asking.publisher.one_document:
        raise NotAskedError("the thing leads to each format by itself; there is no one document that negotiates")
    offered = [media_type for media_type in (*FORMATS, "text/html") if _offers(asking, media_type)]
    yield expect(
        asking.turtle, len(offered) > 1, "the document comes in several formats", f"in {', '.join(offered) or 'none'}"
    )
    for media_type in offered:
        answer = asking.get(asking.document, media_type)
        yield expect(answer, "accept" in answer.tokens("Vary"), "Vary names Accept", said(answer, "Vary"))
        yield expect(answer, answer.content_location, "Content-Location says where this format is", "it does not")
        if answer.content_location and asking.publisher.within.holds(answer.content_location):
            own = asking.get(answer.content_location)
            yield expect(
                own, own.is_whole and own.body == answer.body, "at Content-Location there is the same", own.came
            )


def _offers(asking: Asking, media_type: str) -> bool:
    answer = asking.get(asking.document, media_type)
    return answer.is_whole and answer.media_type == media_type


def _profiled(form: str) -> str:
    return f'{JSON_LD};profile="{JSON_LD_NAMESPACE}{form}"'


_CHOICES: dict[str, tuple[str, ...]] = {
    "text/*": ("text/turtle", "text/html", "text/plain", "text/n3"),
    "text/turtle;q=0.2, application/ld+json;q=0.9": (JSON_LD,),
    "text/turtle;charset=utf-8": (TURTLE,),
    "Text/Turtle": (TURTLE,),
    _profiled("expanded"): (JSON_LD,),
    "application/json": _JSON,
    "application/rdf+xml, text/rdf;q=0.6, text/turtle;q=0.9, */*;q=0.1": tuple(FORMATS),
    "application/n-triples, text/turtle, application/rdf+xml;q=0.9, */*;q=0.1": tuple(FORMATS),
    "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,text/turtle;q=0.6,*/*;q=0.1": tuple(FORMATS),
    BROWSER: HTML,
}
"""What clients send (a browser, rapper, Jena and Comunica among them), and what may come."""

_UNREADABLE = ("foo", "text/turtle;q=abc", "," * 50, "text/turtle, " * 600)


@asks("E6")
def accept_is_understood(asking: Asking) -> Iterator[Finding]:
    """Accept is read as RFC 9110 section 12.5.1 has it: q, parameters, capitals, and what is no Accept at all."""
    document = asking.document
    offered = {each for each in (*FORMATS, "text/html") if _offers(asking, each)}
    for accept, may_come in _CHOICES.items():
        answer = asking.get(document, accept)
        fits = answer.media_type in may_come if offered & set(may_come) else answer.status < 500
        yield expect(answer, answer.status and fits, f"{accept[:60]} is answered as it asks")
    plain, anything = asking.get(document), asking.get(document, "*/*")
    yield expect(anything, plain.media_type == anything.media_type and plain.status == 200, "*/* is as without Accept")
    excluded = asking.get(document, "text/turtle;q=0, */*;q=0.1")
    yield expect(excluded, excluded.status == 200 and excluded.media_type != TURTLE, "q=0 excludes a format")
    for accept in _UNREADABLE:
        answer = asking.get(document, accept)
        yield expect(answer, 200 <= answer.status < 500, f"an unreadable Accept ({accept[:20]}) is no accident")


@asks("E7")
def not_acceptable(asking: Asking) -> Iterator[Finding]:
    """What does not come in the format asked for is 406, with what there is."""
    answer = asking.get(asking.document, "image/png")
    yield expect(answer, answer.status == 406, "406 for a format that there is not")
    yield expect(answer, answer.media_type == PROBLEM, "the error is application/problem+json")
    named = answer.text + answer.header("Link")
    yield expect(
        answer, sum(each in named for each in FORMATS) > 1, "the error lists the formats there are", "it does not"
    )


@asks("E13")
def documents_of_a_day(asking: Asking) -> Iterator[Finding]:
    """A document can be asked for a day: what was certain or possible then."""
    plain, wrong = asking.turtle, asking.get(with_fields(asking.document, {"at": "2018-13-45"}), TURTLE)
    dated = asking.get(with_fields(asking.document, {"at": "2018-03-15"}), TURTLE)
    if wrong.status != 400 and (not dated.is_whole or dated.body == plain.body):
        raise NotAskedError("its documents cannot be asked for a day: ?at= changes nothing")
    yield expect(wrong, wrong.status == 400, "what is no day is 400")
    yield expect(wrong, "20" in wrong.text and "-" in wrong.text, "the error names the form of a day", "it does not")
    yield expect(dated, dated.is_whole, "a day is answered")
    graph, day = asking.graph(dated), ox.Literal("2018-03-15", datatype=ox.NamedNode(f"{XSD}date"))
    marked = [each for each in graph.triples if each.object == day]
    yield expect(dated, marked, "what held then is marked with the day", "no statement has the day")
    own = dated.header("ETag") != plain.header("ETag") and dated.content_location != plain.content_location
    yield expect(dated, own, "a document of a day has an entity tag and an address of its own", "it has the other's")


@asks("E15")
def documents_describe_themselves(asking: Asking) -> Iterator[Finding]:
    """Each RDF document says what it is about, what it is part of, under which licence, how old, from which source."""
    for media_type in (each for each in FORMATS if _offers(asking, each)):
        answer = asking.get(asking.document, media_type)
        graph = asking.graph(answer)
        topics = graph.subjects(PRIMARY_TOPIC, ox.NamedNode(asking.thing))
        yield expect(
            answer, topics, f"{media_type}: foaf:primaryTopic is the thing", "nothing has the thing as its topic"
        )
        about = topics[0] if topics else ox.NamedNode(asking.document)
        for what, terms in (("void:inDataset", (IN_DATASET,)), ("a licence", LICENCES), ("a date of change", MODIFIED)):
            yield expect(answer, graph.objects(about, *terms), f"{media_type}: the document has {what}", "it has none")
        yield expect(answer, graph.objects(None, *SOURCES), f"{media_type}: a source is named", "none is")


@asks("E16")
def formats_are_the_same_graph(asking: Asking) -> Iterator[Finding]:
    """All RDF formats of a document are one graph (RDFC-1.0)."""
    graphs: dict[str, tuple[Exchange, Graph]] = {}
    for media_type in (each for each in FORMATS if _offers(asking, each)):
        answer = asking.get(asking.document, media_type)
        try:
            graphs[media_type] = answer, asking.graph(answer)
        except UnreadableError as error:
            yield expect(answer, False, f"{media_type} can be read", str(error))
    if len(graphs) < 2:
        raise NotAskedError(f"it comes in {len(graphs)} format of RDF; two are needed to compare")
    (name, (_, first)), *others = graphs.items()
    for media_type, (answer, graph) in others:
        try:
            came = f"{len(graph.triples - first.triples)} statements more, {len(first.triples - graph.triples)} less"
            yield expect(answer, same(first, graph), f"{media_type} states what {name} states", came)
        except TimeoutError:
            yield left_out(f"{media_type} states what {name} states", "its blank nodes are too much alike to compare")
