"""Labels outside of their chapter: short, and of an item behind what is asked of all items."""

from altcred.kinds.phrases import name_answer
from altcred.write.views import View

# Of a longer label a sentence or a figure has so many words.
MOST_WORDS = 9


def shorten(label: str) -> str:
    """Return the first words of a long label, so that a sentence with it can be read.

    Of a label that is little longer no words are worth an ellipsis.
    """
    words = label.split()
    first = " ".join(words[:MOST_WORDS]).rstrip(",;:.")
    return label if len(words) <= MOST_WORDS + 2 else f"{first}…"


def ask_item(view: View, name: str) -> str:
    """Return an item behind what is asked of all items; '' where there is no room for both."""
    item = view.codebook.variables[name]
    both = name_answer(item.section, view.label(name)) if item.item_of and item.section else ""
    return both if shorten(both) == both else ""
