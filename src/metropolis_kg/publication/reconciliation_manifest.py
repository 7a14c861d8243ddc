"""The service manifest of the reconciliation service (Reconciliation Service API 0.2, section “Service Manifest”)."""

from typing import Any

from metropolis_kg import __version__
from metropolis_kg.publication.reconciliation import Reconciler
from metropolis_kg.publication.reconciliation_request import MOST_QUERIES
from metropolis_kg.publication.reconciliation_terms import DEFAULT_TYPES, VocabularyTerm
from metropolis_kg.publication.words import Words

PREVIEW_WIDTH, PREVIEW_HEIGHT = 400, 240
"""Pixels of the frame in which a client shows a preview."""


def manifest(reconciler: Reconciler) -> dict[str, Any]:
    """Return the service manifest. Raises what the store raises.

    Ids are parts of the query of every address: in a path, “%2F” does not come through all servers.
    """
    release = reconciler.release
    endpoint, words = release.iri("reconcile"), Words(reconciler.language)
    return {
        "versions": ["0.2"],
        "name": words["reconciliation_service"],
        "identifierSpace": release.iri("id/"),
        "schemaSpace": release.prefixes["mkg"],
        "documentation": endpoint,
        "logo": release.iri("static/icon.svg"),
        "serviceVersion": __version__,
        "defaultTypes": [term.identified(reconciler.language) for term in default_types(reconciler)],
        "view": {"url": f"{endpoint}/view?id={{{{id}}}}"},
        "preview": {
            "url": f"{endpoint}/preview?id={{{{id}}}}", "width": PREVIEW_WIDTH, "height": PREVIEW_HEIGHT
        },
        "suggest": {
            name: {"service_url": endpoint, "service_path": f"/suggest/{name}"}
            for name in ("entity", "type", "property")
        },
        "extend": {
            "propose_properties": {"service_url": endpoint, "service_path": "/extend/propose"},
            "property_settings": [],
        },
        "batchSize": MOST_QUERIES,
    }  # fmt: skip


def default_types(reconciler: Reconciler) -> list[VocabularyTerm]:
    """Return the classes to offer first. Raises what the store raises."""
    known = reconciler.terms.classes
    return [known[iri] for iri in map(reconciler.iri, DEFAULT_TYPES) if iri in known]
