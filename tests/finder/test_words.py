"""Plain words become needs by the rules that docs/reference/lexicon.md promises."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daybreak.finder.lexicon import LexiconError, read_rows
from daybreak.finder.words import Lexicon, Understanding
from tests.finder.heard import VOCABULARY, bundled, hear, right_share, wrong_share

SENTENCES = Path(__file__).parent / "sentences.csv"
HEADER = "kind,language,phrase,meaning\n"


def understand(text: str) -> Understanding:
    return bundled().understand(text)


def needs(text: str) -> set[str]:
    return {understood.need for understood in understand(text).needs}


def excluded(text: str) -> set[str]:
    return {understood.need for understood in understand(text).excluded}


def every_need() -> set[str]:
    with (VOCABULARY / "needs.csv").open(encoding="utf-8", newline="") as lines:
        return {row["need"] for row in csv.DictReader(lines)}


# The file


def test_every_meaning_is_a_need_that_the_vocabulary_knows() -> None:
    assert bundled().needs - every_need() == set()


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_need_can_be_said_in_both_languages(language: str) -> None:
    reached = set()
    for row in read_rows(VOCABULARY / "lexicon.csv"):
        if row.language == language and row.kind in {"need", "about", "self", "pronoun"}:
            phrase = row.phrase
            for slot, words in SPOKEN[language].items():
                phrase = phrase.replace(slot, words)
            if "{" not in phrase:
                reached |= needs(phrase)
    for text in SHORT[language]:
        reached |= needs(text)
    assert every_need() - reached == set()


SPOKEN = {
    "en": {
        "{bupe}": "suboxone",
        "{met}": "methadone",
        "{nalt}": "vivitrol",
        "{child}": "baby",
        "{meds}": "meds",
    },
    "es": {
        "{bupe}": "suboxone",
        "{met}": "metadona",
        "{nalt}": "naltrexona",
        "{child}": "bebe",
        "{meds}": "medicina",
    },
}
# Words that both languages share (rows of language "any"), and a need that a number says.
_SHARED = (
    "anthem coventry humana iop mat medicaid medicare metadona methadone narcan naltrexone otp passport php suboxone "
    "tricare wellcare"
)
SHORT = {"en": ["i am 19", *_SHARED.split()], "es": ["tengo 19 años", *_SHARED.split()]}


def test_a_phrase_of_the_file_is_heard_as_the_file_says() -> None:
    """Whoever adds a row may trust that it works."""
    unheard = []
    for row in read_rows(VOCABULARY / "lexicon.csv"):
        if row.kind in {"need", "about"} and "{" not in row.phrase:
            missed = set(row.meaning.split()) - needs(row.phrase)
            if missed:
                unheard.append((row.line, row.phrase, missed))
    assert unheard == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("phrase,meaning\n", "first line must be kind,language,phrase,meaning"),
        (HEADER + "need,en,rehab\n", "line 2: must have 4 cells, got 3"),
        (HEADER + "need,en,rehab,residential\nwish,en,bed,residential\n", "line 3: unknown kind 'wish'"),
        (HEADER + "need,fr,bed,residential\n", "line 2: language must be en, es or any, got 'fr'"),
        (HEADER + "need,en,,residential\n", "line 2: the phrase is empty"),
        (HEADER + "need,en,bed,\n", "line 2: kind need must name a need"),
        (HEADER + "need,en,bed,Residential!\n", "line 2: 'Residential!' is no need's name"),
        (HEADER + "number,en,two,zwei\n", "line 2: a number must mean a whole number"),
        (HEADER + "age-years,any,10-17,teens\n", "line 2: the phrase must be two numbers like '10 to 17'"),
        (
            HEADER + "need,en,bed,residential\nneed,en,beds,detox\n",
            "line 3: 'bed' means something else on line 2",
        ),
        (HEADER + "need,en,get {bupe},buprenorphine\n", "line 2: no word of class {bupe}"),
        (HEADER + "need,en,?!,detox\n", "line 2: the phrase has no words"),
    ],
)
def test_a_broken_row_is_named_with_its_line_and_the_cure(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "lexicon.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LexiconError) as raised:
        Lexicon.read(path)
    assert says in str(raised.value)
    assert "lexicon.csv" in str(raised.value)


def test_a_file_that_is_not_utf8_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.csv"
    path.write_bytes((HEADER + "need,es,desintoxicación,detox\n").encode("latin-1"))
    with pytest.raises(LexiconError, match="must be UTF-8"):
        Lexicon.read(path)


# What it hears


def test_the_development_sentences_are_heard_right() -> None:
    heard = hear(SENTENCES)
    assert len(heard) >= 700
    missed = [one.sentence for one in heard if not one.right]
    assert right_share(heard) >= 0.98, missed
    assert wrong_share(heard) <= 0.005, missed


@pytest.mark.parametrize(
    ("typed", "need"),
    [
        ("suboxon", "buprenorphine"),
        ("Methodone", "methadone"),
        ("VIVITROLL", "naltrexone"),
        ("detoxx", "detox"),
        ("residental", "residential"),
        ("inpateint", "residential"),
        ("pregnent", "pregnant"),
        ("transportaion", "rides"),
        ("desintoxicacion", "detox"),
        ("rehabilitasion", "residential"),
        ("embarasada", "pregnant"),
        ("sooober living", "sober-living"),
        ("soberliving", "sober-living"),
    ],
)
def test_misspelt_words_are_forgiven(typed: str, need: str) -> None:
    assert need in needs(typed)


@pytest.mark.parametrize(
    "typed",
    [
        *["human", "broken", "bother", "chill", "laughter", "cuando", "perdon", "hobby", "farther", "bad"],
        *["sab", "metals", "counted", "canada", "caliente", "pot"],
    ],
)
def test_an_everyday_word_is_never_corrected_into_a_need(typed: str) -> None:
    assert needs(typed) - {"men"} == set()
    assert excluded(typed) == set()


@pytest.mark.parametrize(
    "text", ["heroin", "xanax", "cristal", "fentanilo", "help", "i need treatment", "ayuda por favor"]
)
def test_a_drug_or_help_in_general_asks_for_nothing(text: str) -> None:
    assert needs(text) == set()


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("detox, not methadone", {"detox"}, {"methadone"}),
        ("no methadone or detox", set(), {"methadone", "detox"}),
        ("no detox, rehab or methadone", set(), {"detox", "residential", "methadone"}),
        ("no detox, rehab please", {"residential"}, {"detox"}),
        ("not methadone but suboxone", {"buprenorphine"}, {"methadone"}),
        ("no detox. rehab", {"residential"}, {"detox"}),
        ("I don't want my son on methadone", set(), {"methadone"}),
        ("anything but rehab", set(), {"residential"}),
        ("sin metadona ni suboxone", set(), {"methadone", "buprenorphine"}),
        ("todo menos un anexo", set(), {"residential"}),
        ("not just detox", {"detox"}, set()),
        ("i can't stop, need detox", {"detox"}, set()),
        ("sober living but not a halfway house", {"sober-living"}, set()),
        ("I don't want to stay overnight", set(), {"residential"}),
    ],
)
def test_not_reaches_as_far_as_people_mean_it(text: str, wanted: set[str], unwanted: set[str]) -> None:
    assert (needs(text), excluded(text)) == (wanted, unwanted)


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("no drug test", "no-drug-test-to-enter"),
        ("no insurance", "free"),
        ("no money up front", "no-upfront-payment"),
        ("no smoking ban", "smoke-allowed"),
        ("no ride", "rides"),
        ("no hablo ingles", "spanish"),
        ("no tengo quien cuide a mis hijos", "child-care"),
        ("no home", "homeless-priority"),
        ("no men", "women-program"),
    ],
)
def test_some_noes_are_needs(text: str, need: str) -> None:
    assert need in needs(text)
    assert excluded(text) == set()


@pytest.mark.parametrize(
    "text", ["not pregnant", "i'm not a veteran", "i don't have medicaid", "no estoy embarazada"]
)
def test_what_somebody_is_not_neither_asks_nor_excludes(text: str) -> None:
    assert (needs(text), excluded(text)) == (set(), set())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("he is 17", {"men", "teens"}),
        ("she is 18", {"women", "young-adults"}),
        ("im 25", {"young-adults"}),
        ("im 26", set()),
        ("i am 64", set()),
        ("i am 65", {"seniors"}),
        ("been using 10 years", set()),
        ("since i was 14", set()),
        ("tengo 10 años usando", set()),
        ("my 16yo son", {"men", "teens"}),
        ("hija de 15", {"women", "teens"}),
        ("my sister, 24, needs help", {"women", "young-adults"}),
        ("mi hijo de dieciséis años", {"men", "teens"}),
    ],
)
def test_ages_are_heard_at_their_borders(text: str, expected: set[str]) -> None:
    assert needs(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my wife needs help", {"women"}),
        ("my husband hits me", {"trauma"}),
        ("my wife and I both need help", set()),
        ("help my son and my daughter", set()),
        ("im pregnant", {"pregnant"}),
        ("i have 2 sons", set()),
        ("my mom says i need help", set()),
        ("tengo dos hijos", set()),
    ],
)
def test_only_who_needs_the_help_counts(text: str, expected: set[str]) -> None:
    assert needs(text) == expected


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("a 3 week program", "stay-under-28"),
        ("28 day program", "stay-28-30"),
        ("thirty day program", "stay-28-30"),
        ("90-day program", "stay-1-6-months"),
        ("9 month program", "stay-over-6-months"),
        ("programa de seis meses", "stay-1-6-months"),
        ("1 year program", "stay-over-6-months"),
    ],
)
def test_a_length_of_stay_falls_into_its_band(text: str, need: str) -> None:
    assert needs(text) == {need}


@pytest.mark.parametrize(
    ("text", "place", "zip_code"),
    [
        ("detox near Lexington KY", "Lexington KY", None),
        ("rehab in Fayette County", "Fayette County", None),
        ("clinica de metadona cerca de Louisville", "Louisville", None),
        ("desintoxicación en el condado de Perry", "Perry", None),
        ("detox 40507", None, "40507"),
        ("detox near 40507-1234", None, "40507"),
        ("my son is in jail and in bad shape", None, None),
        ("detox near me", None, None),
        ("I pay $40507", None, None),
        ("call 859-555-0100", None, None),
    ],
)
def test_the_words_of_a_place_are_kept_as_typed_and_never_guessed(
    text: str, place: str | None, zip_code: str | None
) -> None:
    heard = understand(text)
    assert (heard.place_words, heard.zip_code) == (place, zip_code)


def test_every_need_carries_the_words_it_came_from() -> None:
    heard = understand("My WIFE wants Suboxon, not Methadone!")
    assert [(one.need, one.said) for one in heard.needs] == [("buprenorphine", "Suboxon"), ("women", "WIFE")]
    assert [(one.need, one.said) for one in heard.excluded] == [("methadone", "Methadone")]


def test_words_that_mean_nothing_are_handed_back_as_typed() -> None:
    assert understand("detox with Zorbulating gerbils").left == ("Zorbulating", "gerbils")


def test_accents_case_and_apostrophes_make_no_difference() -> None:
    assert needs("DESINTOXICACIÓN") == needs("desintoxicacion") == {"detox"}
    assert excluded("I don’t want methadone") == excluded("i dont want METHADONE") == {"methadone"}


def test_a_long_text_is_cut_at_a_word_and_read() -> None:
    heard = understand("detox " + "x" * 480 + " rehabilitation and methadone")
    assert {one.need for one in heard.needs} == {"detox"}


# What holds for any text

FRAGMENTS = st.sampled_from(
    [
        *[
            "no",
            "not",
            "methadone",
            "my son",
            "16",
            "years old",
            ",",
            ".",
            "detox",
            "sin",
            "in",
            "county",
            "KY",
        ],
        *[
            "90 day",
            "program",
            "or",
            "40507",
            "with my",
            "kids",
            "seguro",
            "don't want",
            "is",
            "\n",
            "rehab",
            "near",
        ],
    ]
)


@given(st.one_of(st.text(max_size=600), st.lists(FRAGMENTS, max_size=40).map(" ".join)))
def test_any_text_is_understood_the_same_way_twice(text: str) -> None:
    heard = understand(text)
    assert heard == understand(text)
    wanted = {one.need for one in heard.needs}
    assert len(wanted) == len(heard.needs)
    assert wanted.isdisjoint(one.need for one in heard.excluded)
    assert wanted <= every_need()
    for one in (*heard.needs, *heard.excluded):
        assert one.said
        assert one.said in text
    if heard.place_words is not None:
        assert heard.place_words in text


@given(st.sampled_from(sorted({one.sentence for one in hear(SENTENCES)})))
def test_shouting_and_spaces_change_nothing(sentence: str) -> None:
    assert needs(f"  {sentence.lower()}  ") == needs(sentence.lower())
    assert needs(sentence.lower().replace(" ", "   ")) == needs(sentence.lower())
