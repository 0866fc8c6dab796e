"""Sources, taxonomies and their terms in HSDS form; the needs of our vocabulary are two taxonomies of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from daybreak.directory.models import Source
from daybreak.directory.queries.hsds import rows
from daybreak.directory.rules import hsds_ids
from daybreak.directory.rules.hsds_licensed import plain_name, without_terms
from daybreak.directory.rules.hsds_shapes import OURS, Shape, is_uri, ours, stated, text
from daybreak.directory.rules.standing import Edition
from daybreak.vocabulary.needs import needs

_NEEDS = (
    (hsds_ids.NEEDS, hsds_ids.NEEDS_NAME, "What a service offers, whom it takes and how it is paid, in plain words."),
    (
        hsds_ids.NEEDS_STATED_NO,
        hsds_ids.NEEDS_STATED_NO_NAME,
        "What a source states that a service does NOT offer or take. A service without a term has stated neither.",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """A term as an attribute carries it, and its place among all terms: by taxonomy, then by code."""

    id: str
    shape: Shape
    rank: int


class Terms:
    """All terms and sources of the directory, read once an export; some thousand at most."""

    def __init__(self) -> None:
        self.sources = {source.pk: source for source in Source.objects.order_by("slug")}
        self.slugs = {key: source.slug for key, source in self.sources.items()}
        self.editions = {s.slug: Edition(s.slug, s.family, s.as_of) for s in self.sources.values()}
        self.said_so: dict[tuple[str, str], Shape] = {}
        self.citations = {s.slug: s for s in self.sources.values()}

    @cached_property
    def taxonomies(self) -> dict[str, Shape]:
        """Every taxonomy that may be shared, by id, in the order of ids."""
        found = [
            stated("taxonomy", {"id": key, "name": name, "description": said}, None)
            for key, name, said in _NEEDS
        ]
        for key, name, said, version, uri, licence, kept in rows.rows(
            "SELECT id, name, description, version, uri, licence, kept FROM directory_taxonomy WHERE shared"
        ):
            own = {
                "id": rows.text_id(key), "name": name, "description": said or name,
                "uri": uri if is_uri(uri) else None, "version": text(version),
                OURS: ours([("uri", None if is_uri(uri) else text(uri)), ("licence", text(licence))]),
            }  # fmt: skip
            found.append(stated("taxonomy", own, rows.as_kept(kept)))
        return {shape["id"]: shape for shape in sorted(found, key=lambda shape: str(shape["id"]))}

    @cached_property
    def terms(self) -> dict[str, Shape]:
        """Every term of those taxonomies, by id, in the order of ids."""
        found = [_need_term(need, answer) for need, answer in _needs_said()]
        for key, taxonomy, code, name, said, parent, kept in rows.rows(
            "SELECT id, taxonomy_id, code, name, description, parent_id, kept FROM directory_taxonomyterm"
        ):
            list_of = self.taxonomies.get(rows.text_id(taxonomy))
            if list_of is None:
                continue
            own = {
                "id": rows.text_id(key), "code": text(code), "name": name, "description": said or name,
                "parent_id": rows.text_id(parent) if parent else None, "taxonomy": list_of["name"],
                "taxonomy_id": list_of["id"],
            }  # fmt: skip
            found.append(stated("taxonomy_term", own, rows.as_kept(kept)))
        return {shape["id"]: shape for shape in sorted(found, key=lambda shape: str(shape["id"]))}

    @cached_property
    def licensed(self) -> frozenset[str]:
        """Lists that were licensed to this installation alone, and their terms, as anybody may name them; nearly always none."""
        lists = rows.rows("SELECT id, name FROM directory_taxonomy WHERE NOT shared")
        terms = rows.rows_of(
            "SELECT id FROM directory_taxonomyterm WHERE taxonomy_id IN (ids)", [key for key, _ in lists]
        )
        names = {plain_name(name) for _, name in lists}
        return frozenset({rows.text_id(key) for key, *_ in [*lists, *terms]} | names)

    def open_part(self, shape: Shape) -> Shape:
        """An entity without the licensed terms that its publisher's own words, kept as they came, may carry."""
        return without_terms(shape, self.licensed) if self.licensed else shape

    @cached_property
    def carried(self) -> dict[str, Term]:
        """Every term by id, as attributes carry it."""
        ordered = sorted(
            self.terms.values(),
            key=lambda s: (_list_first(s), s.get("taxonomy", ""), s.get("code", ""), s["id"]),
        )
        return {shape["id"]: Term(shape["id"], shape, rank) for rank, shape in enumerate(ordered)}

    @cached_property
    def stored(self) -> dict[Any, Term]:
        """The same by the database's own form of the id, for the terms that stand there."""
        return {rows.stored_id(key): term for key, term in self.carried.items()}

    @cached_property
    def of_need(self) -> dict[tuple[str, bool], Term]:
        """The same by need and answer."""
        return {pair: self.carried[hsds_ids.need_term_id(pair[0], answer=pair[1])] for pair in _needs_said()}


def _list_first(shape: Shape) -> int:
    """Codes first, then what they say yes to, then no."""
    held = [hsds_ids.NEEDS, hsds_ids.NEEDS_STATED_NO]
    taxonomy = shape.get("taxonomy_id")
    return held.index(taxonomy) + 1 if taxonomy in held else 0


def _needs_said() -> list[tuple[str, bool]]:
    """Every need with yes and no: those of the vocabulary, and those of older ones that the database still holds."""
    met = {row[0] for row in rows.rows("SELECT DISTINCT need FROM directory_fact")}
    names = [*needs(), *sorted(met - set(needs()))]
    return [(name, answer) for answer in (True, False) for name in names]


def _need_term(name: str, answer: bool) -> Shape:
    need = needs().get(name)
    taxonomy, title, _ = _NEEDS[0 if answer else 1]
    label, means = (need.en, need.means_en) if need else (name, name)
    return {
        "id": hsds_ids.need_term_id(name, answer=answer),
        "code": hsds_ids.need_term_code(name, answer=answer),
        "name": label if answer else f"Not: {label}",
        "description": means if answer else f"The source states no to: {means}",
        "taxonomy": title,
        "language": "en",
        "taxonomy_id": taxonomy,
    }


def chosen(shapes: dict[str, Shape], ids: Iterable[str] | None) -> Iterator[Shape]:
    """All of them, or those asked for."""
    if ids is None:
        yield from shapes.values()
    else:
        yield from (shapes[key] for key in ids if key in shapes)
