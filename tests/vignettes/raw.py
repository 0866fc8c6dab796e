"""The bundled raw files as rows that state yes, no or nothing: read here anew, with no code of Daybreak.

What a row states is read from the printed meaning of its codes (`samhsa_service_codes.csv`) and from the texts of the
survey's questions; what a list is about is said by its title. A blank box or an absent code states nothing.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path

DATA = Path(__file__).parents[2] / "data"
DIRECTORY_2015 = DATA / "samhsa" / "samhsa_directory_2015_geocoded.csv"
SURVEY_2015 = DATA / "lexington" / "provider_survey_2015.csv"
Point = tuple[float, float]

# What a person needs → the words that a code's printed label has where the code states it.
LABELS = {
    "detox": r"\bdetox",
    "outpatient": r"^(?!.*detox).*\boutpatient\b",
    "intensive-outpatient": r"\bintensive outpatient\b",
    "day-treatment": r"\bday treatment\b",
    "residential": r"^residential(?! beds| detox)|(?:long|short)-term residential",
    "hospital": r"^hospital inpatient",
    "sober-living": r"halfway house|sober home",
    "buprenorphine": r"^buprenorphine",
    "methadone": r"^methadone maintenance",
    "naltrexone": r"^naltrexone",
    "medication": r"^buprenorphine|^methadone maintenance|^naltrexone|^outpatient methadone/buprenorphine",
    "medicaid": r"^medicaid$",
    "medicare": r"^medicare$",
    "private-insurance": r"^private health insurance",
    "military-insurance": r"military insurance",
    "free": r"^no payment accepted",
    "sliding-scale": r"^sliding fee scale",
    "payment-help": r"^payment assistance",
    "self-pay": r"^cash or self",
    "stay-long": r"^long-term residential",
    "stay-short": r"^short-term residential",
    "women": r"^female$|^adult women$|^pregnant/postpartum women$",
    "men": r"^male$|^adult men$",
    "teens": r"^children/adolescents$|^adolescents$",
    "young-adults": r"^young adults$",
    "adults": r"^adults$",
    "seniors": r"^seniors",
    "pregnant": r"^pregnant",
    "children-stay": r"^residential beds for clients' children",
    "veterans": r"^veterans$|^active duty military$|^members of military families$",
    "lgbtq": r"^lesbian",
    "trauma": r"trauma|sexual abuse|domestic violence",
    "court-referred": r"^criminal justice",
    "dui": r"\bdui/dwi\b",
    "mental-health": r"co-occurring|mix of mh and sa|^primary focus: mental health",
    "spanish": r"^spanish$",
    "deaf": r"^sign language",
}
# Groups that a program keeps to: nobody else is taken.
NOTES = {
    "Methadone Clients Only": ("methadone medication", "opioid medication"),
    "Methadone and Buprenorphine Clients Only": ("methadone buprenorphine medication", "opioid medication"),
    "DWI/DUI Clients Only": ("dui", "dui"),
}
# Ticked boxes of the survey by their printed question and answer: 1 states yes, an empty box states nothing.
TICKED = {
    "Q19_1": "detox", "Q19_2": "detox", "Q19_3": "detox",
    "Q10_1": "residential", "Q10_2": "intensive-outpatient outpatient", "Q10_3": "outpatient",
    "Q10_4": "methadone medication", "Q10_5": "buprenorphine medication",
    "Q11_1": "stay-short", "Q11_2": "stay-short", "Q11_3": "stay-short", "Q11_4": "stay-short",
    "Q11_5": "stay-long", "Q11_6": "stay-long", "Q11_7": "stay-long", "Q11_8": "stay-long", "Q11_9": "stay-long",
    "Q11_10": "stay-long", "Q13_1": "teens", "Q13_2": "adults", "Q21_1": "men", "Q21_2": "women",
    "Q12_1": "medicare", "Q12_2": "medicaid", "Q12_4": "private-insurance", "Q12_5": "payment-help", "Q12_6": "free",
    "Q12_7": "self-pay", "Q17_1": "plan-anthem", "Q17_2": "plan-coventry", "Q17_3": "plan-humana",
    "Q17_4": "plan-passport", "Q17_5": "plan-wellcare",
}  # fmt: skip
# Questions answered 1 = yes or 2 = no: what each of the two answers means.
ANSWERED = {
    "Q15": ("detox", ""),
    "Q23": ("pregnant", ""),
    "Q33": ("", "keep-medicines"),  # medicines that you do not allow patients to remain on?
    "Q45": ("", "no-upfront-payment"),  # is the money needed up front?
    "Q24": ("", "no-drug-test-to-enter"),  # is it necessary to test negative to enter?
    "Q48": ("", "no-health-limits"),  # any restrictions on patients with significant health problems?
}
LIST_2014 = {
    "outpatient_offered": "outpatient", "residential_offered": "residential", "partial_hosp_offered": "day-treatment",
    "transitional_living_offered": "sober-living", "peer_transitional_living": "sober-living",
    "serves_adolescent_females": "teens", "serves_adolescent_males": "teens", "serves_children": "teens",
    "serves_female_only": "women", "serves_male_only": "men", "serves_females_males_both": "women men",
    "serves_preg_females": "pregnant", "serves_veterans": "veterans",
}  # fmt: skip
CATALOGUE_2024 = {
    "Recovery Kentucky": "residential",
    "DOC SAP provider (IOP & residential)": "residential intensive-outpatient outpatient",
    "DOC SAP provider (IOP)": "intensive-outpatient outpatient",
    "DOC SAP provider (IOP + transitional living)": "intensive-outpatient outpatient sober-living",
}

# One program under two spellings, where the raw rows prove it: the key of the one → the key of the other.
SPELT = {
    # "Genesis", 2400 Russellville Road and "Genesis Program", 2400 Russelville Rd, both 42240; both name 473-7766.
    ("genesis program", "2400 russelville rd", "42240", ""): ("genesis", "2400 russellville rd", "42240", ""),
}


@dataclass(frozen=True)
class Row:
    """One row of a raw file. ``only``: groups that it keeps to; ``day``: the day for which its list speaks."""

    source: str
    number: int
    day: str
    name: str
    program: str
    street: str
    zip: str
    city: str
    state: str
    yes: frozenset[str]
    no: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()
    written: Point | None = field(default=None)
    also_from: tuple[tuple[str, int], ...] = ()

    @cached_property
    def ids(self) -> frozenset[tuple[str, int]]:
        """Source and number of this row and of those that were joined to it."""
        return frozenset({(self.source, self.number), *self.also_from})

    @cached_property
    def point(self) -> Point | None:
        """Where the row says it is; the middle of its ZIP area where it does not, or lies over 50 miles from it."""
        middle = zip_points().get(self.zip)
        if self.written and (middle is None or miles(self.written, middle) <= 50):
            return self.written
        return middle


def words(text: str) -> frozenset[str]:
    """The words of a table's cell."""
    return frozenset(text.split())


