"""A mapping is proposed from one sample file: known shapes as a whole, others by heading and content, with a reason each."""

# ruff: noqa: E501 - the sample files have long lines
from __future__ import annotations

import pytest

from daybreak.events.rules.draft import Draft, ExhibitSeen
from daybreak.intake.readers.opening import read
from daybreak.intake.rules.compiling import compile_mapping
from daybreak.intake.rules.mapping_file import dump, load
from daybreak.intake.rules.problems import Problem
from daybreak.intake.rules.proposing import Proposal, propose

# Every file here is made up in the shape of its kind; nobody in them exists.
POLICE_ARRESTS = """Arrest Number,Arrest Date,Arrest Time,Location,Charge,Statute,Counts,Defendant Name,DOB,Sex,Age,Arresting Officer,Disposition
13-000101,07/11/2013,1405,1234 E MAIN ST,TRAFF CONT SUB 1ST DEG (HEROIN),218A.1412,1,"QUACKENBUSH, ZEBULON",03/12/1985,M,28,UNIT 7 CANARY,OPEN
13-000102,07/12/2013,905,300 N LIMESTONE,POSS CONT SUB 1ST DEG,218A.1415,2,"FEATHERSTONE, OTTOLINE",04/02/1990,F,23,UNIT 7 CANARY,OPEN
13-000103,07/13/2013,2330,45 OAK HILL DR,POSS DRUG PARAPHERNALIA,218A.500,1,"WIGGLESWORTH, IGNATZ",11/30/1971,M,41,UNIT 9 CANARY,CLOSED
"""
EMS_RUNS = """Run Number;Unit Notified Date/Time;Incident Address;Incident ZIP;Patient Last Name;Patient Age;Age Units;Patient Gender;Naloxone Given;Doses;Given By;Suspected Drug;Narrative
R1;07/11/13 14:05;1234 E Main St;40508;Quackenbush;31;Years;Male;Yes;2;EMS;Heroin;Found by a friend behind the house and not breathing well at all.
R2;07/12/13 00:10;E Main St & S Broadway St;40507;Featherstone;19;Years;Female;No;;;Unknown;Walked to the ambulance by herself and wished to stay where she was.
R3;07/13/13 23:59;300 N Limestone St;40505;Wigglesworth;8;Months;Male;Yes;1;Bystander;Fentanyl;Child of a visitor who had found a pill under the table in a room.
"""
CORONER = """Case No,Date of Death,Decedent,Age,Sex,County of Death,Manner of Death,Underlying Cause,Contributing Cause Codes,Heroin,Fentanyl,Xylazine,Next of Kin
C-13-01,07/11/2013,Zebulon Quackenbush,28,M,Fayette,Accident,X42,T40.1; T40.4,Y,Y,N,Ottoline Quackenbush
C-13-02,07/12/2013,Ottoline Featherstone,45,F,Scott,Undetermined,Y12,T40.4,N,Y,N,Ignatz Featherstone
"""
SEIZURES = """Exhibit Number\tSeized Date\tDrug Type\tNet Weight\tUnit\tLab Status\tSuspect
1\t07/11/2013\tHeroin\t1,179.501\tgrams\tconfirmed\tQuackenbush
2\t07/12/2013\tCocaine\t2\tOZ\tpending\tFeatherstone
3\t07/13/2013\tOxycodone\t30\tDU\t\tWigglesworth
"""
ODMAP_LIKE = """Case Number,Incident Date and Time,Latitude,Longitude,Fatality,Naloxone Administered,Suspected Drug
O1,07/11/2013 14:05,38.04685,-84.49712,Non-fatal,Single dose,Heroin
O2,07/11/2013 15:05,38.05012,-84.50021,Fatal,None,Fentanyl
O3,07/12/2013 16:05,38.04011,-84.48888,Unknown,Multiple doses,Heroin
O4,07/12/2013 18:05,38.04011,-84.48888,Non-fatal,Unknown,Heroin
"""
ESSENCE_SERIES = """date,count,expected,levels,colorID,color
2013-07-11,3,2.1,0.4,1,blue
2013-07-12,9,2.2,0.001,3,red
2013-07-13,0,2.2,0.9,1,blue
"""
ESSENCE_DETAILS = """Date,C_BioSense_ID,C_Unique_Patient_ID,ZipCode,Age,Sex,ChiefComplaintParsed,DischargeDiagnosis,MedRecNo
07/11/2013,B1,P1,40508,31,M,OVERDOSE HEROIN,;T40.1X1A;,M1
07/12/2013,B2,P2,40505,22,F,UNRESPONSIVE,;T40.4X1A;R40.20;,M2
"""
NEMSIS = """eRecord.01,eTimes.03,eSituation.11,eMedications.03,ePatient.02,ePatient.13,ePatient.15,ePatient.16,ePatient.17,eScene.15,eScene.19,eScene.21,eNarrative.01
P1,2013-07-11T14:05:00-04:00,T40.1X1A,7242,Quackenbush,9906003,31,2516009,1985-03-12,1234 E Main St,40508,21067,Found at home.
P2,2013-07-11T15:05:00-04:00,R55,7242,Featherstone,9906001,61,2516009,1952-03-12,1 Oak Hill Dr,40505,21067,Fainted.
"""
PA_NALOXONE = """Calendar Year,Event Date,Event Time,Medication Given,Complaint by Dispatch,Record Count,Incident County Number,Incident County ,Incident County - FIPS Text,Incident County - Name,Location,State FIPS
2018,03/09/2018,3:50 AM,"Naloxone (e.g., Narcan)",Overdose/Poisoning/Ingestion,1,1,01,001,Adams,"(39.87, -77.22)",42
2018,03/11/2018,2:30 AM,"Naloxone (e.g., Narcan)",Overdose/Poisoning/Ingestion,1,1,01,001,Adams,"(39.87, -77.22)",42
"""
PA_SEIZURES = """Year,Qtr,Qtr Start Date,County Code,County Code Text,FIPS State Code,FIPS County Code,County Name,Drug,Incident Count,Drug Quantity,Unit Used,Arrests,Lat/Long
2013,Q1,01/01/2013,1,01,42,001,Adams,Heroin,4,0.0076,Kilograms,4,"(39.872095, -77.22224)"
"""
PA_RATES = """County Name,Quarterly Rate,Overdose Type,Type of Rate,Year
ADAMS,0.559,Any Drug Overdose,Percent of Emergency Department Visits,2016
"""
TEMPE = """\ufeffX,Y,OBJECTID,Incident_Date,Opioid_Use,Narcan_Given,Age,Patient_Gender,Latitude_Random,Longitude_Random,Notes
-111.8904,33.4196,1,2017/01/03 00:00:00+00,Yes,NULL,40 to 44,Female,33.4196,-111.8904,None
-111.9505,33.4127,2,2021/07/01 17:00:00+00,Unknown,Yes,25 to 29,Male,33.4127,-111.9505,
-111.9505,33.4127,3,2021/07/02 17:00:00+00,No,No,25 to 29,Male,33.4127,-111.9505,
"""


