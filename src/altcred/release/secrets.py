"""What must stand in no file of a release: gathered from what is the author's alone."""

import hashlib
import ipaddress
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path

from altcred.build.project import list_shipped
from altcred.build.rooms import package_folder
from altcred.core.countries import country_words
from altcred.core.description import as_list
from altcred.core.paths import cohort_dir, project_root, raw_dir, wave_dir
from altcred.describe.cohort import Cohort
from altcred.describe.study import Study
from altcred.kinds import kind_of
from altcred.kinds.masking import harmless_words
from altcred.read.columns import open_wave
from altcred.read.export import Export
from altcred.read.identifiers import key_path
from altcred.release.texts import read_rows

EMAIL = "an e-mail address of the exports"
NETWORK = "a network address of the exports"
DIGITS = "a long number of the exports, such as a telephone's"
CODE = "a participant code, a name or an id of the exports"
TYPED = "words that somebody typed"
ROW = "a row of the exports or the responses"
TOKEN = "a keyed token"
KEY = "the key of the tokens"
PLACE = "a path of this machine"

_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_NETWORK = re.compile(
    r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|(?:[0-9a-fA-F]{1,4}:){4,7}[0-9a-fA-F]{1,4}"
)
_TOKEN = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{32}(?![0-9A-Za-z])")
_DIGITS = re.compile(r"(?<![\w.,])\+?\d[\d ()-]{5,}\d(?![\w.,]?\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d\d-\d\d-\d{4}")
_PIECE = re.compile(r"[\w.:+@'/\\-]{3,}")
_WORD = re.compile(r"[^\W_][\w'-]{2,}")
# Fewer digits count something; of what is no code of a person fewer are an amount.
_LEAST_CODE, _LEAST_DIGITS = 7, 9
# So many words in a row were typed by one person.
_WORDS = 6
# Words that so many wrote are those of an answer that was offered.
_OFFERED = 5
# So many cells make a row that nobody else has.
_CELLS = 6
# Texts of the author, of altcred and of its examples, which anybody may read.
_READ = {".yaml", ".md", ".csv", ".py", ".ipynb"}
# Domains that belong to nobody, and the codes and ids of a stand-in's people.
_RESERVED = re.compile(r"@(?:[\w-]+\.)*(?:example|invalid|test|example\.(?:org|com|net))$")
_MADE_UP = re.compile(r"S\d{6}|S_[0-9a-f]{15}")


@dataclass
class Secrets:
    """What to look for, by how it is looked for; what the author's own texts say is none of it."""

    marks: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    typed: set[int] = field(default_factory=set)
    rows: set[int] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    key: bytes = b""
    places: re.Pattern[str] | None = None
    looked_at: dict[tuple[bytes, bool], list[str]] = field(default_factory=dict)

    def find(self, text: str, is_stand_in: bool = False) -> Iterator[str]:
        """Yield what of it stands in a text, each kind of thing once.

        In a stand-in addresses that belong to nobody, and codes as it has, are of made-up people.
        """
        told: set[str] = set()
        tokens = "\n".join(sorted(set(_PIECE.findall(text))))
        marks = find_marks(tokens)
        if self.has_digits:
            marks = chain(marks, find_digits(text))
        for mark in marks:
            what = self.marks.get(mark)
            if what and what not in told and not (is_stand_in and _is_nobodys(mark)):
                told.add(what)
                yield what
        names = self.names & {*_WORD.findall(tokens)} if self.names else set()
        if CODE not in told and any(not (is_stand_in and _MADE_UP.fullmatch(one)) for one in names):
            yield CODE
        if self.typed and not self.typed.isdisjoint(find_runs(text)):
            yield TYPED
        if self.key and self.key.hex() in tokens.casefold():
            yield KEY
        if self.places is not None and self.places.search(text):
            yield PLACE

    @cached_property
    def has_digits(self) -> bool:
        """Whether long numbers are looked for."""
        return any(mark.isdigit() for mark in self.marks)

    def holds_row(self, cells: Iterable[str]) -> bool:
        """Tell whether cells of a table are a row of the exports or the responses."""
        return _hash_row(cells) in self.rows


