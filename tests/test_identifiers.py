import os
import stat
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altcred.core.errors import InvalidInput
from altcred.describe.study import StudyFile
from altcred.read.identifiers import (
    email_tokens,
    ip_tokens,
    key_path,
    load_key,
    normalise_email,
    normalise_ip,
    token_of,
)


def study(reconstructed=False, name="real"):
    return StudyFile.model_validate(
        {
            "name": name,
            "title": "t",
            "reconstructed": reconstructed,
            "program_types": {"t": {"label": "T"}},
            "programs": {"p": {"label": "P", "type": "t"}},
            "waves": {"begin": {"label": "b", "exports": ["b.csv"]}},
        }
    )


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("Jane@Example.ORG", "jane@example.org"),
        ("  jane@example.org\t", "jane@example.org"),
        ("<jane@example.org>", "jane@example.org"),
        ("j.a.n.e+x@example.org", "j.a.n.e+x@example.org"),
        ("", None),
        ("none", None),
        ("jane@", None),
        ("jane@localhost", None),
        ("a@x.org, b@x.org", None),
        ("n/a", None),
    ],
)
def test_e_mail_addresses(written, address):
    assert normalise_email(written) == address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        (" 198.51.100.7 ", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("5f57f20d14", "5f57f20d14"),
        ("0.0.0.0", None),
        ("127.0.0.1", None),
        ("", None),
        ("*******", None),
        ("n/a", None),
    ],
)
def test_network_addresses(written, address):
    assert normalise_ip(written) == address


def test_a_token_is_the_hmac_of_its_kind_and_address():
    # Computed with: printf 'email:a@x.org' | openssl dgst -sha256 -hmac key
    assert token_of(b"key", "email", "a@x.org") == EXPECTED
    assert email_tokens(b"key")(" A@x.org") == EXPECTED
    assert ip_tokens(b"key")("198.51.100.7") != ip_tokens(b"other")("198.51.100.7")
    assert email_tokens(b"key")("nobody") is None


EXPECTED = "d09ddb378179c77320026256f94041a2"


@given(st.text(), st.text())
def test_equal_tokens_mean_equal_addresses(one, other):
    for normalise, tokens in ((normalise_email, email_tokens), (normalise_ip, ip_tokens)):
        first, second = tokens(b"k")(one), tokens(b"k")(other)
        assert (first == second) == (normalise(one) == normalise(other))


def test_the_key_of_a_reconstructed_cohort_follows_from_its_name():
    assert load_key(study(True, "a")) == load_key(study(True, "a"))
    assert load_key(study(True, "a")) != load_key(study(True, "b"))


def test_the_key_of_a_real_cohort_is_made_once_outside_the_project(tmp_path, monkeypatch):
    project, keys = tmp_path / "project", tmp_path / "keys"
    project.mkdir()
    monkeypatch.chdir(project)
    monkeypatch.setenv("ALTCRED_KEYS", str(keys))
    key = load_key(study())
    assert len(key) == 32
    assert load_key(study()) == key
    assert load_key(study(name="another")) != key
    path = key_path(study())
    assert sorted(each.name for each in keys.iterdir()) == ["another.key", "real.key"]
    if sys.platform != "win32":
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert not list(project.rglob("*"))


def test_a_folder_for_keys_inside_the_project_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path / "keys"))
    with pytest.raises(InvalidInput, match="inside the project"):
        load_key(study())
    assert not (tmp_path / "keys").exists()


def test_a_folder_for_keys_is_inside_the_project_for_a_step_in_a_tree_of_links(
    tmp_path, monkeypatch
):
    (tmp_path / "tree").mkdir()
    (tmp_path / "params.yaml").touch()
    for name in ("params.yaml", "keys"):
        (tmp_path / "tree" / name).symlink_to(tmp_path / name)
    monkeypatch.chdir(tmp_path / "tree")
    monkeypatch.setenv("ALTCRED_KEYS", "keys")
    with pytest.raises(InvalidInput, match="inside the project"):
        load_key(study())
    assert not (tmp_path / "keys").exists()


def test_a_damaged_key_is_not_replaced(tmp_path, monkeypatch):
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path))
    (tmp_path / "real.key").write_text("secret?")
    with pytest.raises(InvalidInput, match="not a key") as caught:
        load_key(study())
    assert "secret" not in str(caught.value)
    assert (tmp_path / "real.key").read_text() == "secret?"
