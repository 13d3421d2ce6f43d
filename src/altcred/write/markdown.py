"""Markdown as chapters show it, and the anchors that it refers to."""


def to_anchor(name: str) -> str:
    """Return a name as anchors write it."""
    return name.replace("_", "-")


def show_markdown(*texts: str) -> None:
    """Show texts as one Markdown output, each a paragraph; nothing where all are empty."""
    from IPython.display import Markdown, display

    told = "\n\n".join(text.strip() for text in texts if text and text.strip())
    if told:
        display(Markdown(told))
