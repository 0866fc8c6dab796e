"""Opens an HSDS 3 document – a page, an array, lines, one object, an exported folder, a CSV datapackage – as checked objects."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from daybreak.directory.readers import hsds_csv
from daybreak.directory.readers.hsds_json import LARGEST_OBJECT, Found, objects, opened
from daybreak.directory.readers.hsds_schemas import faults
from daybreak.directory.readers.tables import UnusableFile
from daybreak.directory.rules.hsds_in_parts import day

SUFFIXES = {".json", ".ndjson", ".jsonl"}
# In this order, so that what others point to comes first.
_FILES = ("taxonomies", "taxonomy_terms", "services", "organizations")
_PROPERTIES = {
    "service": {"service_at_locations", "assured_date", "eligibility_description", "organization", "program", "fees",
                "required_documents", "cost_options", "service_areas", "languages", "schedules"},
    "taxonomy_term": {"taxonomy", "taxonomy_id", "taxonomy_detail", "parent_id", "term_uri"},
    "taxonomy": {"version", "taxonomy_terms"},
    "organization": {"website", "locations", "programs", "organization_identifiers", "services", "legal_status", "tax_id",
                     "tax_status", "year_incorporated", "parent_organization_id", "logo", "funding"},
}  # fmt: skip
_LARGEST_START = 1 << 16


@dataclass(frozen=True, slots=True)
class Item:
    """One object and what it is. ``fault`` says where and why it cannot be used; ``partial``: a service at one of its places."""

    pointer: str
    line: int
    raw: str
    entity: str = ""
    value: Mapping[str, Any] = field(default_factory=dict)
    fault: str = ""
    partial: bool = False


class Document:
    """A document on the disk, which can be read more than once; raises UnusableFile where there is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            raise UnusableFile(f"{path} does not exist. Give the path of a file or of a folder.")
        self.tables: hsds_csv.Tables | None = None
        self.files: list[Path] = []
        if path.is_dir():
            self._folder(path)
        elif path.is_file():
            with path.open("rb") as stream:
                start = stream.read(4)
            if start == b"PK\x03\x04":
                self.tables = hsds_csv.zipped(path)
            else:
                self.files = [path]
        else:
            raise UnusableFile(
                f"{path} must be a file or a folder; got a device or a pipe, which may never end."
            )

    def _folder(self, path: Path) -> None:
        named = [path / f"{name}.json" for name in _FILES]
        self.files = [file for file in named if file.is_file()]
        if path / "services.json" in self.files:
            return
        for place in (path, path / "csv"):
            if (place / "services.csv").is_file():
                self.tables, self.files = hsds_csv.unpacked(place), []
                return
        if not self.files:
            self.files = sorted(
                file for file in path.iterdir() if file.suffix in SUFFIXES and file.name != "manifest.json"
            )
        if not self.files:
            raise UnusableFile(
                f"The folder {path} has neither services.json nor services.csv. Give the folder that has."
            )

    @property
    def stem(self) -> str:
        """What the document is called."""
        return self.path.stem if self.path.is_file() else self.path.resolve().name

    def sha256(self) -> str:
        """SHA-256 of all its bytes."""
        found = hashlib.sha256()
        for path in self.files or (self.tables.paths if self.tables else []):
            with path.open("rb") as stream:
                while part := stream.read(1 << 20):
                    found.update(part)
        return found.hexdigest()

    def items(self, *, check: bool = True) -> Iterator[Item]:
        """Every object, checked against its schema; without ``check`` as it stands, for whoever only looks for days."""
        if self.tables is not None:
            with self.tables.joined() as joined:
                yield from (checked(found, hint="service", check=check) for found in joined)
            return
        listed = any(path.stem == "services" for path in self.files)
        for path in self.files:
            before = path.name if len(self.files) > 1 else ""
            with path.open("rb") as raw, opened(raw) as stream:
                for found in objects(stream, lines=_has_lines(path)):
                    yield from _spread(
                        found, before=before, hint=_hint(path.stem), listed=listed, check=check
                    )


