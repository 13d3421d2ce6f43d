import pytest
from hypothesis import given
from hypothesis import strategies as st

from altcred.core.countries import _table, country_label, read_country


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


def test_every_short_and_official_name_and_code_is_read_as_its_country():
    for short, official, _, _, three in _table():
        iso3 = "XKX" if three == "XKV" else three
        assert read_country(short) == iso3
        assert read_country(official) == iso3
        assert read_country(iso3) == iso3
        assert country_label(iso3)


def test_an_unknown_code_is_its_own_label():
    assert country_label("USA") == "United States"
    assert country_label("ZZZ") == "ZZZ"


@given(st.text())
def test_any_text_is_a_known_country_or_none(text):
    iso3 = read_country(text)
    assert iso3 is None or country_label(iso3) != iso3
