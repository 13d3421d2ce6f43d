import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altcred.core.countries import (
    alpha3_of,
    country_label,
    is_country_name,
    is_person,
    list_countries,
    read_country,
)


@pytest.mark.parametrize(
    ("written", "iso3"),
    [
        ("Germany", "DEU"),
        ("  germany. ", "DEU"),
        ("Holland", "NLD"),
        ("UAE", "ARE"),
        ("U.A.E.", "ARE"),
        ("Iran, Islamic Republic of...", "IRN"),
        ("Hong Kong (S.A.R.)", "HKG"),
        ("Republic of Korea", "KOR"),
        ("Democratic People's Republic of Korea", "PRK"),
        ("South Korea", "KOR"),
        ("Niger", "NER"),
        ("Nigeria", "NGA"),
        ("Côte d'Ivoire", "CIV"),
        ("United States of America", "USA"),
        ("U.S.", "USA"),
        ("United Kingdom of Great Britain and Northern Ireland", "GBR"),
        ("Grossbritannien", "GBR"),
        ("Grande-Bretagne", "GBR"),
        ("Guinea-Bissau", "GNB"),
        ("Guinea", "GIN"),
        ("Dominican Republic", "DOM"),
        ("Dominica", "DMA"),
        ("Venezuela, Bolivarian Republic of...", "VEN"),
        ("Kosovo", "XKX"),
        ("DE", "DEU"),
        ("BRA", "BRA"),
    ],
)
def test_countries_are_read_as_people_write_them(written, iso3):
    assert read_country(written) == iso3


@pytest.mark.parametrize("written", ["", "  ", "NA", "no", "in", "Atlantis", "123", "12.5", "-"])
def test_what_is_no_country_is_not_read(written):
    assert read_country(written) is None


# Short, official and former names and common variants, as earlier versions read them too.
WRITTEN = Path(__file__).parent / "fixtures/country_names.csv"


def test_every_spelling_is_read_as_its_country():
    with WRITTEN.open(encoding="utf-8", newline="") as file:
        known = {line["written"]: line["code"] for line in csv.DictReader(file)}
    assert len(known) > 700
    assert {name: read_country(name) for name in known} == known
    for change in (str.upper, str.lower, "The {}".format, "{}, The".format, " {} ".format):
        changed = {name: read_country(change(name)) for name in known if len(name) > 4}
        assert changed == {name: known[name] for name in changed}, change


def test_every_code_and_label_is_read_as_its_country():
    assert len(list_countries()) == 250
    for code in list_countries():
        assert read_country(code) == read_country(country_label(code)) == code
        assert is_country_name(country_label(code))


@pytest.mark.parametrize(
    ("written", "iso3"),
    [
        ("Deutschland", "DEU"),
        ("ESPAÑA", "ESP"),
        ("Brasil", "BRA"),
        ("Türkei", "TUR"),
        ("Россия", "RUS"),
        ("Ελλάδα", "GRC"),
        ("Österreich", "AUT"),
        ("Việt Nam", "VNM"),
    ],
)
def test_names_in_other_languages_are_read_where_they_mean_one_country(written, iso3):
    assert read_country(written) == iso3


@pytest.mark.parametrize(
    ("written", "iso3"),
    [
        ("Lagos, Nigeria", "NGA"),
        ("Papua New Guinea, Port Moresby", "PNG"),
        ("Texas, USA", "USA"),
        ("Georgia, USA", None),
        ("Germany or France", None),
        ("New Mexico", None),
        ("WordPress in Peru", "PER"),
        ("it is in no way us", None),
    ],
)
def test_a_name_among_other_words_counts_where_it_is_the_only_one(written, iso3):
    assert read_country(written) == iso3


@pytest.mark.parametrize(
    "written",
    [
        *("April May Jordan", "april may jordan", "Chad Smith", "Georgia Brown", "Tom Holland"),
        *("Mrs India Jones", "Dr. Chad", "Israel Cohen", "Mary Jordan Smith", "Kathy Ireland"),
        *("Sofia Jordan", "Syria Kowalska", "Penélope España", "Chico Hollanda", "Don Francia"),
        *("JORDAN SMITH", "Jordan S.", "Jordan-Lee", "Atlanta Georgia", "Anatole France"),
    ],
)
def test_a_person_s_name_is_no_country(written):
    assert read_country(written) is None
    assert is_person(written)


@pytest.mark.parametrize(
    ("written", "iso3"),
    [
        *(("I live in Jordan", "JOR"), ("Amman, Jordan", "JOR"), ("Jordan (Amman)", "JOR")),
        *(("Amman Jordan", "JOR"), ("Jordan - Amman", "JOR"), ("Kingdom of Jordan", "JOR")),
        *(("London England", "GBR"), ("Mumbai India", "IND"), ("Republic of Georgia", "GEO")),
        *(("living in India now", "IND"), ("the country Georgia", "GEO"), ("Chad.", "TCD")),
        *(("Sofia, Bulgaria", "BGR"), ("Santiago Chile", "CHL"), ("Damasco, Syria", "SYR")),
        *(("Manchester, England", "GBR"), ("India and I love it", "IND"), ("Wales, UK", "GBR")),
    ],
)
def test_a_name_that_people_bear_is_a_country_s_where_it_stands_as_one(written, iso3):
    assert read_country(written) == iso3


def test_a_long_text_is_no_country_at_once():
    assert read_country("7" * 20_000) is read_country("in Jordan " * 9_000) is None


def test_numbers_of_countries_are_known():
    assert [alpha3_of(number) for number in (840, 8, 276, 688, 999)] == [
        *("USA", "ALB", "DEU", "SRB", None)
    ]


def test_an_unknown_code_is_its_own_label():
    assert country_label("USA") == "United States"
    assert country_label("ZZZ") == "ZZZ"


@given(st.text())
def test_any_text_is_a_known_country_or_none(text):
    iso3 = read_country(text)
    assert iso3 is None or country_label(iso3) != iso3
