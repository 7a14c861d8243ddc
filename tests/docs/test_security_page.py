"""The page on security names every limit, with the default that it has."""

import re

from metropolis_kg.settings import PREFIX, Settings
from repository import REPOSITORY

ROW = re.compile(rf"^\| `{PREFIX}(\w+)` \| ([^|]+) \|", re.MULTILINE)
LIMITS = (int, int | None)


def rows() -> dict[str, str]:
    """Return the settings of the table, as fields of ``Settings``, with their defaults as it says them."""
    page = (REPOSITORY / "docs" / "security.md").read_text(encoding="utf-8")
    return {name.lower(): default for name, default in ROW.findall(page)}


def said(default: object) -> str:
    """Return how the table says a default."""
    if isinstance(default, bool):
        return "yes" if default else "no"
    return "none" if default in (None, ()) else str(default)


def test_each_limit_stands_there_with_its_default() -> None:
    settings = Settings()
    assert rows() == {name: said(getattr(settings, name)) for name in rows()}


def test_no_limit_is_missing() -> None:
    fields = Settings.__dataclass_fields__.values()
    assert {field.name for field in fields if field.type in LIMITS} - rows().keys() == set()


def test_the_page_is_where_the_project_says_how_to_report() -> None:
    assert "(docs/security.md)" in (REPOSITORY / "SECURITY.md").read_text(encoding="utf-8")