def find_marks(text: str) -> Iterator[str]:
    """Yield the addresses and tokens of a text, each in one spelling."""
    for found in _EMAIL.findall(text) if "@" in text else ():
        yield found.strip(".'-").casefold()
    for found in _NETWORK.findall(text):
        yield found.casefold()
    yield from _TOKEN.findall(text)


def _is_nobodys(mark: str) -> bool:
    """Tell whether an address is of no mailbox, or of no machine of the internet."""
    if "@" in mark:
        return bool(_RESERVED.search(mark))
    try:
        return not ipaddress.ip_address(mark).is_global
    except ValueError:
        return False


def find_digits(text: str) -> Iterator[str]:
    """Yield the long numbers of a text, however they are parted; a day is none."""
    for found in _DIGITS.findall(text):
        digits = re.sub(r"\D", "", found)
        if len(digits) >= _LEAST_CODE and not _DAY.search(found):
            yield digits


def find_runs(text: str) -> Iterator[int]:
    """Yield the hash of each run of so many words of a text as nobody else would write."""
    words = [word.casefold() for word in re.findall(r"[^\W\d_]+", text)]
    yield from map(hash, zip(*(words[at:] for at in range(_WORDS)), strict=False))


def _hash_row(cells: Iterable[str]) -> int:
    """Return the hash of the filled cells of a row; nought of a row that others may have too."""
    filled = tuple(one for cell in cells if (one := cell.strip()))
    return hash(filled) if len(filled) >= _CELLS else 0


def gather_secrets(cohorts: Collection[Cohort]) -> Secrets:
    """Return what exports, responses, keys and this machine have that nobody may see."""
    found = Secrets()
    for cohort in cohorts:
        for wave in cohort.study.waves:
            exports, _ = open_wave(cohort.study, cohort.codebook, wave)
            told, closed = _tell_columns(cohort, wave)
            for export, _ in exports:
                _gather_export(export, told, closed, found)
            _gather_processed(cohort, wave, found)
        found.files |= {_hash(path) for path in _list_private(cohort)}
        path = key_path(cohort.study)
        if not cohort.study.reconstructed and path.is_file():
            found.key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    _spare_own_texts(cohorts, found)
    found.rows.discard(0)
    found.places = _write_places([cohort.study for cohort in cohorts])
    return found


def _tell_columns(cohort: Cohort, wave: str) -> tuple[set[str], set[str]]:
    """Return how study and codebook call columns that tell who somebody is, and closed ones."""
    settings = cohort.study.waves[wave]
    told = {*as_list(settings.code.columns), *as_list(settings.response_id)}
    told |= {"ResponseId", "_recordId", "responseid"}
    closed: set[str] = set()
    for variable in cohort.codebook.in_wave(wave).values():
        question = variable.question.get(wave)
        if question is None:
            continue
        named = {*question.locators, *question.several, *question.options.values()}
        if kind_of(variable).is_identifier:
            told |= named
        elif variable.categories:
            closed |= named
    return told, closed


def _gather_export(export: Export, told: set[str], closed: set[str], found: Secrets) -> None:
    columns = [one for one in export.columns if one.position >= 0]
    called = [{one.import_id, one.name, one.text} - {""} for one in columns]
    codes = [
        bool(told & names) or one.known.role in ("person", "response_id")
        for one, names in zip(columns, called, strict=True)
    ]
    runs: Counter[int] = Counter()
    for block in export.blocks(columns):
        cells = [
            ["" if one is None else one for one in column.read(export.file, block).to_pylist()]
            for column in columns
        ]
        found.rows.update(map(_hash_row, zip(*cells, strict=True)))
        for column, names, is_code in zip(cells, called, codes, strict=True):
            for text in set(column):
                _gather_cell(text, is_code, found)
            if not closed & names:
                for text in column:
                    runs.update(find_runs(text))
    # What many wrote was offered to them.
    found.typed |= {run for run, times in runs.items() if times < _OFFERED}