def miles(one: Point, other: Point) -> float:
    """The haversine on a sphere of 3,958.8 miles."""
    lat, lon, lat2, lon2 = (math.radians(part) for part in (*one, *other))
    half = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
    return 2 * 3958.8 * math.asin(math.sqrt(half))


@cache
def zip_points() -> dict[str, Point]:
    """The middles of the Census's ZIP areas."""
    with open(DATA / "geo" / "zcta_centroids_2021_census.csv", newline="") as sheet:
        return {
            line["zip"]: (float(line["latitude"]), float(line["longitude"])) for line in csv.DictReader(sheet)
        }


@cache
def county_rings(county: str) -> list[list[list[float]]]:
    """The outline of a Kentucky county: [longitude, latitude] around each ring."""
    found = json.loads((DATA / "geo" / "kentucky_counties.geojson").read_text())
    for feature in found["features"]:
        if feature["properties"]["name"] == county:
            shape = feature["geometry"]
            parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
            return [ring for part in parts for ring in part]
    raise LookupError(county)


def in_county(point: Point, county: str) -> bool:
    """Whether a ray to the east crosses the outline an odd number of times."""
    y, x = point
    if not (36.4 < y < 39.2 and -89.6 < x < -81.9):
        return False  # outside of Kentucky
    crossings = 0
    for ring in county_rings(county):
        for (x1, y1, *_), (x2, y2, *_) in pairwise(ring):
            crossings += (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1)
    return crossings % 2 == 1


@cache
def label_of(code: str) -> str:
    """What a code is printed to mean in 2015: the list of 2015 first, then today's, then the older one."""
    return labels().get(code, "")


