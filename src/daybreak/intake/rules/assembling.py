"""Puts the converted cells of one row together to the draft of an event, and refuses what contradicts itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Table
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from daybreak.events.rules.draft import ChargeSeen, Draft, ExhibitSeen, SubstanceSeen
from daybreak.intake.rules import choices, places
from daybreak.intake.rules.mapping import Column, Mapping
from daybreak.intake.rules.problems import Refused
from daybreak.intake.rules.times import Calendar, ClockRules, Wall
from daybreak.intake.rules.uses import USES, WHEN

# A use that only one column can have stands by its name, another beside its number.
Slot = str | tuple[str, int]
Got = Table[Slot, Any]
_STRENGTH = {"suspected": 0, "ruled-out": 1, "confirmed": 2}


class _At(Refused):
    """A refusal that knows its column."""

    def __init__(self, heading: str, must: str, cure: str = "") -> None:
        super().__init__(must, cure) if cure else super().__init__(must)
        self.heading = heading


def slot_of(column: Column, place: int) -> Slot:
    """Where the value of a column stands; ``place`` is the column's number in the mapping."""
    use = USES[column.use]
    if not use.many:
        return column.use
    return column.use, column.number if use.numbered else place


class Assembly:
    """Made once a mapping; knows in which slot each use's value comes."""

    def __init__(
        self, mapping: Mapping, clock: ClockRules, constants: Table[str, Any], said: Counter[str]
    ) -> None:
        self._mapping = mapping
        self._calendar = Calendar(clock)
        self._constants = constants
        self._said = said
        self._columns = {slot_of(column, number): column for number, column in enumerate(mapping.columns)}
        self._uses = {column.use for column in mapping.columns}
        self._when = next(use for use in WHEN if use in self._uses)
        self._substances = [
            slot for slot, one in self._columns.items() if one.use in {"substance", "substance-flag"}
        ]
        self._causes = [slot for slot, one in self._columns.items() if one.use == "cause"]
        self._named = [slot for slot, one in self._columns.items() if one.use == "naloxone-named"]
        self._exhibits = self._numbers("exhibit")
        self._charges = self._numbers("charge")

    def heading_of(self, refused: Refused) -> str:
        """The column to which a refusal belongs, "" for the row."""
        return refused.heading if isinstance(refused, _At) else ""

    def draft(self, line: int, got: Got) -> Draft:
        """The event of one row; raises Refused."""
        uses, constants = self._uses, self._constants
        occurred, precision = self._occurred(got)
        draft = Draft(self._mapping.kind, line, occurred, precision)
        if "reported" in uses or "reported-date" in uses:
            draft.reported_at = self._reported(got)
        self._fill_place(draft, got)
        self._fill_event(draft, got)
        if self._named or not _NALOXONE.isdisjoint(uses):
            self._fill_naloxone(draft, got)
        if "naloxone_by" in constants and not draft.naloxone_by:
            draft.naloxone_by = constants["naloxone_by"]
        if self._exhibits:
            draft.exhibits = self._exhibits_of(got)
        if self._charges:
            draft.charges = self._charges_of(got)
        if self._substances or draft.exhibits:
            draft.substances = self._substances_of(got, draft.exhibits)
        if self._causes:
            draft.causes = tuple(dict.fromkeys(code for slot in self._causes for code in got.get(slot, ())))
        return draft

    def _heading(self, use: str, number: int | None = None) -> str:
        slot: Slot = use if number is None else (use, number)
        return self._columns[slot].heading if slot in self._columns else ""

    def _numbers(self, group: str) -> list[int]:
        return sorted({one.number for one in self._columns.values() if one.use.startswith(f"{group}-")})

    def _occurred(self, got: Got) -> tuple[datetime, str]:
        said = self._wall(got)
        try:
            return self._calendar.moment(said), said.precision
        except Refused as refused:
            raise _At(self._heading(self._when), refused.must, refused.cure) from None

    def _wall(self, got: Got) -> Wall:
        value = got.get(self._when)
        if value is None:
            raise _At(
                self._heading(self._when),
                "must say when it was",
                "Fill the cell: an event without a day cannot be kept.",
            )
        if isinstance(value, Wall):
            clock = got.get("occurred-time")
            if clock is not None and value.clock is None:
                return Wall(value.day, clock[0], clock[1], value.offset)
            return value
        return self._period(got, value)

    def _period(self, got: Got, year: int) -> Wall:
        month, quarter = got.get("occurred-month"), got.get("occurred-quarter")
        if "occurred-month" in self._uses and month is not None:
            if self._when == "occurred-fiscal-year" and month >= 10:
                year -= 1  # the federal fiscal year 2019 began in October 2018
            return Wall(date(year, month, 1), None, "month")
        if self._when == "occurred-fiscal-year":
            raise _At(self._heading("occurred-month"), "must say the month", "Fill the cell.")
        if quarter is not None:
            return Wall(date(year, 3 * quarter - 2, 1), None, "quarter")
        return Wall(date(year, 1, 1), None, "year")

    def _reported(self, got: Got) -> datetime | None:
        use = "reported" if "reported" in self._uses else "reported-date"
        said = got.get(use)
        if said is None:
            return None
        clock = got.get("reported-time")
        if clock is not None and said.clock is None:
            said = replace(said, clock=clock[0], precision=clock[1])
        try:
            return self._calendar.moment(said)
        except Refused as refused:
            raise _At(self._heading(use), refused.must, refused.cure) from None

    def _fill_place(self, draft: Draft, got: Got) -> None:
        uses, constants = self._uses, self._constants
        draft.zip = got.get("zip") or constants.get("zip", "")
        draft.state = got.get("state") or constants.get("state", "")
        draft.county = got.get("county") or constants.get("county", "")
        if "county-number" in uses:
            number = got.get("county-number")
            if number:
                draft.county = places.county_of(draft.state, number)
                if not draft.county:
                    raise _At(
                        self._heading("county-number"),
                        "must have its state beside it",
                        "Map the state, or give it as a constant.",
                    )
        self._agree(draft)
        if "address" in uses:
            block = got.get("address")
            if block == "":
                self._said["address-not-understood"] += 1
            draft.block = block or ""
        point = got.get("point") if "point" in uses else (got.get("latitude"), got.get("longitude"))
        if point and point[0] is not None and point[1] is not None:
            draft.latitude, draft.longitude = point
        if draft.block or draft.latitude is not None:
            draft.place = "block"
        else:
            draft.place = (
                "zip" if draft.zip else "county" if draft.county else "state" if draft.state else "not-stated"
            )

    def _agree(self, draft: Draft) -> None:
        """A county brings its state; where another state stands beside it, one of the two is wrong."""
        if not draft.county:
            return
        state = places.state_of_county(draft.county)
        if draft.state and draft.state != state:
            raise _At(
                self._heading("county" if "county" in self._uses else "state"),
                f"must be a county of the state beside it, {draft.state}; it is read as one of {state}",
                "Correct one of the two, or give the county as five FIPS digits.",
            )
        draft.state = state

    def _fill_event(self, draft: Draft, got: Got) -> None:
        uses, constants = self._uses, self._constants
        count = got.get("count")
        draft.count = constants.get("count", 1) if count is None else count
        if draft.count < 1:
            raise _At(
                self._heading("count"), "must be 1 or more, since a row stands for events that happened",
                "Nothing is wrong if there were none: the row is not kept.",
            )  # fmt: skip
        fatal = got.get("fatal") if "fatal" in uses else got.get("survived")
        draft.fatal = constants.get("fatal") if fatal is None else fatal
        if draft.kind == "death":
            draft.fatal = True
        draft.certainty = got.get("certainty") or constants.get("certainty", "")
        draft.status = got.get("status") or constants.get("status", "")
        draft.operation = got.get("operation") or constants.get("operation", "")
        draft.sex = got.get("sex") or ""
        draft.manner = got.get("manner") or ""
        draft.underlying = got.get("underlying") or ""
        draft.age_band = got.get("age-band") or ""
        age = got.get("age")
        if age is not None:
            unit = got.get("age-unit") or self._columns["age"].unit
            if not unit:
                raise _At(
                    self._heading("age"),
                    "must have a unit",
                    "Map the column with the unit, or state it in the mapping.",
                )
            try:
                draft.age_band = choices.band_of(age, unit)
            except Refused as refused:
                raise _At(self._heading("age"), refused.must, refused.cure) from None

    def _fill_naloxone(self, draft: Draft, got: Got) -> None:
        given, doses = got.get("naloxone-given"), got.get("naloxone-doses")
        extent = got.get("naloxone-extent")
        if extent is not None:
            given = extent[0] if given is None else given
            doses = extent[1] if doses is None else doses
        if given is None and any(got.get(slot) for slot in self._named):
            given = True
        if given is False and doses:
            raise _At(
                self._heading("naloxone-doses"),
                "must be 0 where no naloxone was given",
                "Correct one of the two cells.",
            )
        if given is None and doses is not None:
            given = doses > 0
        draft.naloxone_given, draft.naloxone_doses = given, doses
        draft.naloxone_by = got.get("naloxone-by") or ""

    def _exhibits_of(self, got: Got) -> tuple[ExhibitSeen, ...]:
        found = [one for one in (self._exhibit(got, number) for number in self._exhibits) if one is not None]
        if not found and self._mapping.kind == "seizure":
            raise _At(
                self._heading("exhibit-drug"),
                "must name what was seized",
                "Fill the drug of at least one exhibit.",
            )
        return tuple(found)

    def _exhibit(self, got: Got, number: int) -> ExhibitSeen | None:
        drugs = got.get(("exhibit-drug", number))
        measured = got.get(("exhibit-quantity", number))
        if not drugs:
            if measured is not None:
                raise _At(
                    self._heading("exhibit-drug", number),
                    "must name the drug of this quantity",
                    "Fill the cell.",
                )
            return None
        if len(drugs) != 1:
            raise _At(
                self._heading("exhibit-drug", number), "must name one substance for each exhibit",
                "Enter one exhibit for each, or name the main one under the column's values in the mapping.",
            )  # fmt: skip
        laboratory = got.get(("exhibit-laboratory", number)) or ""
        quantity, unit = self._measure(got, number, measured)
        if quantity is None and unit == "at-laboratory":
            laboratory = laboratory or "pending"
        label = got.get(("exhibit-label", number)) or ""
        return ExhibitSeen(drugs[0], quantity, unit if quantity is not None else "", laboratory, label)

    def _measure(
        self, got: Got, number: int, measured: tuple[Decimal, str] | None
    ) -> tuple[Decimal | None, str]:
        """(quantity, unit); (None, "at-laboratory") where the unit is XX, whose quantity of 1 is none."""
        beside = got.get(("exhibit-unit", number))
        if beside == "":
            return None, "at-laboratory"
        if measured is None:
            return None, ""
        column = self._columns[("exhibit-quantity", number)]
        unit = measured[1] or beside or column.unit
        if beside and measured[1] and beside != measured[1]:
            raise _At(
                column.heading, "must have the unit that stands beside it", "Correct one of the two cells."
            )
        if not unit:
            raise _At(column.heading, "must have a unit", "Fill the unit, or state it in the mapping.")
        return measured[0], unit

    def _charges_of(self, got: Got) -> tuple[ChargeSeen, ...]:
        found = []
        for number in self._charges:
            statute = got.get(("charge-statute", number)) or ""
            offense = got.get(("charge-offense", number))
            if offense == "":
                self._said["offense-not-kept"] += 1
            if statute or offense:
                counts = got.get(("charge-counts", number)) or 1
                found.append(ChargeSeen(statute, offense or "", counts))
        return tuple(found)

    def _substances_of(self, got: Got, exhibits: tuple[ExhibitSeen, ...]) -> tuple[SubstanceSeen, ...]:
        """Each substance once, with the strongest thing said of it; raises Refused where it is confirmed and ruled out."""
        found: dict[str, str] = {}
        for slot in self._substances:
            value = got.get(slot)
            if value is None:
                continue
            if value == ():
                self._said["substance-not-kept"] += 1
            standing = self._columns[slot].standing
            for slug, said in (
                [value] if slot[0] == "substance-flag" else [(slug, standing) for slug in value]
            ):
                if {found.get(slug), said} == {"confirmed", "ruled-out"}:
                    raise _At(
                        self._columns[slot].heading,
                        "must not rule out what another column confirms",
                        "Correct one of them.",
                    )
                if slug not in found or _STRENGTH[said] > _STRENGTH[found[slug]]:
                    found[slug] = said
        for exhibit in exhibits:
            standing = exhibit.laboratory if exhibit.laboratory in {"confirmed", "ruled-out"} else "suspected"
            if _STRENGTH[standing] > _STRENGTH.get(found.get(exhibit.substance, ""), -1):
                found[exhibit.substance] = standing
        return tuple([SubstanceSeen(slug, standing) for slug, standing in found.items()])


_NALOXONE = {"naloxone-given", "naloxone-doses", "naloxone-extent", "naloxone-by"}
