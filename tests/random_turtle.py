"""Random Turtle: every form of term and list, and comments and blanks in every place between two tokens."""

from hypothesis import strategies as st

_GAPS = st.sampled_from(
    ["", "", "", "", " ", " ", "\n", "\n\n", "\n\n\n", " # c", "\n# own\n", "\n\n# apart\n\n", "\n  # in\n",
     " # a\n# b\n\n#\n", "\n# ---- Part ----\n", "  # ======== Head ========\n", "\r\n", "\t", "\n    \n",
     "\n#end.\n\n# ==== A ====\n# x\n"]
)  # fmt: skip
_NAMES = ["ex:a", "ex:b.c", "ex:", ":x", "z:\\,y", "ex:%41", "<http://example.org/long#name>"]
_IRIS = st.sampled_from(_NAMES)
_TEXTS = st.sampled_from(
    ['"x"', "'y'", '"a \\" # no comment"', '"""two\nlines # no comment\n"""', "'''q'''", '"A sentence."', '""',
     '"' + "long " * 22 + '"', '"\\u00fc"']
)  # fmt: skip
_KINDS = st.sampled_from([[], ["@de"], ["@en-GB"], ["^^", "xsd:date"], ["^^", "<http://example.org/t>"]])
_LITERALS = st.tuples(_TEXTS, _KINDS).map(lambda pair: [pair[0], *pair[1]])
_TERMS = st.one_of(
    _IRIS.map(lambda term: [term]),
    _LITERALS,
    st.sampled_from(["1", "-1.5", "1e3", "true", "false", "_:n.m", "[]", "()"]).map(
        lambda term: list(term) if term in ("[]", "()") else [term]
    ),
)
_VERBS = st.sampled_from(["a", "rdf:type", *_NAMES, "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"])

Tokens = list[str]


def _joined(parts: list[Tokens], mark: str) -> Tokens:
    return [token for number, part in enumerate(parts) for token in ([mark] if number and mark else []) + part]


def _predicates(values: st.SearchStrategy[Tokens]) -> st.SearchStrategy[Tokens]:
    objects = st.lists(values, min_size=1, max_size=3).map(lambda parts: _joined(parts, ","))
    pair = st.tuples(_VERBS, objects).map(lambda each: [each[0], *each[1]])
    return st.tuples(st.lists(pair, min_size=1, max_size=3), st.sampled_from([[], [";"], [";", ";"]])).map(
        lambda each: _joined(each[0], ";") + each[1]
    )


def _lists(values: st.SearchStrategy[Tokens]) -> st.SearchStrategy[Tokens]:
    return st.one_of(
        _predicates(values).map(lambda inner: ["[", *inner, "]"]),
        st.lists(values, max_size=3).map(lambda parts: ["(", *_joined(parts, ""), ")"]),
    )


_VALUES = st.recursive(_TERMS, _lists, max_leaves=5)
_STATEMENTS = st.one_of(
    st.tuples(_IRIS, _predicates(_VALUES)).map(lambda each: [each[0], *each[1], "."]),
    st.tuples(_lists(_VALUES).filter(lambda each: len(each) > 2), _predicates(_VALUES)).map(
        lambda each: [*each[0], *each[1], "."]
    ),
    _predicates(_VALUES).map(lambda inner: ["[", *inner, "]", "."]),
)
_DECLARED = {
    "ex:": "<http://example.org/>", ":": "<http://example.org/empty#>", "z:": "<http://example.org/z/>",
    "xsd:": "<http://www.w3.org/2001/XMLSchema#>", "rdf:": "<http://www.w3.org/1999/02/22-rdf-syntax-ns#>",
    "unused:": "<http://example.org/unused>",
}  # fmt: skip


def _directive(name: str) -> st.SearchStrategy[Tokens]:
    iri = _DECLARED[name]
    return st.sampled_from([["@prefix", name, iri, "."], ["PREFIX", name, iri]])


_OTHER = st.sampled_from([["@base", "<http://example.org/base>", "."], ["@prefix", "ex:", "<http://other.org/>", "."]])
_DIRECTIVES = st.permutations(list(_DECLARED)).flatmap(lambda names: st.tuples(*map(_directive, names)))


@st.composite
def turtle(draw: st.DrawFn) -> str:
    """Draw a Turtle file with comments anywhere."""
    parts = [*draw(_DIRECTIVES), *draw(st.lists(st.one_of(_STATEMENTS, _STATEMENTS, _again()), max_size=4))]
    if draw(st.integers(0, 3)) == 0:
        parts.insert(draw(st.integers(0, len(parts))), draw(_OTHER))
    tokens = _joined(parts, "")
    return "".join(_gap(draw(_GAPS)) + token for token in tokens) + draw(_GAPS)


def _again() -> st.SearchStrategy[Tokens]:
    return st.sampled_from(sorted(_DECLARED)).flatmap(_directive)


def _gap(text: str) -> str:
    """Return a gap that ends every comment in it and keeps two tokens apart."""
    return f"{text}\n" if "#" in text.rpartition("\n")[2] else text or " "
