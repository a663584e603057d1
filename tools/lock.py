"""Prints constraints.lock: the version of every installed distribution, for `pip install -c`.

A constraint binds only what is installed anyway, so platforms need no markers; a version that cannot be
installed on each Python we support does, or it would make the others fail."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

_OUR_OWN = "microdrops"
_INSTALLERS = {"pip", "setuptools", "wheel"}
_PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def constraints() -> Iterator[str]:
    """One line for each distribution but our own and the installers, sorted by name."""
    versions = {canonicalize_name(found.metadata["Name"]): found for found in distributions()}
    for name in sorted(versions.keys() - {_OUR_OWN} - _INSTALLERS):
        yield f"{name}=={versions[name].version}{_marker(versions[name])}"


def _marker(distribution: Distribution) -> str:
    """'; python_version == "3.12"' for a version that older Pythons cannot install."""
    needed = SpecifierSet(str(distribution.metadata.json.get("requires_python", "")))
    # A specifier like ">=3.11.2" means the minor version: its latest patch counts.
    usable = [python for python in _PYTHONS if f"{python}.99" in needed]
    if len(usable) in (0, len(_PYTHONS)):
        return ""
    return "; " + " or ".join(f'python_version == "{python}"' for python in usable)


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in constraints())
