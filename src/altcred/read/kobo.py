"""Knows what KoboToolbox and ODK write: options with columns of their own, and parts of places."""

import re
from collections.abc import Mapping
from dataclasses import replace

from altcred.read.export import Column, Export, Known, register_tool
from altcred.read.forms import Form

# Of a place that somebody was at: its point is a column of its own.
_PLACE = re.compile(r"_.+_(?:latitude|longitude|altitude|precision)")


class Kobo(Form):
    """A form of KoboToolbox, whose questions of several answers have columns QUESTION/OPTION."""

    def complete(self, export: Export) -> Export:
        """Say which columns are its own, and which are options of one question."""
        export = super().complete(export)
        names = {one.name: one for one in export.columns if not one.known.role}
        columns = [_complete(one, names) for one in export.columns]
        asked = {one.known.question for one in columns} - {""}
        return replace(
            export,
            columns=[
                replace(one, known=Known(question=one.name, stem=one.text or one.name))
                if one.name in asked
                else one
                for one in columns
            ],
        )


def _complete(column: Column, names: Mapping[str, Column]) -> Column:
    if column.known.role:
        return column
    if _PLACE.fullmatch(column.name):
        return replace(column, known=Known(role="other"))
    cuts = [found.start() for found in re.finditer("/", column.name)]
    cut = next((one for one in reversed(cuts) if column.name[:one] in names), None)
    option = column.name[cut + 1 :] if cut is not None else ""
    if not option:
        return column
    main = names[column.name[:cut]]
    known = Known(question=main.name, stem=main.text or main.name, part=option, kind="multiple")
    return replace(column, known=known)


register_tool(
    Kobo(
        "kobotoolbox",
        {
            "response_id": "_uuid|meta/instanceid|instanceid",
            "submitted": "_submission_time|submissiondate",
            "opened": "start",
            "timing": "end|today",
            "other": "_id|_index|_validation_status|_notes|_status|_submitted_by|__version__|"
            "_tags|formhub/uuid|deviceid|phonenumber|subscriberid|simserial|_parent_index|"
            "key|submitterid|submittername|attachmentspresent|attachmentsexpected|formversion|"
            "reviewstate|edits|_geolocation",
        },
        ["_submission_time|submissiondate|_uuid", "_index|_id|instanceid|meta/instanceid|key"],
    )
)
