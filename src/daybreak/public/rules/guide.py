"""The guided path: its seven questions, what each answer means, and which follow-up counts."""

from __future__ import annotations

STEPS = ("who", "age", "kind", "medication", "pay", "also", "near")

# Field → answer → the needs that it means. Lexington's own wizard asked in this order; its focus groups found a question
# about detox confusing, so kinds of help are told by where a person sleeps. Needs of one answer are alternatives.
ANSWERS: dict[str, dict[str, tuple[str, ...]]] = {
    "who": {"woman": ("women",), "man": ("men",)},
    "pregnant": {"yes": ("pregnant",)},
    "age": {
        "under-18": ("teens",),
        "18-25": ("young-adults", "adults"),
        "26-64": ("adults",),
        "65-up": ("seniors", "adults"),
    },
    "kind": {
        "stay": ("residential", "hospital"),
        "home": ("outpatient",),
        "medication": ("medication",),
        "unsure": (),
    },
    "medication": {
        "buprenorphine": ("accepts-buprenorphine",),
        "methadone": ("accepts-methadone",),
        "start": ("medication",),
        "none": (),
    },
    "pay": {
        "medicaid": ("medicaid",),
        "medicare": ("medicare",),
        "private": ("private-insurance",),
        "military": ("military-insurance",),
        "little": ("free", "sliding-scale", "payment-help", "voucher"),
        "self": ("self-pay",),
    },
    "plan": {
        "anthem": ("plan-anthem",),
        "humana": ("plan-humana",),
        "passport": ("plan-passport",),
        "wellcare": ("plan-wellcare",),
    },
    "also": {
        "children": ("children-stay",),
        "child-care": ("child-care",),
        "court": ("court-referred",),
        "rides": ("rides",),
        "spanish": ("spanish",),
        "deaf": ("deaf",),
        "mental-health": ("mental-health",),
    },
}
# A follow-up belongs to the question before it and counts only after this one answer.
FOLLOWS = {"pregnant": ("who", "woman"), "plan": ("pay", "medicaid")}
SEVERAL = frozenset({"pregnant", "plan", "also"})
# What is asked on the page of one question.
ON_PAGE = {"who": ("who", "pregnant"), "pay": ("pay", "plan")}


def fields_of(step: str) -> tuple[str, ...]:
    """The fields that the page of one question asks for."""
    return ON_PAGE.get(step, (step,))


def applies(field: str, chosen: dict[str, tuple[str, ...]]) -> bool:
    """Whether a field counts: a follow-up only after its answer."""
    parent, answer = FOLLOWS.get(field, ("", ""))
    return not parent or answer in chosen.get(parent, ())


def needs_of(chosen: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The needs that the answers mean, each once, in the order of the questions."""
    return tuple(
        dict.fromkeys(
            need
            for field in ANSWERS
            if applies(field, chosen)
            for value in chosen.get(field, ())
            for need in ANSWERS[field][value]
        )
    )
