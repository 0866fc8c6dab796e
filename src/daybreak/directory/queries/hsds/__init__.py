"""The directory as HSDS 3.0: what stands today, folded, as plain dicts in the order of the schemas, ready for orjson.

Properties that have no value are left out. ``at`` is the moment for which is spoken: openings that have expired are left
out, and what nobody confirmed within a year says so. ``ids`` None = all, in the order of their ids; else those, in the
order given, unknown and unpublished ones left out. Everything is streamed in batches, so memory does not grow with the
directory. ``full`` is what the API's detail schemas embed; without it, what its lists carry.
"""

from daybreak.directory.queries.hsds.entities import (
    organizations,
    service_at_locations,
    services,
    standing_ids,
    taxonomies,
    taxonomy_terms,
)

__all__ = [
    "organizations",
    "service_at_locations",
    "services",
    "standing_ids",
    "taxonomies",
    "taxonomy_terms",
]
