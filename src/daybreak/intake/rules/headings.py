"""How agencies head their columns: patterns for each use, tried in this order, and words that tell the kind of a file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from daybreak.intake.rules.personal import folded

# (use, pattern over the folded heading, kinds for which it counts; () = all)
_ROWS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "occurred-date",
        r"(date of death|death date|dod|date died|date pronounced|pronounced date)",
        ("death",),
    ),
    (
        "occurred-date",
        r"(arrest|booking) date( time)?|date( time)? of arrest|date arrested|date booked",
        ("arrest",),
    ),
    (
        "occurred-date",
        r"(seizure|recovery|recovered|seized|submission|evidence) date( time)?|date( time)? (seized|"
        r"recovered|of seizure)",
        ("seizure",),
    ),
    (
        "occurred-date",
        r"(visit|arrival|admit|admission|encounter|c visit) date( time)?|date( time)? of (visit|arrival)",
        ("ed-visit",),
    ),
    (
        "occurred-date",
        r"(collection|collected|sample|specimen|test) date( time)?|date( time)? (collected|tested)",
        ("drug-check", "toxicology"),
    ),
    (
        "occurred-date",
        r"(incident|event|occurred|occurrence|overdose|od|offense|call|dispatch|alarm|run|unit notified|"
        r"injury|service|complaint|received|notified|administration) ?(date|datetime|"
        r"dt)( and)?( time)?( of (suspected )?overdose)?",
        (),
    ),
    (
        "occurred-date",
        r"date( and)?( time)?( of)? ?(the )?(incident|event|occurrence|overdose|suspected overdose|"
        r"offense|call|run|dispatch|complaint|injury|service)?|datetime|occurred( on| at)?|when",
        (),
    ),
    (
        "occurred-time",
        r"(incident|event|occurred|occurrence|overdose|od|offense|call|dispatch|alarm|run|arrest|death|"
        r"complaint|unit notified|arrival|visit) ?time|time( of)? ?(the )?(incident|event|occurrence|"
        r"overdose|call|arrest|death|dispatch)?",
        (),
    ),
    ("occurred-year", r"(calendar |incident |event )?(year|yr)", ()),
    ("occurred-quarter", r"(quarter|qtr)", ()),
    ("occurred-month", r"(month|mo)( of year)?", ()),
    ("occurred-period", r"(time )?period|month year|year month|quarter year|year quarter", ()),
    (
        "reported-date",
        r"(report|reported|date reported|entry|entered|created|received) ?(date|datetime|on)?( time)?|"
        r"date (of )?(report|entered|created)",
        (),
    ),
    (
        "zip",
        r"(incident |event |scene |death |injury |location |overdose |seizure |arrest )?(zip|zip ?code|"
        r"postal code|zip5)",
        (),
    ),
    (
        "county",
        r"(incident |event |scene |death |injury |location |overdose )?county( of (death|injury|incident|"
        r"occurrence))?( name| fips)?|fips",
        (),
    ),
    ("state", r"(incident |event |scene |location )?(state|state (abbreviation|code|fips)|st)", ()),
    (
        "address",
        r"(incident |event |scene |call |location |overdose |arrest |offense |seizure |"
        r"complaint )?(address|location|street address|location address|addr|block|place|"
        r"hundred block)( 1| line 1)?",
        (),
    ),
    ("latitude", r"(incident |scene |event )?(lat|latitude|y coord(inate)?)", ()),
    ("longitude", r"(incident |scene |event )?(lon|long|lng|longitude|x coord(inate)?)", ()),
    ("point", r"(latitude longitude|lat long|lat lon|geocoded column|gps|coordinates|geolocation)", ()),
    (
        "fatal",
        r"(fatal|fatality|fatal (yn|y n|flag)|outcome|overdose outcome|patient outcome|victim outcome|"
        r"fatal nonfatal|fatal or non ?fatal|incident type|died|death|overdose type|severity)",
        ("overdose", "ed-visit"),
    ),
    ("survived", r"(survive|survived|victim survived|patient survived|alive)", ("overdose",)),
    (
        "naloxone-doses",
        r"(number of |num |no of |total )?(naloxone|narcan)? ?(doses?|dose count|doses given|"
        r"dosage count)( of (naloxone|narcan))?( administered| given)?|(naloxone|narcan) (doses?|"
        r"dose count|count|units)",
        ("overdose", "naloxone"),
    ),
    (
        "naloxone-by",
        r"((naloxone|narcan) )?(administered|given) by|(naloxone|narcan) (by|source|administrator|giver)|"
        r"third party admin desc",
        (),
    ),
    (
        "naloxone-extent",
        r"(extent of naloxone|(naloxone|narcan) (extent|administration|administered|use|used|given))",
        ("overdose",),
    ),
    (
        "naloxone-given",
        r"(naloxone|narcan)( (administered|given|used|use|yn|y n|flag|admin|administration))?",
        (),
    ),
    (
        "naloxone-named",
        r"(medication|med|drug) (given|administered|name)|medications?",
        ("overdose", "naloxone"),
    ),
    ("age-unit", r"age units?( of measure)?|(unit|units) of age", ()),
    (
        "age",
        r"(patient |victim |decedent |subject |offender |arrestee |suspect |person )?age( years| yrs|"
        r" in years| at (death|incident|arrest))?",
        (),
    ),
    ("age-band", r"(patient |victim |decedent )?age (group|range|band|category|bracket)", ()),
    (
        "sex",
        r"(patient |victim |decedent |subject |offender |arrestee |suspect |person )?(sex|gender)( desc|"
        r" code)?",
        (),
    ),
    ("status", r"(case |incident |complaint )?(status|disposition)", ("complaint", "death", "arrest")),
    ("manner", r"manner( of death)?|mod", ("death",)),
    ("underlying", r"(underlying|ucod|underlying cause( code| of death)?|icd ?10( code)?|icd)", ("death",)),
    (
        "cause",
        r"(cause|causes|contributing|contributing causes?|multiple causes?|record axis)( \d+)?( codes?| icd ?10)?|(discharge |"
        r"primary |secondary |final )?(diagnosis|diagnoses|dx|impression)( codes?)?( \d+)?|icd ?10 codes?",
        ("death", "ed-visit", "overdose"),
    ),
    ("operation", r"operation( name)?|task force operation", ("arrest", "seizure")),
    (
        "exhibit-drug",
        r"(suspected |seized |evidence )?(drug|substance|narcotic|drug type|drug name|substance type|"
        r"drug desc(ription)?|controlled substance)( type| seized| desc| description| name)?( 1)?",
        ("seizure",),
    ),
    (
        "exhibit-quantity",
        r"(drug |seized |total |est |estimated |net |gross )?(quantity|qty|amount|weight|wt|mass|grams|"
        r"gms|net weight)( seized)?( g| grams| gm| lbs?| oz| kg)?( 1)?",
        ("seizure",),
    ),
    (
        "exhibit-unit",
        r"(drug |quantity |weight )?(unit|units|uom|measure|unit of measure|unit used|measurement|"
        r"type measure|weight unit|measure type)( 1)?",
        ("seizure",),
    ),
    (
        "exhibit-laboratory",
        r"(lab|laboratory|testing|analysis) ?(status|result|results|confirmed)?",
        ("seizure",),
    ),
    ("exhibit-label", r"(exhibit|item|evidence) ?(number|no|id|#|label|num)?", ("seizure",)),
    (
        "charge-statute",
        r"(charge |offense |violation )?(statute|krs|ucr|statute code|statute number|asp|violation code|"
        r"charge code|offense code|ucr code|nibrs code)( 1)?",
        ("arrest",),
    ),
    (
        "charge-offense",
        r"(charge|charges|offense|offence|offenses|violation)( description| desc| literal| name)?( 1)?",
        ("arrest",),
    ),
    ("charge-counts", r"(charge |number of )?counts?", ("arrest",)),
    (
        "count",
        r"count|counts|cases|visits|deaths|overdoses|arrests|incident count|record count|"
        r"number of (deaths|overdoses|arrests|visits|cases|incidents|events)|n|total",
        (),
    ),
    (
        "substance",
        r"((primary |suspected |main |other |additional |secondary |alleged |susp od )?(drugs?|"
        r"substances?|drug type|drug name|drug desc|suspected drugs?|drugs? involved|substances? involved|"
        r"drugs? suspected|drugs? detected|agent|analyte|compound|od drug desc)( \d)?( suspected|"
        r" involved| detected| found| used)?)",
        (),
    ),
    (
        "key",
        r"(incident|case|event|run|report|complaint|arrest|cfs|call|record|pcr|epcr|response|control|"
        r"visit|lab|sample|death|certificate|exhibit|seizure|cad|object) ?(number|no|num|id|nbr|#)|"
        r"objectid|incident|case|rms number|cad number|id|uuid|guid|row id",
        (),
    ),
)
HEADINGS = tuple((use, re.compile(pattern), kinds) for use, pattern, kinds in _ROWS)

# Words in headings that speak for a kind of data, each with a weight.
_KIND_WORDS: dict[str, tuple[tuple[str, int], ...]] = {
    "arrest": (
        (r"\barrest", 3),
        (r"\bcharge", 3),
        (r"\bstatute|\bkrs\b", 2),
        (r"\boffense", 1),
        (r"\bbooking|\barrestee|\bdefendant", 2),
    ),
    "seizure": (
        (r"\bseiz", 4),
        (r"\bexhibit|\bevidence", 3),
        (r"\bqty|\bquantity|\bweight|\bgrams", 2),
        (r"\blab\b|\blaborator", 1),
    ),
    "overdose": (
        (r"\boverdose|\bod\b", 3),
        (r"\bnarcan|\bnaloxone", 3),
        (r"\bfatal|\bsurviv", 2),
        (r"\bpatient|\brun\b|\bdispatch|\bunit notified", 2),
        (r"\bimpression", 2),
        (r"\bsuspected drug", 1),
    ),
    "death": (
        (r"\bdecedent|\bdeath|\bdeceased|\bdied", 4),
        (r"\bmanner", 4),
        (r"\bcause", 2),
        (r"\bautopsy|\bcoroner|\bpronounced", 3),
    ),
    "ed-visit": (
        (r"\bvisit|\bed\b|\bchief complaint|\bdischarge diagnosis|\btriage|\bfacility", 3),
        (r"\bbio ?sense|\bccdd", 4),
    ),
    "complaint": (
        (r"\bcomplaint|\bcomplainant|\btip\b|\bcaller", 4),
        (r"\bcall type|\bnature", 1),
    ),
    "toxicology": (
        (r"\btox", 4),
        (r"\bspecimen|\banalyte|\bng ?ml|\bconcentration|\bmatrix", 3),
    ),
    "drug-check": (
        (r"\bdrug check|\btest strip|\bsample", 4),
        (r"\bftir|\bgc ?ms|\bsold as", 4),
    ),
    "naloxone": (
        (r"\bnaloxone|\bnarcan", 2),
        (r"\bkits?|\bdistribut|\bleave behind|\bdoses?", 3),
    ),
}


def kind_of(header: Sequence[str], file_name: str = "") -> str:
    """The kind of data that the headings (and the file's name) speak for most, "" where nothing does or two do alike."""
    texts = [folded(heading) for heading in header]
    name = folded(file_name)
    scores = {
        kind: sum(weight for pattern, weight in words if any(re.search(pattern, text) for text in texts))
        + sum(weight for pattern, weight in words if re.search(pattern, name))
        for kind, words in _KIND_WORDS.items()
    }
    best = sorted(scores, key=lambda kind: -scores[kind])
    return best[0] if scores[best[0]] > max(1, scores[best[1]]) else ""


def uses_of(heading: str, kind: str) -> list[str]:
    """The uses that a heading speaks for, best first."""
    plain = folded(heading)
    found = [
        use for use, pattern, kinds in HEADINGS if (not kinds or kind in kinds) and pattern.fullmatch(plain)
    ]
    return list(dict.fromkeys(found))