def proposed(text: str, kind: str = "", file_name: str = "") -> tuple[Proposal, list[Draft | Problem]]:
    """The proposal, and what its mapping (written to a file and read again) makes of the rows."""
    sheet = read(text.encode(), file_name)
    made = propose(
        sheet.header,
        sheet.sample(),
        name="proposed",
        timezone="America/New_York",
        kind=kind,
        file_name=file_name,
    )
    if made.lacks:
        return made, []
    function = compile_mapping(load(dump(made.mapping)), sheet.header)
    return made, [function(line, cells) for line, cells in sheet.rows()]


def whole(found: list[Draft | Problem]) -> list[Draft]:
    assert all(isinstance(one, Draft) for one in found), found
    return [one for one in found if isinstance(one, Draft)]


def test_police_arrests() -> None:
    made, found = proposed(POLICE_ARRESTS)
    assert (made.mapping.kind, made.mapping.key) == ("arrest", ("Arrest Number",))
    assert made.mapping.dropped() == {
        "Defendant Name": "name",
        "DOB": "birth-date",
        "Arresting Officer": "name",
    }
    assert "age-unit" in made.lacks
    assert found == []


def test_a_proposal_that_lacks_something_can_be_completed() -> None:
    made, found = proposed(POLICE_ARRESTS.replace("Sex,Age,", "Sex,Age Years,"))
    first, second, third = whole(found)
    assert made.lacks == ()
    assert (first.block, first.age_band, first.sex, first.status) == (
        "1200 block E Main St",
        "25-34",
        "M",
        "open",
    )
    assert first.charges[0].statute == "KRS 218A.1412"
    assert second.charges[0].counts == 2
    assert (second.occurred_at.isoformat(), third.occurred_precision) == (
        "2013-07-12T13:05:00+00:00",
        "minute",
    )


