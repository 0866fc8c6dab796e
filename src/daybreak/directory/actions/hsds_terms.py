"""Taxonomies and terms of an HSDS document: known ones are found again by id, then by name and code, new ones are added."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from daybreak.directory.models import Taxonomy, TaxonomyTerm
from daybreak.directory.rules.hsds_ids import NEEDS, NEEDS_STATED_NO
from daybreak.directory.rules.hsds_in_facts import TaxonomySaid, TermSaid, list_id

OWN_LISTS = frozenset({UUID(NEEDS), UUID(NEEDS_STATED_NO)})


class Glossary:
    """Every taxonomy and term that the database knows, and those that a load adds to them."""

    def __init__(self) -> None:
        self.lists = {found.pk: found for found in Taxonomy.objects.all()}
        self._by_name = {found.name: found for found in self.lists.values()}
        self.terms = {found.pk: found for found in TaxonomyTerm.objects.all()}
        self._by_code = {(found.taxonomy_id, found.code): found for found in self.terms.values()}
        self._met: dict[UUID, tuple[Any, TaxonomyTerm]] = {}
        self._orphans: dict[UUID, UUID] = {}

    def taxonomy(self, said: TaxonomySaid) -> tuple[Taxonomy, str]:
        """The taxonomy, and what became of it: loaded, updated or unchanged."""
        name = said.name[:200]
        known = (self.lists.get(said.id) if said.id else None) or self._by_name.get(name)
        told = {"description": said.description, "uri": said.uri[:300], "version": said.version[:50],
                "licence": said.licence[:300], "kept": said.kept or None}  # fmt: skip
        if known is None:
            key = said.id or list_id(said.name)
            known = Taxonomy.objects.create(id=key, name=name, **told)
            self.lists[key] = self._by_name[name] = known
            return known, "loaded"
        changed = {
            column: value for column, value in told.items() if value and getattr(known, column) != value
        }
        for column, value in changed.items():
            setattr(known, column, value)
        if changed:
            known.save(update_fields=list(changed))
        return known, "updated" if changed else "unchanged"

    def term(self, said: TermSaid) -> tuple[TaxonomyTerm, str]:
        """The term, and what became of it."""
        met = self._met.get(said.id)
        if met is not None and (met[0] is said.whole or met[0] == said.whole):
            return met[1], "unchanged"
        taxonomy, _ = self.taxonomy(said.taxonomy)
        known = self.terms.get(said.id) or self._by_code.get((taxonomy.pk, said.code))
        kept = dict(said.kept)
        detail = said.whole.get("taxonomy_detail")
        if detail is not None:
            kept["taxonomy_detail"] = detail
        came = {
            name: [ours, said.whole[name]]
            for name, ours in (("taxonomy", taxonomy.name), ("taxonomy_id", str(taxonomy.pk)))
            if said.whole.get(name, ours) != ours
        }
        if came:
            kept["as_it_came"] = came
        parent = self.terms.get(said.parent) if said.parent and said.parent != said.id else None
        if said.parent and parent is None:
            kept["parent_id"] = str(said.parent)
        told = {"name": said.name, "description": said.description, "parent": parent, "kept": kept or None}
        outcome = "unchanged"
        if known is None:
            known = TaxonomyTerm.objects.create(
                id=said.id, taxonomy=taxonomy, code=self._free_code(taxonomy, said), **told
            )
            self.terms[said.id] = self._by_code[taxonomy.pk, known.code] = known
            outcome = "loaded"
        elif known.pk == said.id:
            changed = {name: value for name, value in told.items() if value and getattr(known, name) != value}
            for name, value in changed.items():
                setattr(known, name, value)
            if changed:
                known.save(update_fields=list(changed))
                outcome = "updated"
        if said.parent and parent is None and known.pk == said.id:
            self._orphans[known.pk] = said.parent
        self._met[said.id] = (said.whole, known)
        return known, outcome

    def _free_code(self, taxonomy: Taxonomy, said: TermSaid) -> str:
        return said.code if (taxonomy.pk, said.code) not in self._by_code else str(said.id)

    def join_parents(self) -> None:
        """Give the terms their parents that came after them."""
        for key, parent in self._orphans.items():
            if parent in self.terms and parent != key:
                child = self.terms[key]
                kept = {name: value for name, value in (child.kept or {}).items() if name != "parent_id"}
                child.parent, child.kept = self.terms[parent], kept or None
                child.save(update_fields=["parent", "kept"])
