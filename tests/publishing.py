"""Sites with a history: content that is changed and published again."""

import shutil
from pathlib import Path

from metropolis_kg.content import FOLDERS, find_content
from metropolis_kg.curation.build import build
from repository import REPOSITORY

CONCEPT = """
statement-type:promise a skos:Concept ;
    skos:inScheme scheme:statement-types ;
    skos:broader statement-type:aim ;
    skos:prefLabel "Versprechen"@de , "promise"@en ;
    skos:definition
        "Was jemand zu tun verspricht."@de ,
        "What someone promises to do."@en .
"""

WORDINGS = ('"What is to be achieved."', '"What is to come about."')


class Publisher:
    """A copy of the repository's content, and the folder in which releases of it are published."""

    def __init__(self, folder: Path, base: str) -> None:
        self.root, self.var, self.base = folder / "content", folder / "var", base
        self.file = self.root / "ontology" / "statement-types.ttl"
        for each in FOLDERS:
            shutil.copytree(REPOSITORY / each, self.root / each)

    def publish(self) -> None:
        """Build and publish the content as it is now."""
        outcome = build(find_content(self.root), self.var, self.base)
        assert outcome.release, outcome.findings

    def toggle(self) -> None:
        """Add ``id/statement-type/promise``; where it is there, remove it."""
        text = self.file.read_text(encoding="utf-8")
        self.file.write_text(text.replace(CONCEPT, "") if CONCEPT in text else text + CONCEPT, encoding="utf-8")

    def change(self) -> None:
        """Change ``id/statement-type/aim``: write its definition in the other of two wordings."""
        text = self.file.read_text(encoding="utf-8")
        now, then = WORDINGS if WORDINGS[0] in text else WORDINGS[::-1]
        assert text.count(now) == 1
        self.file.write_text(text.replace(now, then), encoding="utf-8")
