"""The words with which a person names a list to refresh, the same for `daybreak refresh` and `daybreak feeds add`."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError

from daybreak.directory.actions import FeedRefused, add_feed
from daybreak.directory.actions.locator_feed import TYPES, LocatorFeed, locator_slug
from daybreak.directory.actions.refreshing import KINDS
from daybreak.directory.channels import Unreachable
from daybreak.directory.models import Feed
from daybreak.directory.rules.areas import NoSuchArea

UNUSABLE = 2


def add_list_options(parser: ArgumentParser, *, needed: bool) -> None:
    """Kind and address of the list, and what to ask it for."""
    parser.add_argument(
        "kind", nargs=None if needed else "?", choices=sorted(KINDS), help="what kind of list it is"
    )
    parser.add_argument("address", nargs="?", default="", help="its address; findtreatment knows its own")
    parser.add_argument("--state", default="", help="findtreatment: a state, as KY")
    parser.add_argument("--county", default="", help="findtreatment: one county of the state, as Fayette")
    parser.add_argument("--near", default="", help="findtreatment: places around this ZIP instead")
    parser.add_argument("--miles", type=int, default=25, help="findtreatment: how far around it (25)")
    parser.add_argument(
        "--type", choices=TYPES, default="sa", help="findtreatment: substance use, mental health, or both"
    )
    parser.add_argument(
        "--slug", default="", help="the feed's name, where the one that it would get is taken"
    )


def feed_for(
    *, by: str, at: datetime, options: dict[str, Any], every_hours: int | None = None, fresh: bool = False
) -> Feed:
    """The feed that the words name: a known one, or a new one. ``fresh``: it must be new. Raises CommandError or FeedRefused."""
    kind = options["kind"]
    try:
        asked = _asked(options) if kind == "findtreatment" else {}
        address = options["address"] or (settings.DAYBREAK_FINDTREATMENT_URL if asked else "")
        if not address:
            raise CommandError(f"Say where the list lies: {kind} https://example.org/…", returncode=UNUSABLE)
        slug = options["slug"] or (locator_slug(asked) if asked else address_slug(kind, address))
        known = None if fresh else Feed.objects.filter(slug=slug).first()
        if known is None:
            known = add_feed(
                by=by, at=at, slug=slug, kind=kind, address=address, asked=asked, every_hours=every_hours
            )
        elif (known.kind, known.asked, known.address) != (kind, asked, address):
            raise FeedRefused(
                f"The feed {slug} asks {known.address} for something else. Give another name: --slug."
            )
        if asked:
            LocatorFeed.of(known, page_size=1)
    except (NoSuchArea, Unreachable) as problem:
        raise CommandError(str(problem), returncode=UNUSABLE) from None
    return known


def _asked(options: dict[str, Any]) -> dict[str, Any]:
    """What a locator is asked for; raises CommandError or NoSuchArea before anything is written."""
    near, state, county = options["near"].strip(), options["state"].strip().upper(), options["county"].strip()
    if bool(near) == bool(state) or (near and county):
        raise CommandError(
            "Say where: --state KY, --state KY --county Fayette, or --near 40508 --miles 25.",
            returncode=UNUSABLE,
        )
    asked: dict[str, Any] = {"zip": near, "miles": options["miles"]} if near else {"state": state}
    if county:
        asked["county"] = county
    if options["type"] != "sa":
        asked["type"] = options["type"]
    LocatorFeed.of(Feed(asked=asked), page_size=1)
    return asked


def address_slug(kind: str, address: str) -> str:
    """A feed's name from its address: "hsds-example-org"."""
    host = urlsplit(address).hostname or ""
    return f"{kind}-{re.sub('[^a-z0-9]+', '-', host.lower())}".strip("-")[:45].rstrip("-")
