"""Subtraction: no sum or difference of what police agencies ever read of a health source leaves one to nine people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from daybreak.accounts.models import Agency, Membership
from daybreak.accounts.rules.agencies import SHARED_FIELDS
from daybreak.accounts.viewers import viewer_of
from daybreak.events.models import Event
from daybreak.events.queries.places import areas
from daybreak.events.queries.released import released_cells
from tests.people import SINCE, Cast, person
from tests.rooms.events.desk import AT, Desk, local, run
from tests.rooms.events.ledger import deliver

EVERY_FIELD = tuple(SHARED_FIELDS)


@dataclass(frozen=True)
class Leaf:
    """The finest that anybody could wish to count: a local day in a ZIP code."""

    on: date
    zip: str


def test_no_sum_of_what_all_police_agencies_ever_read_leaves_one_to_nine_people(
    cast: Cast, desk: Desk
) -> None:
    sheriff = Agency.objects.create(slug="sheriff", name="Sheriff", kind="sheriff")
    cast.agencies["sheriff"] = sheriff
    deputy = person("deputy")
    Membership.objects.create(user=deputy, agency=sheriff, role="analyst", since=SINCE)
    cast.agree("fire", "police", "overdose", *EVERY_FIELD, place="block", time="minute")
    cast.agree("fire", "sheriff", "overdose", place="county", time="month")
    drawn = np.random.default_rng(11)
    more = [
        run(
            1000 + number,
            local(1, 1, 5) + timedelta(days=int(drawn.integers(0, 190))),
            str(40502 + int(drawn.integers(0, 4))),
        )
        for number in range(320)
    ]
    more += [run(2000 + number, local(3, 9, number), "40503") for number in range(14)]
    deliver(desk.runs, more, at=AT, name="more.csv")
    people: dict[Leaf, int] = {}
    for event in Event.objects.filter(feed=desk.runs):
        leaf = Leaf(event.occurred_on, event.zip)
        people[leaf] = people.get(leaf, 0) + event.count
    leaves = sorted(people, key=lambda leaf: (leaf.on, leaf.zip))

    def counts(inside: Callable[[Leaf], bool]) -> np.ndarray:
        return np.array([float(inside(leaf)) for leaf in leaves])

    shown: dict[tuple[date, date, str], int] = {}
    for who in (cast.officer, deputy):
        for at in (AT, AT + timedelta(days=20), AT + timedelta(days=200)):
            viewer = viewer_of(who, at=at)
            for one in released_cells(viewer, kind="overdose", years=[2012, 2013], at=at):
                for cell in one.cells:
                    known = shown.setdefault((cell.since, cell.until, cell.zip), cell.people)
                    assert known == cell.people, "one cell says two things"
            for by, period, month in [(by, period, month) for by in ("zip", "county") for period in ("month", "year")
                                      for month in range(1, 8)]:  # fmt: skip
                for found in areas(
                    viewer, kind="overdose", by=by, period=period, day=date(2013, month, 1), at=at
                ):
                    for area in found.areas:
                        key = (found.since, found.until, area.code if by == "zip" else "")
                        assert shown.get(key) == area.count, "a map says what no released cell says"
    assert len(shown) > 20, "cells must be shown, or nothing was tried"
    rows = np.array(
        [counts(lambda leaf, c=cell: c[0] <= leaf.on <= c[1] and c[2] in {"", leaf.zip}) for cell in shown]
    )
    assert [int(one) for one in rows @ np.array([people[leaf] for leaf in leaves])] == list(shown.values())
    _, sizes, basis = np.linalg.svd(rows, full_matrices=False)
    basis = basis[sizes > 1e-9]

    def follows(wanted: np.ndarray) -> bool:
        return bool(np.linalg.norm(wanted - basis.T @ (basis @ wanted)) < 1e-6)

    assert follows(rows[0] - rows[-1]), "what is shown can be subtracted"
    small = 0
    spans = [
        (start, start + timedelta(days=days))
        for start in (date(2013, 1, 1) + timedelta(days=one) for one in range(196))
        for days in (0, 6)
    ]
    spans += [(date(2013, one, 1), date(2013, one + 1, 1) - timedelta(days=1)) for one in range(1, 8)]
    for since, until in spans:
        for zip_code in ("", "40502", "40503", "40504", "40505", "40508", "40511"):
            wanted = counts(lambda leaf: since <= leaf.on <= until and zip_code in {"", leaf.zip})  # noqa: B023 - used at once
            many = sum(
                number
                for leaf, number in people.items()
                if since <= leaf.on <= until and zip_code in {"", leaf.zip}
            )
            if 0 < many < 10:
                small += 1
                assert not follows(wanted), (since, until, zip_code, many)
    assert small > 400, "there must be small counts to find"
