"""What runs: this package and what it stands on, as a hash that is another where any of it is.

Standard library only, and little of it, since every step loads it.
"""

import hashlib
import os
import sys

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def hash_package() -> str:
    """Return a hash of every file of this package, by which one with other code is told."""
    found = hashlib.sha256()
    for folder, folders, names in os.walk(PACKAGE):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                content = file.read()
            found.update(f"{path}\0{len(content)}\0".encode())
            found.update(content)
    return found.hexdigest()


def date_packages() -> list[tuple[str, int]]:
    """Return when something was last put into each folder that modules are loaded from."""
    return [(path, os.stat(path).st_mtime_ns) for path in sys.path if os.path.isdir(path)]


def hash_code() -> str:
    """Return a hash of Python, of this package and of the packages beside it."""
    about = (sys.version, hash_package(), date_packages())
    return hashlib.sha256(repr(about).encode()).hexdigest()
