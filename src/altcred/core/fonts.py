"""The fonts that charts, page and PDF are set in: the one matplotlib carries, and the project's."""

from functools import lru_cache
from pathlib import Path
from shutil import copy

from altcred.core.paths import project_root

FAMILY = "DejaVu Sans"
# A project puts fonts of other scripts in this folder of its root.
FOLDER = "fonts"


def chart_fonts() -> list[Path]:
    """Return the files of the font of charts, upright and bold."""
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts/ttf"
    return [folder / "DejaVuSans.ttf", folder / "DejaVuSans-Bold.ttf"]


def project_fonts() -> list[Path]:
    """Return the fonts of the project's own folder, by their names."""
    found = (project_root() / FOLDER).glob("*")
    return sorted(path for path in found if path.suffix.lower() in {".ttf", ".otf"})


def lay_fonts(folder: Path) -> Path:
    """Copy the fonts of charts and project into a folder that typst may be given; return it.

    In the folder where they lie is one that shows a box for every sign that no other has.
    """
    laid = folder / FOLDER
    laid.mkdir()
    for path in chart_fonts() + project_fonts():
        copy(path, laid)
    return laid


def family_of(path: Path) -> str:
    """Return what a font calls its family."""
    from matplotlib.font_manager import get_font

    return str(get_font(path).family_name)


def register_fonts() -> list[str]:
    """Have matplotlib know the project's fonts; return the families to set charts in."""
    return [FAMILY, *_register(tuple(project_fonts()))]


@lru_cache
def _register(paths: tuple[Path, ...]) -> list[str]:
    from matplotlib.font_manager import fontManager

    for path in paths:
        fontManager.addfont(path)
    return list(dict.fromkeys(family_of(path) for path in paths))


def find_missing(text: str) -> str:
    """Return the characters of a text that no font has, each once."""
    known = read_characters((*chart_fonts()[:1], *project_fonts()))
    return "".join(one for one in dict.fromkeys(text) if _is_drawn(one) and ord(one) not in known)


@lru_cache
def read_characters(paths: tuple[Path, ...]) -> frozenset[int]:
    """Return the characters that at least one of these fonts has."""
    from matplotlib.font_manager import get_font

    return frozenset().union(*(get_font(path).get_charmap() for path in paths))


def _is_drawn(letter: str) -> bool:
    # Joiners, marks of direction and selectors of a form are never seen themselves.
    return letter.isprintable() and not "\ufe00" <= letter <= "\ufe0f"
