"""Readers of raw exports, a file a format, and what becomes of identifiers."""

# Each registers its reader; of those that recognise a file the last one opens it.
from altcred.read import (  # noqa: F401
    delimited,
    dictionary,
    forms,
    kobo,
    limesurvey,
    lss,
    parquet,
    qsf,
    qualtrics,
    redcap,
    spss,
    wordings,
    workbook,
)
from altcred.read.export import (
    Export,
    Layout,
    forget_reader,
    list_formats,
    list_readers,
    open_export,
    register_reader,
    register_tool,
)

__all__ = [
    "Export",
    "Layout",
    "forget_reader",
    "list_formats",
    "list_readers",
    "open_export",
    "register_reader",
    "register_tool",
]