@cache
def labels() -> dict[str, str]:
    """Every code's label, the one that counts in 2015."""
    order = ("directory_2010_2012", "findtreatment_2023", "directory_2015_extra")
    with open(DATA / "vocabulary" / "samhsa_service_codes.csv", newline="", encoding="utf-8") as sheet:
        lines = sorted(csv.DictReader(sheet), key=lambda line: order.index(line["vintage"]))
    return {line["code"]: line["label"].lower() for line in lines}


@cache
def stated_by(code: str) -> frozenset[str]:
    """What a code states, by its label."""
    return frozenset(need for need, pattern in LABELS.items() if re.search(pattern, label_of(code)))


def _degrees(latitude: str, longitude: str) -> Point | None:
    try:
        return float(latitude), float(longitude)
    except ValueError:
        return None


def _kept_to(yes: frozenset[str]) -> frozenset[str]:
    """The sex and the ages that a row keeps to: where it names one sex, or ages, the others are not taken."""
    sexes, ages = yes & {"women", "men"}, yes & {"teens", "young-adults", "adults", "seniors"}
    return (sexes if len(sexes) == 1 else frozenset()) | ages


def directory_2015() -> Iterator[Row]:
    """SAMHSA's National Directory of 2015: codes, and notes that keep a program to some clients."""
    with open(DIRECTORY_2015, newline="", encoding="latin-1") as sheet:
        for number, line in enumerate(csv.DictReader(sheet), 1):
            codes = [code for code in line["Keys"].split("/") if code]
            yes = frozenset(need for code in codes for need in stated_by(code))
            stated, kept = NOTES.get(line["Note"].strip(), ("", ""))
            only = _kept_to(yes) | ({kept} if kept else set())
            if "VAMC" in codes:  # run by the Department of Veterans Affairs
                only |= {"veterans"}
            yield Row(
                "samhsa-directory-2015", number, "2015-12-31", line["Name1"], " ".join((line["Name2"], line["Name3"])),
                line["Address1"], line["ZIP_Code"].zfill(5)[:5], line["City"], line["State"], yes | words(stated),
                only=only, written=_degrees(line["Latitude"], line["Longitude"]),
            )  # fmt: skip


def survey_2015() -> Iterator[Row]:
    """The survey of 2015: three heading lines; 1 is ticked or yes, 2 is no."""
    with open(SURVEY_2015, newline="", encoding="utf-8", errors="replace") as sheet:
        lines = list(csv.reader(sheet))
    at = {name: column for column, name in enumerate(lines[1]) if name}
    latitude, longitude = lines[0].index("lat"), lines[0].index("lng")
    for number, line in enumerate(lines[3:], 1):
        cells = {name: line[column].strip() for name, column in at.items()}
        yes, no = set[str](), set[str]()
        for question, needs in TICKED.items():
            yes |= words(needs) if cells[question] == "1" else set()
        for question, (if_yes, if_no) in ANSWERED.items():
            need = if_yes or if_no
            if cells[question] in {"1", "2"}:
                (yes if (cells[question] == "1") == bool(if_yes) else no).add(need)
        barred = {"suboxone": "accepts-buprenorphine", "methadone": "accepts-methadone"}
        no |= {need for word, need in barred.items() if word in cells["Q46"].lower()}
        point = _degrees(line[latitude], line[longitude])
        if point and miles(point, (37.8393332, -84.2700179)) < 0.1:
            point = None  # the middle of Kentucky: no address was found
        stated = frozenset(yes)
        yield Row(
            "lexington-survey-2015", number, "2015-12-31", cells["Q2"], "", cells["Q4"], cells["Q8"], cells["Q5"],
            "KY", stated, frozenset(no - yes), _kept_to(stated), point,
        )  # fmt: skip


def list_2014() -> Iterator[Row]:
    """The Kentucky list of about 2014: 1 is yes, a blank states nothing."""
    with open(DATA / "lexington" / "kentucky_list_2014.csv", newline="", encoding="utf-8") as sheet:
        for number, line in enumerate(csv.DictReader(sheet), 1):
            ticked = [column for column in LIST_2014 if line[column].strip() == "1"]
            yes = frozenset(need for column in ticked for need in words(LIST_2014[column]))
            one = {"serves_female_only": "women", "serves_male_only": "men"}
            only = frozenset(
                one[column] for column in ticked if column in one and len(yes & {"women", "men"}) == 1
            )
            yield Row(
                "kentucky-list-2014", number, "2014-12-31", line["organization_name"], "", line["address"],
                line["physicalzipcode"].strip(), line["physicalcity"], "KY", yes, only=only,
                written=_degrees(line["lat"], line["lng"]),
            )  # fmt: skip


