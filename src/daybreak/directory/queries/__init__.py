"""Reads the directory for those who publish it: everybody may see what is published, so the viewer is the public."""

from daybreak.directory.queries.aside import quarantined_rows
from daybreak.directory.queries.published import (
    PublishedListing,
    PublishedPhone,
    PublishedService,
    editions,
    published_listings,
    source_titles,
)

__all__ = [
    "PublishedListing", "PublishedPhone", "PublishedService", "editions", "published_listings", "quarantined_rows",
    "source_titles",
]  # fmt: skip
