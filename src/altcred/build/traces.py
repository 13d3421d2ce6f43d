"""Removes from an executed notebook what differs between two runs or two machines."""

import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def remove_traces(notebook: Any, original: Any, parameters: Mapping[str, Any]) -> None:
    """Remove from an executed notebook what differs between two runs or two machines."""
    metadata = notebook.metadata
    metadata.pop("papermill", None)
    metadata.pop("widgets", None)
    metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata["language_info"] = {"name": "python", "file_extension": ".py"}
    metadata["altcred"] = {
        **metadata.get("altcred", {}),
        "parameters": {name: _value(value) for name, value in parameters.items()},
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    ids = {cell.get("id") for cell in original.cells}
    for index, cell in enumerate(notebook.cells):
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if cell.get("id") not in ids or original.nbformat_minor < 5:
            cell["id"] = f"cell-{index:03d}"
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = without_traces(cell.source)
        for output in cell.get("outputs", []):
            _scrub_output(output)


def _scrub_output(output: Any) -> None:
    output.get("metadata", {}).pop("papermill", None)
    if "text" in output:
        output["text"] = without_traces(output["text"])
    for kind, content in (output.get("data") or {}).items():
        if isinstance(content, str) and kind.startswith("text/"):
            output["data"][kind] = without_traces(content)
    if output.get("output_type") == "error":
        output["evalue"] = without_traces(output["evalue"])
        output["traceback"] = [without_traces(line) for line in output["traceback"]]


def _value(value: Any) -> Any:
    return without_traces(value) if isinstance(value, str) else value


def without_traces(text: str) -> str:
    """Return a text without memory addresses and without the machine's own paths."""
    text = re.sub(r"\S*ipykernel_\d+[/\\]\d+\.py", "<cell>", text)
    text = re.sub(r"\bat 0x[0-9a-fA-F]{6,}", "at 0x0", text)
    places = ((Path.cwd(), ""), (sys.prefix, "<python>"), (sys.base_prefix, "<python>"))
    for place, name in (*places, (tempfile.gettempdir(), "<temporary>"), (Path.home(), "~")):
        path = str(place)
        # The root of the file system is in every path and tells nothing of the machine.
        if len(path) > 1:
            text = re.sub(rf"{re.escape(path)}/", f"{name}/" if name else "", text)
            text = re.sub(rf"{re.escape(path)}(?![\w.-])", name or ".", text)
    return text