def test_ambulance_runs_with_semicolons_and_two_digit_years() -> None:
    made, found = proposed(EMS_RUNS)
    assert made.mapping.kind == "overdose"
    notes = {reason.heading: reason.note for reason in made.reasons}
    assert notes["Unit Notified Date/Time"] == "two-digit-years"
    assert made.mapping.dropped() == {"Patient Last Name": "name", "Narrative": "narrative"}
    first, second, third = whole(found)
    assert (first.naloxone_given, first.naloxone_doses, first.naloxone_by) == (True, 2, "ems")
    assert (second.naloxone_given, second.naloxone_doses, second.block) == (
        False,
        None,
        "E Main St & S Broadway St",
    )
    assert (third.age_band, third.naloxone_by) == ("0-4", "bystander")


def test_a_coroners_extract_with_a_column_for_each_drug() -> None:
    made, found = proposed(CORONER.replace(",Age,", ",Age in years,"))
    assert made.mapping.kind == "death"
    assert made.mapping.dropped() == {"Decedent": "name", "Next of Kin": "contact"}
    first, second = whole(found)
    assert (first.manner, first.underlying, first.causes, first.fatal) == (
        "accident",
        "X42",
        ("T40.1", "T40.4"),
        True,
    )
    assert [(seen.substance, seen.standing) for seen in first.substances] == [
        ("heroin", "confirmed"),
        ("fentanyl", "confirmed"),
    ]
    assert [seen.substance for seen in second.substances] == ["fentanyl"]
    assert (first.county, second.county) == ("21067", "21209")


def test_seizures_in_a_tab_file() -> None:
    made, found = proposed(SEIZURES)
    assert made.mapping.kind == "seizure"
    assert made.mapping.dropped() == {"Suspect": "name"}
    exhibits = [draft.exhibits[0] for draft in whole(found)]
    assert [(one.substance, str(one.quantity), one.unit, one.laboratory) for one in exhibits] == [
        ("heroin", "1179.501", "g", "confirmed"),
        ("cocaine", "2", "oz", "pending"),
        ("oxycodone", "30", "dosage-unit", ""),
    ]


def test_odmaps_four_fields_are_told_by_their_content() -> None:
    made, found = proposed(ODMAP_LIKE)
    uses = {column.heading: column.use for column in made.mapping.columns}
    assert uses["Naloxone Administered"] == "naloxone-extent"
    assert uses["Fatality"] == "fatal"
    drafts = whole(found)
    assert [(one.fatal, one.naloxone_given, one.naloxone_doses) for one in drafts] == [
        (False, True, 1), (True, False, 0), (None, True, None), (False, None, None),
    ]  # fmt: skip
    assert drafts[0].latitude == 38.047


def test_essence_time_series() -> None:
    made, found = proposed(ESSENCE_SERIES)
    assert (made.recognised, made.mapping.kind) == ("essence-time-series", "ed-visit")
    assert [one.count for one in found if isinstance(one, Draft)] == [3, 9]
    assert isinstance(found[2], Problem)


def test_essence_data_details_drop_the_complaint_and_every_patient_number() -> None:
    made, found = proposed(ESSENCE_DETAILS)
    assert made.recognised == "essence-details"
    assert {"ChiefComplaintParsed", "C_Unique_Patient_ID"} <= set(made.mapping.dropped())
    assert [one.causes for one in whole(found)] == [("T40.1",), ("T40.4", "R40.2")]


