"""One word for a whole record: two plays of one seed have the same, whatever ids were thrown for them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

# Ids that the worlds throw at random: UUIDs, and sessions of both platforms. A claim's id is sealed into its entry,
# so what is computed from entries is thrown with it: fingerprints, roots, signatures, leaf hashes.
_THROWN = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:AgoQ)?[0-9a-f]{32}"
    r"|(?P<kept>Log \S+ \d+ )[a-z2-7]{10}\b|[A-Za-z0-9+/]{91}=|[A-Za-z0-9+/]{43}="
)


def digest(record: Iterable[Mapping[str, Any]]) -> str:
    """Sixteen hexadecimal digits. A thrown id counts by when it first came, not by what it was."""
    found = hashlib.sha256()
    met: dict[str, str] = {}

    def ordinal(thrown: re.Match[str]) -> str:
        return (thrown["kept"] or "") + met.setdefault(thrown[0], f"id {len(met)}")

    for seen in record:
        line = json.dumps(seen, ensure_ascii=False, sort_keys=True)
        found.update(_THROWN.sub(ordinal, line).encode("utf-8", "surrogatepass"))
    return found.hexdigest()[:16]
