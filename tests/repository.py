"""Where the checkout is, and the type of the fixture that edits a copy of its content."""

from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent

Edit = Callable[[str, str, str], int]
"""Replaces the one occurrence of a text in a file; returns the line where it stood. Arguments: file, old, new."""
