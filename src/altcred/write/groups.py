"""The sections of a survey's chapter that set groups of its people side by side."""

from altcred.kinds.phrases import begin_sentence, escape_markdown, plain_text
from altcred.write.changes import describe_gaps, list_gaps
from altcred.write.glance import show_parts
from altcred.write.markdown import show_markdown
from altcred.write.survey import SurveyChapter
from altcred.write.tables import find_table


def show_groups(chapter: SurveyChapter) -> None:
    """Show for each condition of the study what its groups answered, and the tests of each answer.

    Nothing where the study compares no groups of the wave.
    """
    view = chapter.view
    for by in view.cohort.groups(view.wave):
        name, label = f"groups-{by}", view.label(by)
        told = describe_gaps(view, by)
        show_markdown(
            f"## Groups compared: {escape_markdown(label)} {{#{chapter.anchor('sec', name)}}}",
            *chapter.texts(name, told),
        )
        caption = escape_markdown(f"{begin_sentence(view.people)} by {label}")
        weighted = chapter.say_weights()
        about = {
            "label": chapter.anchor("fig", name), "alt": plain_text(told),
            "caption": f"{caption}: differences with 95% intervals{weighted}",
        }  # fmt: skip
        show_parts("groups", view, [by], list_gaps(view, by), about)
        table = find_table("groups")(view, by)
        if table is not None:
            table.show(chapter.anchor("tbl", name), f"{caption}, with tests{weighted}")
