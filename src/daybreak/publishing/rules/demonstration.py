"""Who takes part in the demonstration of Lexington 2013: agencies, what they share, posts, and a person for each role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

FIRST_MEETING = date(2013, 3, 8)
SCENARIO = "lexington-2013"
# The members as they were published (lanereport.com/22595), and the state agency whose report disagrees with the coroner.
AGENCIES = (
    ("police", "Division of Police", "police", "Lexington"),
    ("fire-ems", "Division of Fire & Emergency Services", "fire-ems", "Lexington"),
    ("commonwealths-attorney", "Commonwealth’s Attorney", "prosecutor", "Fayette County"),
    ("county-attorney", "County Attorney", "prosecutor", "Fayette County"),
    ("sheriff", "Sheriff", "sheriff", "Fayette County"),
    ("corrections", "Community Corrections", "corrections", "Lexington"),
    ("coroner", "Coroner", "coroner", "Fayette County"),
    ("health-department", "Health Department", "health-department", "Fayette County"),
    ("mayors-alliance", "Mayor’s Alliance on Substance Abuse", "mayor", "Lexington"),
    ("odcp", "Kentucky Office of Drug Control Policy", "state", "Kentucky"),
)
MEMBERS = tuple(slug for slug, *_ in AGENCIES if slug != "odcp")


@dataclass(frozen=True, slots=True)
class Sharing:
    """What one agency lets every other member see."""

    giver: str
    kinds: tuple[str, ...]
    fields: tuple[str, ...]
    place: str
    time: str


SHARING = (
    Sharing(
        "police",
        ("arrest", "seizure", "complaint"),
        ("operation", "substances", "charges", "exhibits"),
        "zip",
        "day",
    ),
    Sharing("sheriff", ("arrest",), ("substances", "charges"), "zip", "day"),
    Sharing(
        "coroner",
        ("death",),
        ("fatal", "certainty", "manner", "underlying", "substances", "causes"),
        "county",
        "month",
    ),
    Sharing("fire-ems", ("overdose", "naloxone"), ("certainty", "naloxone"), "zip", "day"),
    Sharing("health-department", ("ed-visit",), (), "county", "week"),
)

# A person for each role: named by the role, since nobody is invented here. Role → agency.
PEOPLE = (
    ("coordinator", "mayors-alliance"),
    ("analyst", "police"),
    ("officer", "police"),
    ("agency-lead", "sheriff"),
    ("coroner-staff", "coroner"),
    ("epidemiologist", "health-department"),
    ("privacy-officer", "commonwealths-attorney"),
    ("administrator", "county-attorney"),
    ("navigator", "health-department"),
    ("provider", "health-department"),
)


@dataclass(frozen=True, slots=True)
class Duty:
    """A synthetic post of the police and its assignment to the operation; ``from_unit`` "" = a new post."""

    unit: str
    title: str
    hours_per_week: int
    from_unit: str
    starts_on: date


STAFF = (
    Duty("Narcotics", "Sergeant", 40, "Narcotics", date(2013, 3, 11)),
    Duty("Narcotics", "Detective 1", 40, "Narcotics", date(2013, 3, 11)),
    Duty("Narcotics", "Detective 2", 40, "Narcotics", date(2013, 3, 11)),
    Duty("Narcotics", "Detective 3", 40, "Property crimes", date(2013, 4, 1)),
    Duty("Narcotics", "Detective 4", 24, "West sector patrol", date(2013, 4, 1)),
    Duty("Narcotics", "Analyst", 20, "", date(2013, 5, 6)),
)
