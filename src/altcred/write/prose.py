"""How long the first page may be: its words, sentences and takeaways, counted as a reader does."""

import re
from collections.abc import Iterator

MOST_IN_ANSWER = 120
MOST_IN_SENTENCE = 35
MOST_TAKEAWAYS = 7

# What stands in a text and is not read: marks, references, and attributes of blocks.
_UNREAD = re.compile(r"^:::.*$|^#+ .*$|\{[#.][^}]*\}|\(?@[\w-]+\)?|[*_`\\]", re.M)
_SENTENCE_END = re.compile(r"(?<=[.!?…])[)”\"’]*\s+(?=[\w“\"(])|\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )")


def count_words(text: str) -> int:
    """Count the words of a text in Markdown; a number with its sign is one."""
    return len(re.findall(r"\S*\w\S*", _UNREAD.sub(" ", text)))


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text in Markdown, its headings left out."""
    parts = _SENTENCE_END.split(_UNREAD.sub("", text))
    return [" ".join(part.split()) for part in parts if part and re.search(r"\w", part)]


def list_long(text: str) -> Iterator[tuple[str, int]]:
    """Yield the sentences that are too long to be read in one breath, with their words."""
    for sentence in split_sentences(text):
        if (words := count_words(sentence)) > MOST_IN_SENTENCE:
            yield sentence, words


def judge_length(section: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield what is too long in an own text of the first page, and the remedy.

    `section` is what the text is of; `answer` and `takeaways` have limits, others none.
    """
    if section == "answer" and (words := count_words(text)) > MOST_IN_ANSWER:
        message = f"has {words} words, numbers among them."
        yield message, f"Say it in at most {MOST_IN_ANSWER}; more can stand in discussion.md."
    if section in {"answer", "takeaways"}:
        for sentence, words in list_long(text):
            begin = " ".join(sentence.split()[:8])
            message = f"has a sentence of {words} words, which begins with {begin!r}."
            yield message, f"Break it into sentences of at most {MOST_IN_SENTENCE} words."
    points = len(re.findall(r"^ {0,3}(?:[-*]|\d+\.) ", text, re.M))
    if section == "takeaways" and points > MOST_TAKEAWAYS:
        message = f"lists {points} takeaways."
        yield message, f"Keep the {MOST_TAKEAWAYS} that matter most; others can stand in chapters."


def is_readable(text: str) -> bool:
    """Tell whether no sentence of a text is too long."""
    return not any(list_long(text))
