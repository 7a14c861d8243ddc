"""Processes that examine what clients send: what becomes of one that does not start."""

from pathlib import Path

import pytest

from metropolis_kg.content import Content
from metropolis_kg.curation import examiners
from metropolis_kg.curation.examiner import Limits
from metropolis_kg.curation.examiners import Examiners, ExaminersAwayError
from metropolis_kg.model.namespaces import CANONICAL_BASE


def test_a_process_that_does_not_start_in_time_is_given_up(
    content: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examiners, "_SLOWEST", 0.01)
    with pytest.raises(ExaminersAwayError, match="no reason is known"):
        Examiners(content, tmp_path, Limits()).start(CANONICAL_BASE)


def test_content_that_cannot_be_used_is_the_reason_why_none_starts(tmp_path: Path) -> None:
    with pytest.raises(ExaminersAwayError, match=r"prefixes\.ttl"):
        Examiners(Content(tmp_path), tmp_path, Limits()).start(CANONICAL_BASE)