def catalogue_2024() -> Iterator[Row]:
    """The catalogue of Kentucky's Department of Corrections: kinds of program, and whom it serves."""
    with open(DATA / "kentucky" / "ky_doc_recovery_centers.csv", newline="", encoding="utf-8") as sheet:
        for number, line in enumerate(csv.DictReader(sheet), 1):
            sex = frozenset({line["serves"]} & {"women", "men"})
            found = re.search(r"^(.*?),\s*([^,]+),\s*KY\s+(\d{5})", line["address"])
            street, city, code = found.groups() if found else (line["address"], "", "")
            yield Row(
                "kentucky-doc-2024", number, "2024-12-31", line["name"], "", street, code, city, "KY",
                words(CATALOGUE_2024.get(line["program"], "")) | sex, only=sex,
            )  # fmt: skip


def clinics_2022() -> Iterator[Row]:
    """Certified opioid treatment programs: the certificate is for methadone, and says nothing else."""
    with open(DATA / "kentucky" / "otp_2022_KY.csv", newline="", encoding="utf-8") as sheet:
        for number, line in enumerate(csv.DictReader(sheet), 1):
            yield Row(
                "samhsa-otp-2022", number, "2022-04-25", line["ID"], "", line["ADDRESS"], line["POSTAL"][:5],
                line["CITY"], line["STATE"], words("methadone medication"),
                written=_degrees(line["Latitude"], line["Longitude"]),
            )  # fmt: skip


def mental_health_2020() -> Iterator[Row]:
    """SAMHSA's list of mental-health facilities in Kentucky: that is all it states."""
    with open(DATA / "kentucky" / "samhsa_mh_KY.csv", newline="", encoding="utf-8") as sheet:
        for number, line in enumerate(csv.DictReader(sheet), 1):
            yield Row(
                "samhsa-mh-2020", number, "2020-12-31", line["name1"], line["name2"].replace("NA", ""),
                line["street1"], line["zip"], line["city"], line["state"], frozenset({"mental-health"}),
                written=_degrees(line["latitude"], line["longitude"]),
            )  # fmt: skip


def _plain(text: str) -> str:
    short = {"street": "st", "avenue": "ave", "road": "rd", "drive": "dr", "boulevard": "blvd", "lane": "ln",
             "north": "n", "south": "s", "east": "e", "west": "w"}  # fmt: skip
    kept = re.sub(r"(?i)[, ]+(?:suite|ste|unit|#).*|\b(?:inc|llc|psc)\b\.?|^the ", "", text.lower())
    return " ".join(short.get(word, word) for word in re.findall(r"[a-z0-9]+", kept))


@cache
def rows() -> tuple[Row, ...]:
    """Every row that states something, of every bundled list; rows of several lists that name one program are joined."""
    read = [
        *directory_2015(), *survey_2015(), *list_2014(), *catalogue_2024(), *clinics_2022(), *mental_health_2020(),
    ]  # fmt: skip
    same: dict[tuple[str, ...], list[Row]] = {}
    for row in read:
        key = (_plain(row.name), _plain(row.street), row.zip, _plain(row.program))
        key = SPELT.get(key, key)
        same.setdefault(key, []).append(row)
    joined: list[Row] = []
    for members in same.values():
        sources = {row.source for row in members}
        joined += [join(members)] if 1 < len(members) == len(sources) else members
    return tuple(joined)


def join(members: list[Row]) -> Row:
    """What several lists say of one program: per need the newest word; words of one day that differ cancel out."""
    first = members[0]
    yes, no = set[str](), set[str]()
    for need in {need for row in members for need in row.yes | row.no}:
        day = max(row.day for row in members if need in row.yes | row.no)
        said = {need in row.yes for row in members if row.day == day and need in row.yes | row.no}
        if len(said) == 1:
            (yes if said.pop() else no).add(need)
    only = frozenset.union(*(row.only for row in members))
    if yes >= {"women", "men"}:
        only -= {"women", "men"}
    points = [row.written for row in members if row.written]
    return replace(
        first, yes=frozenset(yes), no=frozenset(no), only=only, written=points[0] if points else None,
        also_from=tuple((row.source, row.number) for row in members[1:]),
    )  # fmt: skip
