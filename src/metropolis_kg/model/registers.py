"""Registers of others whose identifiers are IRIs, by the names that Popolo and others have for them."""

from collections.abc import Mapping

REGISTERS: Mapping[str, str] = {
    "wikidata": "http://www.wikidata.org/entity/{}",
    "geonames": "https://sws.geonames.org/{}/",
    "ror": "https://ror.org/{}",
    "gnd": "https://d-nb.info/gnd/{}",
}
"""Name of a register → its IRIs, in which ``{}`` stands for the identifier."""
