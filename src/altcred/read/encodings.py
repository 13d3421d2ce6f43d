"""Tells in which encoding a text was saved, by its letters."""

import codecs
import re

# How much of it tells UTF-16 without a mark, and how much it must be.
_BEGINNING, _SHORTEST = 4096, 8
# Signs that stand between letters only where a text is of another encoding than Windows-1252, such
# as that of old Macs or of central Europe, and capitals that stand there inside a word.
_MISREAD = re.compile(r"[^\W\d_][¹³¿¼¾±¶¢¥¡ª¦§„”‚ˆ‡†‰™ƒ‹›¤¨¸][^\W\d_]|[a-zà-ÿ][ŠŽŸŒ]")
# The letters of central Europe that Windows-1250 has, and signs where no text of it has them.
_CENTRAL = frozenset("ąćęłńóśźżáčďéěíňřšťúůýžöőüűľĺŕôäđăâîşţß")
_NOT_CENTRAL = re.compile(r"[^\W\d_](?![\w’–])[^\x00-\x7f][^\W\d_]|[a-zà-ž][ŠŽŚŤŹ]")
# What encodings that are guessed are called.
GUESSED = {
    **{f"cp{one}": f"Windows-{one}" for one in (1250, 1251, 1252, 1253, 1254)},
    **{"cp932": "Shift JIS", "cp949": "EUC-KR", "gb18030": "GB 18030"},
    **{"big5": "Big5", "koi8_r": "KOI8-R"},
}
# Of each encoding of another script the letters of its own, and how many of all these must be.
_SCRIPTS = {
    "cp932": ("[ぁ-ヾ]", 0.2),
    "cp949": ("[가-힣]", 0.9),
    **dict.fromkeys(("gb18030", "big5"), ("[一-鿿]", 0.9)),
    **dict.fromkeys(("cp1251", "koi8_r"), ("[Ѐ-ӿ]", 0.95)),
    "cp1253": ("[Ͱ-Ͽ]", 0.95),
}
# How much of a text tells that, and how many letters must.
_TOLD, _LEAST_LETTERS = 20_000, 10


def tell_encoding(start: bytes, telling: bytes) -> str:
    """Return the encoding of a text by its start, and by a part that has more than ASCII.

    It is UTF-8, UTF-16 where it begins with the mark of that, else Windows-1252 where it can be,
    and another of the names in GUESSED where only that makes words. Where none is certain it is
    UTF-8, so that whoever reads it learns where that fails.
    """
    if start[:4] in {b"\xff\xfe\0\0", b"\0\0\xfe\xff"}:
        return "utf-32"
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    # Of plain text in UTF-16 every other byte is nought.
    nought = [start[place:_BEGINNING:2].count(0) / (_BEGINNING / 2) for place in (0, 1)]
    if len(start) >= _SHORTEST and max(nought) > min(len(start), _BEGINNING) / _BEGINNING * 0.6:
        return "utf-16-le" if nought[1] > nought[0] else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(telling)
    except UnicodeError:
        high = re.findall(rb"[\x80-\xff]+", telling)
        beside = sum(len(run) for run in high if len(run) > 2)
        try:
            text = telling.decode("cp1252")
        except UnicodeError:
            return _of_another_script(telling) or "utf-8-sig"
        # In western languages three letters with accents hardly ever stand in a row.
        if beside <= sum(map(len, high)) / 4:
            if not _MISREAD.search(text):
                return "cp1254" if _is_turkish(text) else "cp1252"
            if _is_central(telling):
                return "cp1250"
        return _of_another_script(telling) or "utf-8-sig"
    return "utf-8-sig"


def _is_turkish(text: str) -> bool:
    """Tell whether letters of Windows-1252 are those of Turkish in another encoding.

    There ı, ş and ğ stand in the places of ý, þ and ð, which Icelandic has beside many others.
    """
    letters = {one.lower() for one in text if one.isalpha() and not one.isascii()}
    return bool(letters & set("ýþð")) and letters <= set("ýþðçöüâîû")


def _of_another_script(telling: bytes) -> str:
    """Return the encoding in which a text has words of one script; '' where none is certain."""
    from charset_normalizer import from_bytes

    lines = [line for line in telling.splitlines() if not line.isascii()]
    sample = b"\n".join(lines)[:_TOLD]
    best = from_bytes(sample, cp_isolation=list(_SCRIPTS)).best()
    if best is None or best.encoding not in _SCRIPTS:
        return ""
    signs, least = _SCRIPTS[best.encoding]
    letters = [one for one in str(best) if one.isalpha() and not one.isascii()]
    share = sum(bool(re.match(signs, one)) for one in letters) / max(len(letters), 1)
    # Of one byte a letter most bytes are letters in any such encoding: words must be likely too.
    is_likely = len(str(best).encode(best.encoding)) > len(str(best)) or best.coherence >= 0.4
    is_certain = len(letters) >= _LEAST_LETTERS and share >= least and is_likely
    return best.encoding if is_certain else ""


def _is_central(telling: bytes) -> bool:
    """Tell whether a text is of central Europe: its letters are, and no sign parts a word."""
    text = telling.decode("cp1250", errors="replace")
    letters = {one.lower() for one in text if one.isalpha() and not one.isascii()}
    return letters <= _CENTRAL and not _NOT_CENTRAL.search(text)


def is_utf8(start: bytes) -> bool:
    """Tell whether bytes are UTF-8 with letters that ASCII lacks."""
    try:
        return not codecs.getincrementaldecoder("utf-8")().decode(start).isascii()
    except UnicodeError:
        return False
