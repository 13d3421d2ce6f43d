"""How rows of one person were looked for in one survey, in sentences that hold for any export."""

from altcred.describe.matching import ORDERS
from altcred.describe.study import Duplicates
from altcred.describe.wave import Wave
from altcred.kinds.phrases import begin_sentence, escape_markdown, join_words
from altcred.write.views import View


def describe_repeats(view: View) -> str:
    """Say how rows of one person were looked for, and how many repeats were dropped."""
    wave, settings = view.study.waves[view.wave.rpartition(":")[2]], view.study.duplicates
    if wave.is_row_person:
        return "Each row of the file stands for a person of its own, so that none is a repeat."
    said = [_say_code(view, settings), _say_email(view, wave, settings)]
    network, is_compared = _say_network(view, wave, settings)
    said.append(network)
    if not any(said):
        return (
            "The export tells of no participant code, e-mail or network address, so nobody who "
            "answered twice could be found."
        )
    if said[0] or said[1] or is_compared:
        said += [_say_kept(view, settings), _say_dropped(view)]
    return " ".join(filter(None, said))


def _say_code(view: View, settings: Duplicates) -> str:
    """Say that a participant code tells people apart, and how many rows have none."""
    found = view.find("without_code", "", "count")
    if found is None:
        return ""
    text = "Rows of one participant code were taken as one person's." if settings.person else ""
    if not found.value:
        return f"{text} Every response has a code.".strip()
    have = "response has" if found.value == 1 else "responses have"
    return (
        f"{text} {begin_sentence(view.writer.spell(found.value))} {have} no code and can be "
        "matched with nobody by it."
    ).strip()


def _say_email(view: View, wave: Wave, settings: Duplicates) -> str:
    if not (wave.email_locators and settings.across_networks):
        return ""
    has_code = view.find("without_code", "", "count") is not None
    but = ", unless their codes differ" if has_code and settings.person else ""
    return (
        "Rows of one e-mail address were taken as one person's, whatever network they came "
        f"from{but}."
    )


def _say_network(view: View, wave: Wave, settings: Duplicates) -> tuple[str, bool]:
    """Say how rows of one network were compared, and tell whether any were."""
    shared = view.find("shared_addresses", "", "count")
    if not wave.ip_locators:
        return "", False
    if shared is None or shared.value == 0:
        return "No two rows came from the same network address.", False
    number = begin_sentence(view.writer.spell(shared.value))
    addresses = "address was" if shared.value == 1 else "addresses were"
    text = (
        f"{number} network {addresses} shared by two or more rows. A shared address is not a "
        "person: a household, a library or an office has one too."
    )
    how = _say_comparison(view, settings, bool(wave.email_locators))
    if how:
        return f"{text} {how}", True
    return (
        f"{text} The study names nothing by which rows of one address could be told apart, so "
        "that none was dropped for it.",
        False,
    )


def _say_comparison(view: View, settings: Duplicates, has_email: bool) -> str:
    """Say by what rows of one address were compared; nothing where nothing is named."""
    several = len(view.study.programs) > 1
    start = f"Rows of one address{' and program' if several else ''} were therefore compared"
    steps = []
    if has_email:
        steps.append(
            f"{start} by e-mail address: an equal one makes them the same person, a different one "
            "two people."
        )
    if settings.demographics:
        lead = "Where an address was missing, they were compared" if has_email else start
        steps.append(
            f"{lead} by {_list_questions(view, settings.demographics)}. One different answer makes "
            f"them two people, and {view.writer.spell(settings.minimum_demographics)} equal ones "
            "without a different one the same person."
        )
    if settings.circumstances:
        lead = (
            "Where too few of these were answered, they were compared likewise"
            if settings.demographics
            else start
        )
        more = " more" if settings.demographics else ""
        steps.append(
            f"{lead} by {_list_questions(view, settings.circumstances, more)}, with "
            f"{view.writer.spell(settings.minimum_circumstances)} equal answers needed."
        )
    return " ".join(steps)


def _say_kept(view: View, settings: Duplicates) -> str:
    """Say which row of a person was kept."""
    whole = {
        "first": f"the first row{_say_order(view, settings.by)} was kept",
        "last": f"the last row{_say_order(view, settings.by)} was kept",
        "most_complete": "the row with the most answers was kept",
        "none": "no row was kept, since nobody can say which one counts",
    }[settings.keep]
    text = f"Of somebody who answered more than once {whole}."
    if len(view.study.programs) > 1:
        text += " A response of the same person to another program was kept as well."
    return text


def _say_order(view: View, by: str) -> str:
    if by == "file":
        return " of the export"
    return "" if by in ORDERS else f" by {escape_markdown(view.label(by))}"


def _list_questions(view: View, names: list[str], more: str = "") -> str:
    asked = [name for name in names if name in view.codebook.in_wave(view.wave)]
    if not asked:
        return f"no{more} question of this survey"
    noun = "question" if len(asked) == 1 else "questions"
    listed = ""
    if len(asked) <= 12:
        listed = f" ({join_words(escape_markdown(view.label(name)) for name in asked)})"
    return f"{view.writer.spell(len(asked))}{more} {noun}{listed}"


def _say_dropped(view: View) -> str:
    found = view.find("dropped", "repeat", "count")
    if found is None or found.value == 0:
        return "No row was found to be a repeat."
    if found.value == 1:
        return "In this way one row was found to be a repeat and dropped."
    rows = view.writer.spell(found.value)
    return f"In this way {rows} rows were found to be repeats and dropped."