def _gather_cell(text: str, is_code: bool, found: Secrets) -> None:
    for mark in find_marks(text):
        if not _TOKEN.fullmatch(mark):
            found.marks[mark] = EMAIL if "@" in mark else NETWORK
    for mark in find_digits(text):
        if len(mark) >= _LEAST_DIGITS and not mark.endswith("000"):
            found.marks[mark] = DIGITS
    if not is_code:
        return
    if text.strip().isdigit():
        if len(text.strip()) >= _LEAST_CODE:
            found.marks[text.strip()] = CODE
    else:
        found.names |= {
            word
            for word in _WORD.findall(text)
            if (len(word) > 3 and word[0].isupper()) or (len(word) > 5 and _is_mixed(word))
        }


def _is_mixed(word: str) -> bool:
    return any(map(str.isdigit, word)) and any(map(str.isalpha, word))


def _gather_processed(cohort: Cohort, wave: str, found: Secrets) -> None:
    import pyarrow.parquet as pq

    folder = wave_dir(cohort.name, wave)
    tokens = folder / "identifiers.parquet"
    if tokens.is_file():
        table = pq.read_table(tokens).drop_columns(["response_id"])
        for column in table.columns:
            found.marks |= dict.fromkeys(filter(None, column.to_pylist()), TOKEN)
    responses = folder / "responses.parquet"
    if responses.is_file():
        for batch in pq.ParquetFile(responses).iter_batches():
            for row in batch.to_pylist():
                cells = ("" if one is None else str(one) for one in row.values())
                found.rows.add(_hash_row(cells))


def _list_private(cohort: Cohort) -> Iterator[Path]:
    """Yield the files that nobody but the author may have."""
    waves = (wave_dir(cohort.name, wave) for wave in cohort.study.waves)
    places = [raw_dir(cohort.name), *waves]
    for place in places:
        for path in sorted(place.rglob("*")):
            if path.is_file() and path.name != "estimates.csv":
                yield path
    yield from sorted(cohort.processed.rglob("*.parquet"))


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _spare_own_texts(cohorts: Collection[Cohort], found: Secrets) -> None:
    """Take out what the author's own texts and altcred itself say."""
    paths = [path for one in cohorts for path in cohort_dir(one.name).rglob("*")]
    paths += [*list_shipped().values(), *package_folder().rglob("*")]
    for path in paths:
        if path.suffix not in _READ or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for mark in chain(find_marks(text), find_digits(text)):
            found.marks.pop(mark, None)
        found.names -= {*_WORD.findall(text)}
        found.typed.difference_update(find_runs(text))
        if path.suffix == ".csv":
            found.rows.difference_update(map(_hash_row, read_rows(text)))
    harmless = harmless_words() | country_words()
    found.names = {word for word in found.names if word.casefold() not in harmless}


def _write_places(studies: Iterable[Study]) -> re.Pattern[str]:
    """Return a pattern of where things lie on this machine; of a folder at the root nothing."""
    import tempfile

    folders = [project_root(), Path.home(), Path(tempfile.gettempdir()), Path(sys.prefix)]
    folders += [package_folder(), *(key_path(study).parent for study in studies)]
    named = {str(one.resolve()) for one in folders}
    spelled = {text for one in named for text in (one, one.replace("\\", "/"))}
    # A folder at the root, such as /app or /tmp, is told by what lies in it.
    words = "|".join(re.escape(one) for one in sorted(spelled) if len(one) > 1)
    return re.compile(rf"(?<![\w.~:/-])(?:{words})[/\\][\w.-]+")
