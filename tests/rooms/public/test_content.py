"""The pages of ``content/``: complete in both languages, easy to read, no stigma, no stray phone numbers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pytest

CONTENT = Path(__file__).resolve().parents[3] / "content"
SLUGS = (
    "about",
    "caseys-law",
    "detox",
    "first-call",
    "helping-someone",
    "kinds-of-help",
    "medication-treatment",
    "naloxone",
    "overdose",
    "paying",
    "privacy",
    "syringe-services",
)
KEYS = ["title", "description", "order", "updated", "sources"]
WORDS = {"en": (250, 450), "es": (250, 520)}  # Spanish needs about a sixth more words for the same thing
CRISIS_LINES = {"911", "988", "18338594357"}
SPELLED_CRISIS_LINES = ("1-833-859-4357",)
FORBIDDEN = {
    "en": r"\b(addicts?|junkies?|abus(e|es|ed|er|ers|ing)|alcoholics?|users?|clean|dirty|relapses?)\b|!",
    "es": r"\b(adict[oa]s?|drogadict[oa]s?|abus(o|os|ar|a|an)|alcohólic[oa]s?|toxicóman[oa]s?|"
    r"vicios?|viciosos?|sobri[oa]s?|limpi[oa]s?|recaídas?)\b|[!¡]",
}
PHONE_LIKE = re.compile(r"(?<![\w./])\(?\+?\d[\d().\s-]{5,}\d(?![\w/])")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]*)\)")


@dataclass(frozen=True)
class Page:
    """One file, split into its front matter and its Markdown."""

    front: dict[str, str]
    body: str
    keys: list[str]


def read_page(language: str, slug: str) -> Page:
    text = (CONTENT / language / f"{slug}.md").read_text(encoding="utf-8")
    opening, front_text, body = re.split(r"^---$\n?", text, maxsplit=2, flags=re.MULTILINE)
    assert opening == "", f"{language}/{slug}: the file must begin with ---"
    pairs = [line.split(":", 1) for line in front_text.splitlines()]
    return Page({k.strip(): v.strip() for k, v in pairs}, body, [k.strip() for k, _ in pairs])


def plain_sentences(markdown: str) -> list[str]:
    """The sentences a reader reads: headings and list items count as sentences of their own."""
    text = LINK.sub(lambda m: m.group(0)[1:].split("]")[0], markdown)
    sentences = []
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-#>]|\d+\.)\s?)", text):
        line = re.sub(r"^\s*(?:[-#>]+|\d+\.)\s+", "", block.strip())
        line = re.sub(r"[*_`]", "", line).replace("\n", " ")
        sentences += [s for s in re.split(r"(?<=[.?:])[\"”»]?\s+", line) if words_of(s)]
    return sentences


def prose(markdown: str) -> list[str]:
    """Whole sentences only: headings and bare list items would make a page look easier than it is."""
    return [s for s in plain_sentences(markdown) if re.search(r"[.?:][\"”»)]*$", s)]


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d[\d.,]*", text)


def english_syllables(word: str) -> int:
    """Vowel groups, less silent endings: a rule for a mean over a page, not for one word."""
    w = re.sub(r"[^a-z]", "", word.lower())
    if not w:
        return 1
    groups = len(re.findall(r"[aeiouy]+", w))
    if re.search(r"[^aeiouy]e$", w) and not re.search(r"[^aeiouyl]le$", w):
        groups -= 1
    if re.search(r"[^aeiouytd]ed$", w):
        groups -= 1
    if re.search(r"[^aeiouycgsxz]es$|[^cs]hes$", w) and not re.search(r"(?:ch|sh)es$", w):
        groups -= 1
    # Vowels that stand together but are said apart: "radio", "chaos", "being".
    groups += len(re.findall(r"(?<![tscg])i[ao]|ao|eo(?!p)|ism$|eing|uou|ying", w))
    return max(groups, 1)


def spanish_syllables(word: str) -> int:
    """Spanish spelling gives the count: vowels, less the weak ones (plain i, u) beside another vowel."""
    w = unicodedata.normalize("NFC", word.lower())
    w = re.sub(r"([gq])u(?=[eiéí])", r"\1", w)
    w = re.sub(r"y(?![aeiouáéíóú])", "i", w)
    strong, weak = "aeoáéíóú", "iuü"
    count = 0
    for run in re.findall(f"[{strong}{weak}]+", w):
        strong_count = sum(c in strong for c in run)
        count += strong_count or (1 if len(run) <= 2 else 2)
    return max(count, 1)


def flesch_kincaid_grade(markdown: str) -> float:
    """US school grade; Kincaid et al. 1975: 0.39 words/sentence + 11.8 syllables/word - 15.59."""
    sentences = prose(markdown)
    words = [w for s in sentences for w in words_of(s)]
    syllables = sum(english_syllables(w) for w in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def fernandez_huerta(markdown: str) -> float:
    """Ease of Spanish, 0-100; Fernández Huerta 1959, in the corrected form 206.84 - 60 P - 1.02 F."""
    sentences = prose(markdown)
    words = [w for s in sentences for w in words_of(s)]
    syllables = sum(spanish_syllables(w) for w in words)
    return 206.84 - 60 * syllables / len(words) - 1.02 * len(words) / len(sentences)


every_page = pytest.mark.parametrize(("language", "slug"), [(lg, s) for lg in WORDS for s in SLUGS])
every_slug = pytest.mark.parametrize("slug", SLUGS)


@pytest.mark.parametrize("language", WORDS)
def test_each_language_has_exactly_the_same_pages(language: str) -> None:
    assert sorted(p.stem for p in (CONTENT / language).glob("*.md")) == sorted(SLUGS)


@every_page
def test_front_matter_is_complete(language: str, slug: str) -> None:
    page = read_page(language, slug)
    assert page.keys == KEYS
    assert all(page.front.values())
    assert len(page.front["description"]) <= 155
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", page.front["updated"])
    assert all(source.strip() for source in page.front["sources"].split(";"))


@every_slug
def test_both_languages_tell_the_same_story_in_the_same_order(slug: str) -> None:
    english, spanish = read_page("en", slug), read_page("es", slug)
    for mark in (r"^## ", r"^- ", r"^\d+\. ", r"^> "):
        assert len(re.findall(mark, english.body, re.M)) == len(re.findall(mark, spanish.body, re.M)), mark
    assert english.front["order"] == spanish.front["order"]
    assert english.front["updated"] == spanish.front["updated"]
    links = [sorted(t.removeprefix("/es") for t in LINK.findall(p.body)) for p in (english, spanish)]
    assert links[0] == links[1]


def test_the_order_of_pages_is_without_ties() -> None:
    orders = [int(read_page("en", slug).front["order"]) for slug in SLUGS]
    assert len(set(orders)) == len(SLUGS)


@every_page
def test_headings_begin_at_the_second_level(language: str, slug: str) -> None:
    body = read_page(language, slug).body
    assert re.findall(r"^#+ ", body, re.M), "a page must have headings"
    assert set(re.findall(r"^(#+) ", body, re.M)) <= {"##", "###"}


@every_page
def test_a_page_is_neither_thin_nor_long(language: str, slug: str) -> None:
    low, high = WORDS[language]
    count = sum(len(words_of(s)) for s in plain_sentences(read_page(language, slug).body))
    assert low <= count <= high, f"{count} words"


@every_page
def test_sentences_are_short(language: str, slug: str) -> None:
    lengths = [len(words_of(s)) for s in prose(read_page(language, slug).body)]
    assert sum(lengths) / len(lengths) < 20
    assert max(lengths) <= 32


@every_slug
def test_english_is_at_most_a_grade_of_eight_and_a_half(slug: str) -> None:
    grade = flesch_kincaid_grade(read_page("en", slug).body)
    print(f"{slug}: Flesch-Kincaid grade {grade:.1f}")
    assert grade <= 8.5


@every_slug
def test_spanish_is_easy_to_read(slug: str) -> None:
    ease = fernandez_huerta(read_page("es", slug).body)
    print(f"{slug}: Fernández Huerta {ease:.0f}")
    assert ease >= 65


@every_page
def test_no_word_shames_and_nothing_shouts(language: str, slug: str) -> None:
    page = read_page(language, slug)
    shown = " ".join([page.front["title"], page.front["description"], page.body])
    assert not re.findall(FORBIDDEN[language], shown, re.I)


@every_page
def test_the_only_phone_numbers_are_the_crisis_lines(language: str, slug: str) -> None:
    body = re.sub(r"doi 10\.\d+/\S+", "", read_page(language, slug).body)
    for target in re.findall(r"tel:(\S+?)\)", body):
        assert target in CRISIS_LINES
    text = re.sub(r"\(tel:\d+\)", "", body)
    for number in PHONE_LIKE.findall(text):
        assert number.strip() in SPELLED_CRISIS_LINES, number


@every_page
def test_links_go_to_our_own_pages_or_to_a_crisis_line(language: str, slug: str) -> None:
    prefix = "/learn/" if language == "en" else "/es/learn/"
    targets = LINK.findall(read_page(language, slug).body)
    assert targets
    for target in targets:
        if target.startswith("tel:"):
            continue
        assert target.startswith(prefix), target
        assert target.removeprefix(prefix) in SLUGS, target
        assert target.removeprefix(prefix) != slug, "a page must not link to itself"


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("help", 1),
        ("medicine", 3),
        ("treatment", 2),
        ("people", 2),
        ("stopped", 1),
        ("overdose", 3),
        ("doctor", 2),
    ],
)
def test_english_syllables_agree_with_the_dictionary(word: str, count: int) -> None:
    assert english_syllables(word) == count


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("guía", 2),
        ("sobredosis", 4),
        ("tratamiento", 4),
        ("ciudad", 2),
        ("quien", 1),
        ("hoy", 1),
        ("leer", 2),
    ],
)
def test_spanish_syllables_follow_the_spelling_rules(word: str, count: int) -> None:
    assert spanish_syllables(word) == count


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "He is an addict."),
        ("en", "drug abuse"),
        ("en", "Call now!"),
        ("es", "un adicto"),
        ("es", "¡Llame!"),
    ],
)
def test_the_list_of_words_that_shame_catches_them(language: str, text: str) -> None:
    assert re.search(FORBIDDEN[language], text, re.I)


@pytest.mark.parametrize(
    "text", ["859-555-0142", "(859) 555-0142", "call 8595550142 today", "1.859.555.0142"]
)
def test_a_phone_number_is_seen_however_it_is_written(text: str) -> None:
    assert PHONE_LIKE.findall(text)


def test_the_measure_tells_hard_from_easy() -> None:
    easy = "You can call. A nurse will help you. It is free."
    hard = (
        "Comprehensive pharmacological interventions administered in conjunction with psychosocial "
        "modalities demonstrably ameliorate morbidity among individuals experiencing dependency."
    )
    assert flesch_kincaid_grade(easy) < 3 < 16 < flesch_kincaid_grade(hard)
