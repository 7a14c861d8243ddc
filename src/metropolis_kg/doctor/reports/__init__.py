"""A diagnosis in the formats in which people and machines read it, each a function without a side effect."""

from collections.abc import Callable

from metropolis_kg.doctor.examination import Diagnosis
from metropolis_kg.doctor.reports.junit import as_junit
from metropolis_kg.doctor.reports.machine import as_json
from metropolis_kg.doctor.reports.text import as_text

FORMATS: dict[str, Callable[[Diagnosis, str], str]] = {
    "text": as_text,
    "json": lambda diagnosis, _: as_json(diagnosis),
    "junit": as_junit,
}
"""Every format by its name; each takes a diagnosis and a language, ``"de"`` or ``"en"``."""