def _has_lines(path: Path) -> bool:
    """Whether each line is an object of its own."""
    if path.suffix in {".ndjson", ".jsonl"}:
        return True
    with path.open("rb") as stream:
        first = stream.readline(LARGEST_OBJECT).strip()
        second = stream.read(_LARGEST_START).lstrip()
    return first.startswith(b"{") and first.endswith(b"}") and second.startswith(b"{")


def _hint(stem: str) -> str:
    name = stem.casefold()
    for word, entity in (
        ("term", "taxonomy_term"),
        ("taxonom", "taxonomy"),
        ("organization", "organization"),
    ):
        if word in name:
            return entity
    return ""


def _spread(found: Found, *, before: str, hint: str, listed: bool, check: bool) -> Iterator[Item]:
    """The object; an organization that holds its services whole gives those, each with its organization."""
    if before:
        found = Found(f"{before} {found.pointer}".strip(), found.line, found.raw, found.value, found.fault)
    value = found.value
    if found.fault or not isinstance(value, dict) or entity_of(value, hint) != "organization":
        yield checked(found, hint=hint, check=check)
        return
    services = value.get("services")
    if listed or not isinstance(services, list) or not services:
        yield checked(found, hint=hint, check=check)
        return
    alone = {name: said for name, said in value.items() if name != "services"}
    for number, service in enumerate(services):
        whole = {**service, "organization": alone} if isinstance(service, dict) else service
        yield checked(
            Found(f"{found.pointer}/services/{number}", found.line, found.raw, whole),
            hint="service",
            check=check,
        )


def entity_of(value: Mapping[str, Any], hint: str = "") -> str:
    """Which entity an object is, by its properties; "" = none that is known."""
    names = value.keys()
    if names & {"service", "service_id"} and names & {"location", "location_id"}:
        return "service_at_location"
    if "status" in names:
        return "service"
    for entity, telling in _PROPERTIES.items():
        if names & telling:
            return entity
    return hint if "name" in names and "id" in names else ""


def checked(found: Found, *, hint: str = "", check: bool = True) -> Item:
    """The object as an item, with what is wrong with it."""
    told = (found.pointer, found.line, found.raw)
    if found.fault:
        return Item(*told, fault=found.fault)
    value = found.value
    if not isinstance(value, dict):
        return Item(*told, fault=f"{found.pointer} must be an object")
    entity = entity_of(value, hint)
    if not entity:
        wanted = "a service, an organization, a service at a location, a taxonomy nor a term"
        return Item(*told, fault=f"{found.pointer or 'the object'} is neither {wanted}".strip())
    wrong = faults(entity, value) if check else []
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        return Item(*told, entity, fault=f"{found.pointer}{wrong[0].pointer} {wrong[0].reason}{more}")
    if entity != "service_at_location":
        return Item(*told, entity, value)
    service = value.get("service")
    if not isinstance(service, dict):
        return Item(
            *told,
            entity,
            fault=f"{found.pointer}/service must stand in a service at a location; load the services",
        )
    pair = {name: said for name, said in value.items() if name != "service"}
    return Item(*told, "service", {**service, "service_at_locations": [pair]}, partial=True)


def newest_day(items: Iterable[Item]) -> tuple[date | None, int]:
    """The newest day on which a service says that it was assured or changed, and how many objects there are."""
    newest, total = None, 0
    for item in items:
        total += 1
        said = [item.value.get("assured_date"), item.value.get("last_modified")]
        ours = item.value.get("x_daybreak")
        sources = ours.get("sources") if isinstance(ours, dict) else None
        if isinstance(sources, list):
            said += [source.get("as_of") for source in sources if isinstance(source, dict)]
        days = [found for text in said if text and (found := day(text))]
        newest = max([*days, *([newest] if newest else [])], default=None)
    return newest, total


def slug_of(stem: str) -> str:
    """A source's name from a file's: "hsds-kentucky-2012"."""
    plain = re.sub(r"[^a-z0-9]+", "-", stem.casefold()).strip("-")
    return f"hsds-{plain.removeprefix('hsds-')}"[:60].strip("-") if plain else "hsds-list"
