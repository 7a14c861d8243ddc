"""Deriving again after an edit: only what the rules say about the owners that the edit can affect.

A changed statement is followed backwards along each rule's footprint to the owners (``keyed_rules``) about which the
rule may derive something else. All that is derived about them is dropped and derived again, rule by rule in the order
of a full run; what changes thereby is followed in turn, until nothing more is affected. Rules that are not keyed run in
full each time, after what they derived was dropped. Where a rule could see what a later one derived about some other
thing, that thing is an owner too, so that the rule sees what it sees in a full run. Where this is not certain, or too
much, everything is derived again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import pyoxigraph as ox

from metropolis_kg.curation.keyed_rules import KeyedRule, Kind, kind_of, may_match
from metropolis_kg.curation.rules import Rule, construct, described
from metropolis_kg.curation.slicing import affected, slice_of
from metropolis_kg.curation.steps import End, Triple
from metropolis_kg.model.dataset import DERIVED_GRAPHS

_MOST = 2_000
"""Owners about whom deriving again takes about as long as following changes does."""

_PLACES = 20_000
"""How far a change is followed for each rule, in places looked at: a tenth of a second."""

Quads = set[ox.Quad]
Owners = set[ox.NamedNode]


class _EverythingError(Exception):
    """What an edit affects is not certain, or too much."""


class Rederivation:
    """What the rules derive, following the edits of what is written.

    >>> following = Rederivation(store, rules, prefixes, base)  # doctest: +SKIP
    >>> added, removed = following.consequences(added=[quad], removed=[other])  # doctest: +SKIP
    """

    def __init__(self, store: ox.Store, rules: Sequence[Rule], prefixes: dict[str, str], base: str) -> None:
        """Run the rules; ``store`` holds what is written, and then what is derived too. Raises ContentError."""
        self._store, self._prefixes = store, prefixes
        self._rules = [KeyedRule(rule, prefixes) for rule in rules]
        self._fragments = sorted(frozenset[str]().union(*(each.fragments for each in self._rules)))
        self._graphs = {name: ox.NamedNode(f"{base}graph/{name}") for name in DERIVED_GRAPHS}
        about = ((said, self._graphs[rule.graph]) for rule in rules for said in described(rule, prefixes))
        self._described = {_quad(said, graph) for said, graph in about}
        self._in_full: dict[str, Quads] = {}
        self._kinds: defaultdict[str, set[Kind]] = defaultdict(set)
        self._footprints = [footprint for each in self._rules for footprint in each.footprints]
        self._store.extend(self._described)
        self._run_all()

    def consequences(self, added: Iterable[ox.Quad] = (), removed: Iterable[ox.Quad] = ()) -> tuple[Quads, Quads]:
        """Return all quads that come and that go by an edit of what is written, derived ones among them.

        The store is left as it was: the caller changes it before asking again. Raises ContentError.
        """
        wanted = set(added)
        coming = {quad for quad in wanted if quad not in self._store}
        going = {quad for quad in removed if quad in self._store and quad not in wanted}
        self._store.extend(coming)
        try:
            came, went = self._followed(coming, going)
        except _EverythingError:
            came, went = self._all_again(going)
        finally:
            self._remove(coming)
            self._store.extend(going)
        return coming | came, going | went

    def _followed(self, coming: Quads, going: Quads) -> tuple[Quads, Quads]:
        """Return the derived quads that come and go. Raises _EverythingError."""
        owners = self._affected(coming | going) | self._owners_in_full()
        self._remove(going)
        old, new = set[ox.Quad](), set[ox.Quad]()
        try:
            while True:
                owners = self._with_what_is_seen_early(owners)
                self._remove(new)
                dropped = self._derived_about(owners)
                old |= dropped
                self._remove(dropped)
                new.clear()
                self._run(owners, new)
                more = (self._affected(old ^ new) | self._owners_in_full()) - owners
                if not more:
                    return new - old, old - new
                owners |= more
        finally:
            self._remove(new)
            self._store.extend(old)

    # Owners

    def _owner(self, node: End) -> ox.NamedNode | None:
        """Return the owner of what is derived about ``node``; none for what cannot be a subject."""
        if isinstance(node, ox.BlankNode):
            raise _EverythingError
        if not isinstance(node, ox.NamedNode):
            return None
        fragment = next((each for each in self._fragments if node.value.endswith(each)), "")
        return ox.NamedNode(node.value.removesuffix(fragment))

    def _owners(self, nodes: Iterable[End]) -> Owners:
        return {owner for node in nodes if (owner := self._owner(node)) is not None}

    def _owners_in_full(self) -> Owners:
        """Return the owners of what rules that run in full derived."""
        return self._owners(quad.subject for quad in chain.from_iterable(self._in_full.values()))

    def _subjects(self, owners: Owners) -> Owners:
        """Return every node about which statements belong to ``owners``."""
        places = ((owner.value, each) for owner in owners for each in ("", *self._fragments))
        return {ox.NamedNode(owner + fragment) for owner, fragment in places if not (fragment and "#" in owner)}

    def _affected(self, changed: Quads) -> Owners:
        """Return the owners about whom a keyed rule may derive something else than before.

        Of the changed statements on the way from an owner the one next to it leads to it, so the store may hold them or
        not.
        """
        triples = {_triple(quad) for quad in changed}
        found: Owners = set()
        for footprint in self._footprints:
            nodes = affected(self._store, footprint, triples, _PLACES)
            if nodes is None:
                raise _EverythingError
            found |= self._owners(nodes)
        return found

    def _with_what_is_seen_early(self, owners: Owners) -> Owners:
        """Return ``owners`` with the things of which a rule could see what a later rule derived about them."""
        rules = [(rule, late) for rule, late in self._with_later_kinds() if rule.reads_of_others(late)]
        if any(rule.keys is None for rule, _ in rules):
            raise _EverythingError
        all_owners, waiting = set(owners), set(owners)
        while waiting:
            seen = {subject for rule, late in rules for subject in self._seen(rule, late, waiting)}
            waiting = self._owners(seen) - all_owners
            all_owners |= waiting
            if len(all_owners) > _MOST:
                raise _EverythingError
        return all_owners

    def _with_later_kinds(self) -> Iterator[tuple[KeyedRule, set[Kind]]]:
        """Yield each rule with what keyed rules derive that run with it or after it."""
        late: set[Kind] = set()
        for rule in reversed(self._rules):
            own = set() if rule.keys is None else rule.produces or self._kinds[rule.rule.name]
            yield rule, late | own
            late |= own

    def _seen(self, rule: KeyedRule, late: set[Kind], owners: Owners) -> Iterator[End]:
        for footprint in rule.footprints:
            read = slice_of(self._store, [(footprint, self._subjects(owners))])
            if read is None:
                raise _EverythingError
            for triple in read:
                if any(may_match(kind_of(triple), kind) for kind in late):
                    yield triple.subject

    # Running rules

    def _run(self, owners: Owners, new: Quads) -> None:
        """Run the rules about ``owners``; what they add to the store is added to ``new`` too."""
        subjects = self._subjects(owners)
        for rule in self._rules:
            made = self._made(rule, rule.rule) if rule.keys is None else self._made_about(rule, subjects)
            fresh = {quad for quad in made if quad not in self._store}
            self._note(rule, made)
            self._store.extend(fresh)
            new |= fresh

    def _made_about(self, rule: KeyedRule, subjects: Owners) -> Quads:
        made = chain.from_iterable(self._made(rule, each) for each in rule.about(subjects))
        return {quad for quad in made if quad.subject in subjects}

    def _made(self, rule: KeyedRule, query: Rule) -> Quads:
        triples = ox.parse(construct(query, self._store, self._prefixes), format=ox.RdfFormat.N_TRIPLES, lenient=True)
        return {_quad(quad.triple, self._graphs[rule.rule.graph]) for quad in triples}

    def _note(self, rule: KeyedRule, made: Quads) -> None:
        """Keep what has to be known of what a rule derived."""
        if rule.keys is None:
            self._in_full[rule.rule.name] = made
        elif rule.produces is None:
            self._kinds[rule.rule.name] |= {(quad.predicate.value, None) for quad in made}

    # Everything

    def _all_again(self, going: Quads) -> tuple[Quads, Quads]:
        """Derive everything again; return the derived quads that come and go, and leave the store as it was."""
        self._remove(going)
        old, new = self._derived(), set[ox.Quad]()
        self._remove(old)
        try:
            self._run_all()
            new = self._derived()
        finally:
            self._remove(new)
            self._store.extend(old)
        return new - old, old - new

    def _run_all(self) -> None:
        for rule in self._rules:
            triples = construct(rule.rule, self._store, self._prefixes)
            if rule.keys is None or rule.produces is None:
                self._note(rule, self._made(rule, rule.rule))
            graph = self._graphs[rule.rule.graph]
            self._store.bulk_load(triples, format=ox.RdfFormat.N_TRIPLES, to_graph=graph, lenient=True)

    def _derived(self) -> Quads:
        graphs = (self._store.quads_for_pattern(None, None, None, graph) for graph in self._graphs.values())
        return set(chain.from_iterable(graphs)) - self._described

    def _derived_about(self, owners: Owners) -> Quads:
        places = ((subject, graph) for subject in self._subjects(owners) for graph in self._graphs.values())
        found = (self._store.quads_for_pattern(subject, None, None, graph) for subject, graph in places)
        return set(chain.from_iterable(found)) - self._described

    def _remove(self, quads: Iterable[ox.Quad]) -> None:
        for quad in quads:
            self._store.remove(quad)


def _quad(triple: ox.Triple, graph: ox.NamedNode) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)


def _triple(quad: ox.Quad) -> Triple:
    return quad.subject, quad.predicate, quad.object
