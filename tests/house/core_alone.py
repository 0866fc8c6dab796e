"""Run by a test in a process where Django cannot be imported: searches a small directory, then notices a surge."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

SITE_ONLY = {
    "django",
    "granian",
    "psycopg",
    "whitenoise",
    "jinja2",
    "asgiref",
    "babel",
    "markdown_it",
    "rich",
}


class Wall(MetaPathFinder):
    """Refuses what only `daybreak[site]` installs, as if it were not there."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raise for what is refused; leave the rest to the finders that follow."""
        if fullname.split(".")[0] in SITE_ONLY:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


def main(folder: Path) -> None:
    """Print the alarm of a surge, then the total, the first listing and whether Django stayed out."""
    sys.meta_path.insert(0, Wall())

    import numpy as np

    from daybreak.finder.generations import Finder, publish
    from daybreak.finder.listings import Listings
    from daybreak.finder.query import Condition, Near, Query
    from daybreak.finder.search import search

    # Lexington, Louisville: only the first lies in the circle below.
    listings = Listings(
        ids=["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"],
        latitude=np.array([38.04, 38.25]),
        longitude=np.array([-84.50, -85.76]),
        counties=["KY/Fayette", "KY/Jefferson"],
        states=["KY", "KY"],
        names=["First", "Second"],
        payloads=[b"{}", b"{}"],
        service_listing=np.array([0, 1], np.int32),
        service_checked_days=np.array([-1, -1], np.int32),
        service_open_until=np.array([0, 0], np.int64),
        columns=["detox", "medicaid"],
        groups={"care": ["detox"], "paying": ["medicaid"]},
        yes=np.array([[0, 0], [0, 1], [1, 0]], np.int32),
        no=np.empty((0, 2), np.int32),
    )
    publish(listings, folder, built_at_minutes=0)
    query = Query(conditions=(Condition(("detox",)),), place=Near(38.05, -84.5, 25.0))
    answer = search(Finder(folder).index(), query)

    from daybreak.config.command import main as daybreak

    counts = folder / "counts.csv"
    counts.write_text("day,runs\n" + "".join(f"{day},1\n" for day in range(1, 41)) + "41,9\n")
    words = ["surge", "detect", str(counts), "--method", "ears-c1", "--period", "day", "--test", "41:41"]
    done = daybreak([*words, "--out", str(folder / "alarms.csv")])
    print((folder / "alarms.csv").read_text().split()[-1], done)
    print(answer.total, answer.hits[0].listing_id, "django" in sys.modules)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
