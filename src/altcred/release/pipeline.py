"""The project that builds the report again: steps, chapters, descriptions, and altcred itself."""

import base64
import hashlib
import io
import json
import shutil
import zipfile
from importlib.metadata import distribution
from pathlib import Path

from altcred.build.downloads import WRITTEN
from altcred.build.project import list_shipped
from altcred.build.rooms import CARRIED, PACKAGE, package_folder
from altcred.core.paths import project_root

# What of a project its steps and its reader need; the rest is for those who begin one.
_NEEDED = (
    *("dvc.yaml", "requirements.lock", "environment.yml", ".dvc/", ".dvcignore", ".gitattributes"),
    *(".gitignore", "cohorts/schema/", "docs/"),
)
# Steps and chapters go together, so that none is taken from elsewhere.
_COPIED = ("notebooks", "report/template")
_NO_GIT = "    no_scm = true\n"


def write_project(folder: Path) -> None:
    """Write the project without a cohort: what this one has, in the place of what altcred ships.

    Chapters are written without what they put out when they were last run by hand.
    """
    root = project_root()
    for name, source in list_shipped().items():
        if name.startswith(_NEEDED):
            own = root / name
            _copy(own if own.is_file() else source, folder / name)
    for place in _COPIED:
        for path in sorted((root / place).rglob("*")):
            inside = path.relative_to(root)
            is_kept = not any(part.startswith((".", "__")) for part in inside.parts)
            if path.is_file() and is_kept and path.name != "dvc.lock":
                _copy(path, folder / inside)
    for path in sorted((folder / "notebooks").glob("*.ipynb")):
        _empty(path)
    config = folder / ".dvc/config"
    text = config.read_text(encoding="utf-8")
    if "no_scm" not in text:
        # The folder may lie in no repository of git, or in one that is not its own.
        text = text.replace("[core]\n", f"[core]\n{_NO_GIT}", 1)
        config.write_text(text, encoding="utf-8", newline="\n")
    write_wheel(folder)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _empty(path: Path) -> None:
    """Remove from a notebook what its cells put out, which may show rows."""
    content = json.loads(path.read_text(encoding="utf-8"))
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    if any(cell.get("outputs") for cell in code):
        for cell in code:
            cell["outputs"], cell["execution_count"] = [], None
        text = json.dumps(content, indent=1, ensure_ascii=False)
        path.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def write_wheel(folder: Path) -> Path:
    """Write the altcred that runs as a wheel, so that a release needs it from nowhere else."""
    about = distribution(PACKAGE)
    info = f"{PACKAGE}-{about.version}.dist-info"
    package = package_folder()
    paths = [path for path in sorted(package.rglob("*")) if path.is_file()]
    own = [path for path in paths if "__pycache__" not in path.parts]
    own = [path for path in own if package / CARRIED not in path.parents]
    files = {f"{PACKAGE}/{path.relative_to(package).as_posix()}": path for path in own}
    files |= {f"{PACKAGE}/{CARRIED}/{name}": path for name, path in list_shipped().items()}
    contents = {name: path.read_bytes() for name, path in files.items()}
    for name in ("METADATA", "entry_points.txt"):
        contents[f"{info}/{name}"] = (about.read_text(name) or "").encode()
    contents[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: altcred\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    rows = [
        f"{name},sha256={_hash(content)},{len(content)}\n" for name, content in contents.items()
    ]
    contents[f"{info}/RECORD"] = "".join([*rows, f"{info}/RECORD,,\n"]).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, WRITTEN), content, zipfile.ZIP_DEFLATED)
    path = folder / f"{PACKAGE}-{about.version}-py3-none-any.whl"
    path.write_bytes(buffer.getvalue())
    return path


def _hash(content: bytes) -> str:
    digest = hashlib.sha256(content).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