def test_nemsis_runs_are_overdoses_only_with_such_an_impression() -> None:
    made, found = proposed(NEMSIS)
    assert made.recognised == "nemsis"
    assert set(made.mapping.dropped()) == {"ePatient.02", "ePatient.17", "eNarrative.01"}
    first, second = found
    assert isinstance(first, Draft)
    assert (first.naloxone_given, first.sex, first.age_band, first.zip) == (True, "M", "25-34", "40508")
    assert (first.block, first.county, first.causes) == ("1200 block E Main St", "21067", ("T40.1",))
    assert first.occurred_at.isoformat() == "2013-07-11T18:05:00+00:00"
    assert isinstance(second, Problem)


def test_pennsylvania_naloxone_doses_are_no_overdoses_and_a_time_that_never_was_is_refused() -> None:
    made, found = proposed(PA_NALOXONE)
    assert (made.recognised, made.mapping.kind) == ("pa-ems-naloxone", "naloxone")
    first, second = found
    assert isinstance(first, Draft)
    assert (first.naloxone_doses, first.county, first.state, first.latitude) == (1, "42001", "PA", None)
    assert isinstance(second, Problem)
    assert "clocks went forward" in second.must


def test_pennsylvania_seizures_keep_kilograms_and_quarters() -> None:
    made, found = proposed(PA_SEIZURES)
    assert made.recognised == "pa-police-seizures"
    (draft,) = whole(found)
    (exhibit,) = draft.exhibits
    assert (draft.count, draft.occurred_precision, draft.place) == (4, "quarter", "county")
    assert exhibit == ExhibitSeen("heroin", exhibit.quantity, "kg")
    assert str(exhibit.quantity) == "0.0076"


def test_rates_are_never_taken_for_counts() -> None:
    made, _ = proposed(PA_RATES)
    assert (made.recognised, "rates" in made.lacks) == ("pa-ed-rates", True)


def test_tempes_midnights_are_days_its_nulls_are_not_stated_and_its_noes_are_refused() -> None:
    made, found = proposed(TEMPE)
    assert made.recognised == "tempe-opioid-calls"
    first, second, third = found
    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert (first.occurred_precision, first.occurred_at.isoformat()) == ("day", "2017-01-03T07:00:00+00:00")
    assert (second.occurred_precision, second.occurred_at.isoformat()) == (
        "hour",
        "2021-07-02T00:00:00+00:00",
    )
    assert (first.naloxone_given, first.age_band, second.certainty) == (None, "35-44", "")
    assert isinstance(third, Problem)


def test_every_column_has_a_reason_and_none_is_forgotten() -> None:
    for text in (
        POLICE_ARRESTS,
        EMS_RUNS,
        CORONER,
        SEIZURES,
        ODMAP_LIKE,
        ESSENCE_DETAILS,
        NEMSIS,
        PA_SEIZURES,
        TEMPE,
    ):
        sheet = read(text.encode())
        made = propose(sheet.header, sheet.sample(), name="x", timezone="America/New_York")
        assert [reason.heading for reason in made.reasons] == list(sheet.header)
        assert [column.heading for column in made.mapping.columns] == list(sheet.header)
        assert all(reason.understood <= reason.filled for reason in made.reasons)


def test_a_file_of_which_nothing_is_understood_says_what_is_missing() -> None:
    made, _ = proposed("Alpha,Beta\nx,y\n")
    assert made.lacks == ("kind", "when")


def test_dates_that_could_begin_with_the_day_are_said() -> None:
    made, _ = proposed("Overdose Date,ZIP\n07/11/2013,40508\n06/05/2013,40505\n")
    assert made.reasons[0].note == "month-or-day-first"
    made, found = proposed("Overdose Date,ZIP\n17/11/2013,40508\n06/05/2013,40505\n")
    assert made.mapping.columns[0].formats == ("%d/%m/%Y",)
    assert whole(found)[1].occurred_at.month == 5


@pytest.mark.parametrize("text", ["", "Date,ZIP\n"])
def test_a_file_without_rows_gives_no_proposal_that_claims_to_be_whole(text: str) -> None:
    if text:
        sheet = read(text.encode())
        assert propose(sheet.header, sheet.sample(), name="x", timezone="America/New_York").lacks
