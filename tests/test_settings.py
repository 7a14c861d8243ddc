"""Settings: read from the environment, complaining by name, value and the form expected; handed on as they are."""

from pathlib import Path

import pytest

from metropolis_kg.errors import SettingError
from metropolis_kg.settings import Settings


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("QUERY_SECONDS", "0", "a whole number of at least 1."),
        ("QUERY_SECONDS", "soon", "a whole number of at least 1."),
        ("QUERY_ROWS", "-5", "a whole number of at least 1."),
        ("QUERY_MEMORY", "15", "a whole number of at least 16."),
        ("QUERY_MEGABYTES", "2048", "a whole number of at least 1 and at most 2047."),
        ("QUERIES_WAITING", "٣", "a whole number of at least 0."),
        ("BASE_IRI", "https://example.org/kg", "an absolute http or https IRI such as https://example.org/kg/"),
        ("BASE_IRI", "https://example.org/?a/", "an absolute http or https IRI"),
        ("STORE", "example.org/sparql", "an absolute http or https IRI such as https://example.org/sparql"),
        ("SERVICES", "https://example.org/sparql ftp://example.org/", "an absolute http or https IRI"),
        ("SERVICES_PRIVATE", "true", "yes or no."),
    ],
)
def test_a_wrong_value_is_told_by_name_with_the_form_expected(name: str, value: str, expected: str) -> None:
    with pytest.raises(SettingError) as caught:
        Settings.from_environ({f"METROPOLIS_KG_{name}": value})
    assert str(caught.value).startswith(f"METROPOLIS_KG_{name} is '{value.split()[-1]}'; expected {expected}")


def test_the_environment_that_settings_write_gives_the_same_settings() -> None:
    given = Settings(
        var=Path("/srv/var"), base_iri="https://example.org/kg/", query_megabytes=2047, queries_at_once=3, proxies=1,
        services=("https://a.example/sparql", "https://b.example/sparql"), services_private=True, cache_megabytes=0,
    )  # fmt: skip
    assert Settings.from_environ(given.environ()) == given


def test_without_an_environment_settings_are_those_documented() -> None:
    assert Settings.from_environ({}) == Settings()
    assert Settings.from_environ({"METROPOLIS_KG_QUERY_SECONDS": ""}).query_seconds == 30
