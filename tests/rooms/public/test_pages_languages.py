"""Both languages are complete: every sentence of the templates has its Spanish one, and no old one is left behind."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from daybreak.public import jinja, speech
from daybreak.vocabulary.needs import groups, needs

OPTIONS = {
    "trimmed": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "newstyle_gettext": "true",
    "silent": "false",
}
HOLE = re.compile(r"%\(\w+\)s")
TEMPLATES = sorted(path for path in jinja.FOLDER.rglob("*") if path.is_file())
Key = str | tuple[str, str]


def sentences() -> dict[Key, str]:
    """Every sentence of the templates, and the template that it stands in."""
    found: dict[Key, str] = {}
    for path in TEMPLATES:
        with path.open("rb") as file:
            for _, function, message, _ in babel_extract(file, ("gettext", "ngettext", "_"), (), OPTIONS):
                words = [message] if isinstance(message, str) else [word for word in message if word]
                key = (words[0], words[1]) if function == "ngettext" else words[0]
                found[key] = path.name
    return found


def catalog() -> dict[Key, tuple[str, ...]]:
    with speech.catalog_path("es").open("rb") as file:
        known = read_po(file, locale="es", abort_invalid=True)
    assert not list(known.obsolete)
    assert not [message.id for message in known if message.fuzzy and message.id]
    return {
        tuple(message.id) if isinstance(message.id, (tuple, list)) else message.id: (
            tuple(message.string) if isinstance(message.string, (tuple, list)) else (str(message.string),)
        )
        for message in known
        if message.id
    }


def test_there_is_much_to_say() -> None:
    assert len(sentences()) > 150


def test_every_sentence_has_its_spanish_one() -> None:
    known = catalog()
    missing = {key: name for key, name in sentences().items() if not all(known.get(key, ("",)))}
    assert missing == {}


def test_no_spanish_sentence_is_left_behind() -> None:
    assert set(catalog()) - set(sentences()) == set()


def test_a_plural_is_one_in_both_languages() -> None:
    assert [key for key, said in catalog().items() if isinstance(key, tuple) != (len(said) == 2)] == []


def test_the_holes_of_a_sentence_are_the_same_in_both_languages() -> None:
    wrong = []
    for key, said in catalog().items():
        english = set(HOLE.findall(key if isinstance(key, str) else key[1]))
        wrong += [key for words in said if set(HOLE.findall(words)) != english]
    assert wrong == []


def test_sentences_keep_their_marks() -> None:
    """A question stays a question, tags stay tags, and nothing shouts."""
    wrong = []
    for key, said in catalog().items():
        english = key if isinstance(key, str) else key[1]
        for words in said:
            tags_differ = re.findall(r"<[^>]*>", english) != re.findall(r"<[^>]*>", words)
            unopened = words.count("?") != words.count("¿")
            if (
                tags_differ
                or unopened
                or "!" in words
                or (english.endswith(".") and not re.search(r"[.»]$", words))
            ):
                wrong.append((english, words))
    assert wrong == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_words_stand_in_a_template_without_being_translated(path: Path) -> None:
    """What is left of a template without its tags, expressions and translated parts has no words of its own."""
    source = path.read_text(encoding="utf-8")
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    source = re.sub(r"\{%-?\s*trans.*?endtrans\s*-?%\}", "", source, flags=re.DOTALL)
    source = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
    source = re.sub(r"<[^>]*>", "", source)
    words = set(re.findall(r"[A-Za-zÀ-ÿ]{3,}", source)) - {"Daybreak", "nbsp"}
    assert words == set()


def test_needs_and_groups_have_words_in_both_languages() -> None:
    assert [n.name for n in needs().values() if not (n.en and n.es and n.means_en and n.means_es)] == []
    assert [group.name for group in groups().values() if not (group.en and group.es)] == []


def test_a_sentence_is_in_the_language_of_its_environment() -> None:
    source = "{% trans %}Find help{% endtrans %} {% trans miles=m %}{{ miles }} miles{% endtrans %}"
    said = {
        language: jinja.speaking(language).from_string(source).render(m="<3>")
        for language in speech.LANGUAGES
    }
    assert said == {"en": "Find help &lt;3&gt; miles", "es": "Buscar ayuda A &lt;3&gt; millas"}


@pytest.mark.parametrize(
    ("miles", "said"),
    [
        (0.04, "0"),
        (0.34, "0.3"),
        (0.96, "1"),
        (1.0, "1"),
        (1.84, "1.8"),
        (9.94, "9.9"),
        (9.96, "10"),
        (17.6, "18"),
    ],
)
def test_miles_are_said_as_people_say_them(miles: float, said: str) -> None:
    assert jinja.distance(miles) == said


@pytest.mark.parametrize(
    ("path", "english", "spanish"),
    [
        ("/", "/", "/es/"), ("/es/", "/", "/es/"), ("/es", "/", "/es/"),
        ("/find?q=/es/", "/find?q=/es/", "/es/find?q=/es/"), ("/es/learn/paying", "/learn/paying", "/es/learn/paying"),
        ("/escape", "/escape", "/es/escape"),
    ],
)  # fmt: skip
def test_an_address_has_a_twin_in_each_language(path: str, english: str, spanish: str) -> None:
    assert speech.in_language(path, "en") == english
    assert speech.in_language(path, "es") == spanish
