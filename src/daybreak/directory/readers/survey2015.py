"""Reads Lexington's provider survey of 2015: three heading lines, columns by the number of their question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from daybreak.directory.readers.tables import Record, UnusableFile, open_sheet
from daybreak.directory.rules.rows import Mend, Row, Statement
from daybreak.directory.rules.solo import is_solo_practitioner

SLUG, FAMILY = "lexington-survey-2015", "lexington-survey"
# The file names only its year.
AS_OF = date(2015, 12, 31)

# Boxes to tick: 1 = ticked = yes. A box that is not ticked says nothing: the question may not have been asked.
TICKED: dict[str, tuple[str, ...]] = {
    "Q19_1": ("detox-alcohol", "detox"),
    "Q19_2": ("detox-opioid", "detox"),
    "Q19_3": ("detox-other", "detox"),
    "Q20_1": ("detox-medication",),
    "Q20_2": ("detox-medication",),
    "Q20_3": ("detox-nonmedical",),
    "Q10_1": ("residential",),
    "Q10_2": ("intensive-outpatient", "outpatient"),
    "Q10_3": ("outpatient",),
    # Who gives a medicine also takes people who are on it.
    "Q10_4": ("methadone", "medication", "accepts-methadone"),
    "Q10_5": ("buprenorphine", "medication", "accepts-buprenorphine"),
    "Q11_1": ("stay-under-28", "stay-short"),
    "Q11_2": ("stay-under-28", "stay-short"),
    "Q11_3": ("stay-under-28", "stay-short"),
    "Q11_4": ("stay-28-30", "stay-short"),
    "Q11_5": ("stay-1-6-months", "stay-long"),
    "Q11_6": ("stay-1-6-months", "stay-long"),
    "Q11_7": ("stay-over-6-months", "stay-long"),
    "Q11_8": ("stay-over-6-months", "stay-long"),
    "Q11_9": ("stay-over-6-months", "stay-long"),
    "Q11_10": ("stay-over-6-months", "stay-long"),
    "Q13_1": ("teens",),
    "Q13_2": ("adults",),
    "Q21_1": ("men",),
    "Q21_2": ("women",),
    "Q12_1": ("medicare",),
    "Q12_2": ("medicaid",),
    "Q12_3": ("voucher",),
    "Q12_4": ("private-insurance",),
    "Q12_5": ("payment-help",),
    "Q12_6": ("free",),
    "Q12_7": ("self-pay",),
    "Q17_1": ("plan-anthem",),
    "Q17_2": ("plan-coventry",),
    "Q17_3": ("plan-humana",),
    "Q17_4": ("plan-passport",),
    "Q17_5": ("plan-wellcare",),
    "Q51_1": ("pregnancy-priority",),
    "Q51_2": ("injection-priority",),
    "Q51_3": ("homeless-priority",),
    "Q51_4": ("faith-based",),
}
# Questions with two answers: 1 = yes, 2 = no. The Boolean is what a "yes" to the question says of the need.
ANSWERED: dict[str, tuple[str, bool]] = {
    "Q15": ("detox", True),
    "Q28": ("smoke-allowed", True),
    "Q42": ("nicotine-replacement", True),
    "Q33": ("keep-medicines", False),  # are there medicines that you do not allow?
    "Q47": ("opioid-treatment-program", True),
    "Q23": ("pregnant", True),
    "Q45": ("no-upfront-payment", False),  # is the money needed up front?
    "Q24": ("no-drug-test-to-enter", False),  # must one test negative to enter?
    "Q48": ("no-health-limits", False),  # any restrictions?
}
# Of the free text about barred medicines only these words are read, and nothing of it is kept.
BARRED_MEDICINES = "Q46"
BARRED: dict[str, re.Pattern[str]] = {
    "accepts-buprenorphine": re.compile(r"\b(?:suboxone|subutex|buprenorphine)\b", re.IGNORECASE),
    "accepts-methadone": re.compile(r"\bmethadone\b", re.IGNORECASE),
}
# Personal or free text, and where the form was filled in: never read, and empty in the bundled copy.
NEVER_READ = (
    "Q11_11_TEXT", "Q43_3_TEXT", "Q44", "Q49", "Q51_5_TEXT", "Q41", "Q56", "LocationLatitude", "LocationLongitude",
)  # fmt: skip
_PLACE = {
    "Q2": "name",
    "Q4": "address_1",
    "Q5": "city",
    "Q8": "zip",
    "Q9": "contact",
    "lat": "latitude",
    "lng": "longitude",
}


class Survey:
    """An opened survey file."""

    def __init__(self, data: bytes) -> None:
        self.sheet = open_sheet(data, headings=3)
        first, second = self.sheet.headings[:2]
        if any(second[len(first) :]):
            raise UnusableFile(
                f"The second heading line must have no more columns than the first; got {len(second)} below {len(first)}. "
                "Is this the survey (86 columns, three heading lines)?"
            )
        second = [*second, *[""] * (len(first) - len(second))]
        self.columns = {name: column for column, name in enumerate(second) if name}
        for column, name in enumerate(first):
            if name in {"lat", "lng", "location"} and not second[column]:
                self.columns.setdefault(name, column)
        # A free-text column under another name would slip through, so these must be named as well.
        needed = (*_PLACE, *TICKED, *ANSWERED, *NEVER_READ, BARRED_MEDICINES)
        missing = [name for name in needed if name not in self.columns]
        if missing:
            more = f" and {len(missing) - 6} more" if len(missing) > 6 else ""
            raise UnusableFile(
                f"The second heading line must name the questions of the 2015 survey; missing: {', '.join(missing[:6])}"
                f"{more}. Is this the survey (86 columns, three heading lines)?"
            )
        self.fields = [""] * len(first)
        for question, name in _PLACE.items():
            self.fields[self.columns[question]] = name

    def rows(self) -> Iterator[Row]:
        """Every provider, in order; one who practises alone comes with ``published`` False."""
        records = list(self.sheet.records(self.fields))
        names = {record.cells[self.columns["Q2"]].strip() for record in records}
        for record in records:
            yield self._row(record, names)

    def bundled_copy(self) -> list[list[str]]:
        """The survey as it may be bundled, headings and all: no solo practitioners, nobody unnamed, no free text.

        A row without a name goes too: its address and phone could be one person's. Of the barred medicines only the
        words that ``BARRED`` reads stay.
        """
        width = len(self.sheet.headings[0])
        kept = [line + [""] * (width - len(line)) for line in self.sheet.headings]
        records = list(self.sheet.records(self.fields))
        names = {record.cells[self.columns["Q2"]].strip() for record in records}
        for record in records:
            cells = list(record.cells)
            name = cells[self.columns["Q2"]].strip()
            if not name or is_solo_practitioner(name, names):
                continue
            text = cells[self.columns[BARRED_MEDICINES]]
            words = [found[0].lower() for pattern in BARRED.values() if (found := pattern.search(text))]
            cells[self.columns[BARRED_MEDICINES]] = " ".join(words)
            for question in NEVER_READ:
                cells[self.columns[question]] = ""
            kept.append(cells)
        return kept

    def _row(self, record: Record, names: set[str]) -> Row:
        def cell(question: str) -> str:
            return record.cells[self.columns[question]].strip()

        never = {self.columns[question] for question in (*NEVER_READ, BARRED_MEDICINES)}
        raw = self.sheet.delimiter.join("" if at in never else text for at, text in enumerate(record.cells))
        row = Row(
            record.line, record.row, raw, cell("Q2"), address_1=cell("Q4"), city=cell("Q5"), zip=cell("Q8"),
            latitude=cell("lat"), longitude=cell("lng"), has_point=True,
            contacts=(("main", cell("Q9")),) if cell("Q9") else (),
            published=not is_solo_practitioner(cell("Q2"), names), mends=list(record.mends),
        )  # fmt: skip
        if row.city or row.zip:
            row.state = "KY"  # the survey asked providers in Kentucky only and has no column for the state
        row.statements = tuple(self._statements(record, row).values())
        return row

    def _statements(self, record: Record, row: Row) -> dict[str, Statement]:
        said: dict[str, Statement] = {}
        for question, needs in TICKED.items():
            answer = record.cells[self.columns[question]].strip()
            if answer == "1":
                for need in needs:
                    earlier = f"{said[need].said} " if need in said else ""
                    said[need] = Statement(need, True, f"{earlier}{question}=1")
            elif answer:
                row.mends.append(Mend(question, answer, "", "answer-not-understood"))
        for question, (need, means) in ANSWERED.items():
            answer = record.cells[self.columns[question]].strip()
            if answer in {"1", "2"}:
                # A provider who ticked kinds of detox and denied detox said yes more precisely.
                said.setdefault(need, Statement(need, (answer == "1") == means, f"{question}={answer}"))
            elif answer:
                row.mends.append(Mend(question, answer, "", "answer-not-understood"))
        text = record.cells[self.columns[BARRED_MEDICINES]]
        for need, pattern in BARRED.items():
            if pattern.search(text):
                said[need] = Statement(
                    need, False, f"{BARRED_MEDICINES}: named among the medicines not allowed"
                )
        return said
