"""What Hypothesis draws in the usual tier is settled by the test alone."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tiers import THOROUGH


def drawn() -> list[tuple[int, str]]:
    """What one and the same property is given."""
    seen: list[tuple[int, str]] = []

    @settings(max_examples=200)
    @given(st.integers(), st.text())
    def look(number: int, text: str) -> None:
        seen.append((number, text))

    look()
    return seen


def use(path: Path) -> None:
    """Import a module as a test does that needs it only then."""
    found = importlib.util.spec_from_file_location(path.stem, path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[path.stem] = module
    found.loader.exec_module(module)


@pytest.mark.skipif(THOROUGH, reason="the thorough tier draws anew each time")
def test_a_module_that_somebody_imports_meanwhile_changes_no_draw(tmp_path, monkeypatch):
    before = drawn()
    monkeypatch.delitem(sys.modules, "imported_late", raising=False)
    (tmp_path / "imported_late.py").write_text('NUMBERS = (73939133, 99194853094755497)\nWORDS = ("Teal Mug",)\n')
    use(tmp_path / "imported_late.py")
    assert drawn() == before


def test_no_property_fails_because_the_machine_is_busy():
    assert settings().deadline is None
