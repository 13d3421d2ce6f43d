"""Rules that printed figures must satisfy, a file a family; each file here enters its own."""

import importlib
import pkgutil

for _family in sorted(module.name for module in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_family}")
