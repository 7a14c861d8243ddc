"""Texts that tests send to be validated."""

FAULTY = """\
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix mkg: <https://w3id.org/metropolis-kg/ns#> .
@prefix person: <https://w3id.org/metropolis-kg/id/person/> .

person:erika a mkg:Person ;
    foaf:name "Erika"@de ;
    foaf:nam "Erika" .
"""
