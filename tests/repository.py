"""Where the checkout is, and the type of the fixture that edits a copy of its content."""

from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent

Edit = Callable[[str, str, str], int]
"""Replaces the one occurrence of a text in a file; returns the line where it stood. Arguments: file, old, new."""

HOSTILE = "</script><script>alert(1)</script><!-- <script> & \u2028\u2029 ' \" ]]> EUROCITIES"
"""A name that would break out of a page that does not take care."""
