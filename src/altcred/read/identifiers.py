"""E-mail and network addresses, participant codes and names to keyed tokens, and then gone.

A token is the first 32 hexadecimal digits of HMAC-SHA256 over the normalised address or code.
Without the key nobody can find out what a token stands for by trying addresses. The key of a real
cohort is made on first use, in a file outside the project; that of a reconstructed cohort is
derived from its name, since its addresses belong to nobody and its build must come out the same
on every machine.
"""

import hashlib
import hmac
import ipaddress
import os
import re
import secrets
import sys
import unicodedata
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from pathlib import Path

from altcred.core.errors import refuse
from altcred.describe.study import Study
from altcred.kinds.reading import fold_text, plain_code
from altcred.read.identities import Identity

TOKEN_DIGITS = 32
# Bits of the filter that tells how alike two names are, and how many of them a bigram sets.
_FILTER_BITS, _FILTER_HASHES = 1000, 15
_NO_CODE = {
    *("n/a", "na", "n.a.", "n.a", "#n/a", "nan", "null", "#null!", "nil", "none", "nocode"),
    *("unknown", "missing", "notapplicable", "anonymous"),
}
_NO_CODE_FORM = re.compile(r"x+|-\d{1,4}|\d[.,]\d+e\+\d+")
# What a platform writes in the place of an address, which has points or colons.
_OTHER_ID = re.compile(r"[0-9a-z_-]{8,}")
# An address of version 4 that names a machine, in its one spelling.
_PLAIN_IP = re.compile(
    r"(?!0\.0\.0\.0$|127\.|22[4-9]\.|23[0-9]\.)"
    r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.(?!$)|$)){4}"
)
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}")


def normalise_email(text: str) -> str | None:
    """Return an e-mail address trimmed and in small letters; None where it cannot be one.

    Nothing else is taken as equal: dots and plus signs before the @ mean different mailboxes
    with some providers.
    """
    plain = text.strip().strip("<>").casefold().removeprefix("mailto:")
    return plain if _EMAIL.fullmatch(plain) else None


def normalise_ip(text: str) -> str | None:
    """Return a network address in one spelling; None where it is blank or names no machine.

    An address that the survey platform has already replaced by an id of its own is taken as is.
    """
    plain = text.strip().casefold()
    if _PLAIN_IP.fullmatch(plain) or _OTHER_ID.fullmatch(plain):
        return plain
    try:
        address = ipaddress.ip_address(plain)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_unspecified or address.is_loopback or address.is_multicast:
        return None
    return str(address)


def token_of(key: bytes, kind: str, address: str) -> str:
    """Return the token of a normalised address; `kind` keeps e-mails and networks apart."""
    return _signer(key, kind)(address)


@lru_cache(maxsize=64)
def _signer(key: bytes, kind: str) -> Callable[[str], str]:
    """Return the function that makes tokens of one kind.

    What all of them begin with is hashed once: a library's HMAC takes more than twice as long.
    """
    padded = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(one ^ 0x36 for one in padded) + f"{kind}:".encode())
    outer = hashlib.sha256(bytes(one ^ 0x5C for one in padded))

    def sign(address: str) -> str:
        within, around = inner.copy(), outer.copy()
        within.update(address.encode())
        around.update(within.digest())
        return around.hexdigest()[:TOKEN_DIGITS]

    return sign


def email_tokens(key: bytes) -> Callable[[str], str | None]:
    """Return the function from an e-mail address as written to its token, None where blank."""
    return _tokens("email", normalise_email, key)


def ip_tokens(key: bytes) -> Callable[[str], str | None]:
    """Return the function from a network address as written to its token, None where blank."""
    return _tokens("ip", normalise_ip, key)


def _tokens(
    kind: str, normalise: Callable[[str], str | None], key: bytes
) -> Callable[[str], str | None]:
    sign = _signer(key, kind)

    def token(text: str) -> str | None:
        address = normalise(text)
        return None if address is None else sign(address)

    return token


