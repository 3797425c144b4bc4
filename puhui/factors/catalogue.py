"""Factors at hand, without a database: what an assessment resolves its names in."""

from collections.abc import Iterable, Sequence

from puhui.factors.factor import Factor
from puhui.factors.library import version_order


class Catalogue:
    """Factors in force, found by key, by key and version, or by subject."""

    def __init__(self, factors: Iterable[Factor]) -> None:
        self._by_key: dict[str, list[Factor]] = {}
        self._by_subject: dict[str, set[str]] = {}
        for factor in factors:
            self._by_key.setdefault(factor.key, []).append(factor)
            self._by_subject.setdefault(factor.subject, set()).add(factor.key)
        for versions in self._by_key.values():
            versions.sort(key=lambda f: version_order(f.version))

    def called(self, name: str) -> Factor | None:
        """Return the factor written `key` (its newest version) or `key@version`, or None."""
        key, _, version = name.partition("@")
        for factor in reversed(self._by_key.get(key, [])):
            if version in ("", factor.version):
                return factor
        return None

    def about(self, subject: str) -> Sequence[Factor]:
        """Return the newest version of every key about `subject`, by key."""
        return [self._by_key[key][-1] for key in sorted(self._by_subject.get(subject, ()))]