def normalise_code(
    text: str, *, exact: bool = False, leading_zeros: bool = True, blank: Collection[str] = ()
) -> str | None:
    """Return a participant code in one spelling; None where what is written is no code.

    Capitals, blanks and the way in which letters are composed tell nobody apart, leading zeros do
    unless told otherwise; where `exact`, capitals and blanks within do as well. What has neither
    letter nor digit is no code, nor are the words for none, x alone, the negative numbers that
    stand for a missing answer, and a number that a spreadsheet has cut short (1.2E+11).
    """
    folded = "".join(unicodedata.normalize("NFKC", fold_text(text)).split())
    is_blank = folded in _NO_CODE or folded in {"".join(fold_text(one).split()) for one in blank}
    if is_blank or not any(map(str.isalnum, folded)) or _NO_CODE_FORM.fullmatch(folded):
        return None
    code = unicodedata.normalize("NFC", text.strip()) if exact else plain_code(folded)
    return code if leading_zeros or not code.isdecimal() else code.lstrip("0") or "0"


def code_token(key: bytes, identity: Identity, parts: Sequence[str | None]) -> str | None:
    """Return the token of a code from its parts as written; None where one of them is blank."""
    codes = _normalise_parts(identity, parts)
    return token_of(key, identity.name, identity.separator.join(codes)) if codes else None


def tell_lengths(identity: Identity, parts: Sequence[str | None]) -> str | None:
    """Return how long the parts of a code are: 1,2 where they are 1 and 23."""
    return ",".join(str(len(code)) for code in _normalise_parts(identity, parts)) or None


def _normalise_parts(identity: Identity, parts: Sequence[str | None]) -> list[str]:
    """Return the parts of a code, each in one spelling; nothing where one of them is blank."""
    found = (
        normalise_code(
            part or "",
            exact=identity.exact,
            leading_zeros=identity.leading_zeros,
            blank=identity.blank,
        )
        for part in parts
    )
    codes = [code for code in found if code]
    return codes if len(codes) == len(parts) else []


def spell_likeness(key: bytes, identity: Identity, parts: Sequence[str | None]) -> str | None:
    """Return zeros and ones that are the more alike the more alike two names are spelled.

    A Bloom filter of the name's keyed bigrams (Schnell, Bachteler and Reiher 2009), without regard
    to capitals, accents and the order of words; None where there is no name.
    """
    text = " ".join(filter(None, parts))
    if normalise_code(text, blank=identity.blank) is None:
        return None
    decomposed = unicodedata.normalize("NFKD", fold_text(text))
    words = re.findall(r"\w+", "".join(one for one in decomposed if not unicodedata.combining(one)))
    places: set[int] = set()
    for bigram in {f" {word} "[at : at + 2] for word in words for at in range(len(word) + 1)}:
        digest = hmac.digest(key, f"{identity.name} spelled:{bigram}".encode(), "sha256")
        places |= {
            int.from_bytes(digest[at : at + 2], "big") % _FILTER_BITS
            for at in range(0, 2 * _FILTER_HASHES, 2)
        }
    return "".join("1" if place in places else "0" for place in range(_FILTER_BITS))


def load_key(study: Study) -> bytes:
    """Return the key of a cohort, made on first use where its people are real.

    The key lies in the folder that the environment's ALTCRED_KEYS names, else in the user's
    configuration folder, readable by the user alone. Raises InvalidInput where that folder is
    inside the project, from where it could be published, or the file is not a key.
    """
    if study.mark:
        # Nobody is behind the addresses, and whoever has the exports has them all.
        kind = study.mark.lower()
        return hashlib.sha256(f"altcred: {kind} cohort {study.name}".encode()).digest()
    path = key_path(study)
    # A step that runs ahead of its build has links to the project's files, this one among them.
    roots = {Path.cwd().resolve(), Path("params.yaml").resolve().parent}
    if any(path.resolve().is_relative_to(root) for root in roots):
        message = "lies inside the project, so the key could be published with it."
        refuse("ALTCRED_KEYS", str(path.parent), message, "Name a folder outside the project.")
    if not path.exists():
        _make_key(path)
    content = path.read_text(encoding="ascii", errors="replace").strip()
    if not re.fullmatch(r"[0-9a-f]{64}", content):
        remedy = "Restore it from a copy, or remove it: a new one is made, and tokens change."
        refuse(path, "", "is not a key altcred made.", remedy)
    return bytes.fromhex(content)


def key_path(study: Study) -> Path:
    """Return where the key of a real cohort lies."""
    folder = os.environ.get("ALTCRED_KEYS")
    return (Path(folder) if folder else _config_folder() / "keys") / f"{study.name}.key"


def _config_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home())) / "altcred"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "altcred"


def _make_key(path: Path) -> None:
    """Write a new key; where another run makes one at the same moment, the first stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(32) + "\n")
        if not path.exists():
            try:
                os.link(aside, path)
            except FileExistsError:
                return
    finally:
        aside.unlink()
