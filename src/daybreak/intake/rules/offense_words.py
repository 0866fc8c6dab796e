"""The words with which offenses are written in arrest files, so that a text with any other word is not taken for one."""

from __future__ import annotations

import re

# Own compilation: the words of Kentucky's chapter 218A and 530 headings, of NIBRS offenses, and how clerks shorten them.
_WORDS = """
a abet abetting act adult aggravated aiding alcohol amount and anhydrous any arrest arson assault att attempt
attempted b bail battery bench body bribery burglary buy by c capias carrying center cert certificate child
church class cocaine codeine complicity con concealed concealing conspiracy cont containers contempt
controlled convicted counterfeit county court crack criminal cs cult cultivate cultivating cultivation d
danger dangerous deadly dealing death deg degree deliver delivering delivery detention device disorderly dist
distribute distribution do dosage dose driving drs drug drugs dui dwi e endangering endangerment enhanced
enhancement equipment evading evidence ex excess f facility fail failure false felon felony fentanyl fine
firearm first flee fleeing flight for forged forgery fourth fraud from ft furnishing general gm gms gram grams
greater gun habitual handgun hashish held heroin hold hours hydrocodone i identification identify ii iii
illegal illegally impaired in incident indictment influence instruction intent intoxication involve iv jail
keep kidnapping knowingly lab label larceny law legal less license local loitering lsd lt maintain maintaining
major make manslaughter manu manufacture manufacturing marijuana mdma menacing meth methadone methamphetamine
minor misc misdemeanor mj more morphine motor murder narcotic narcotics near no non not obstruct obstructing
obtain obtaining of off offender offense offenses official on one operating opiate opiates opioid opioids or
order original other over oxycodone paraphernalia park parole pcp peddling penalty persistent pfo pos poss
possess possessing possession prem premises presc prescription prescriptions prior probation prohibited
promoting prop property prostitution pub public purchase quantity rec receiving reckless registered relating
resisting retail revocation revoked robbery sale sales sch sched schedule school sec second secondary sell
selling serve served sexual shock shoplifting simulated solicitation soliciting statute stolen sub subsequent
subst substance substances suspended synthetic tampering terroristic theft third threatening to traf traff
traffic trafficking trespass trespassing two unauthorized under undetermined units unk unknown unlawful
unlawfully unspecified use used using v value veh vehicle vi viol violation violations violence wanton
wantonly warrant weapon weight with within without yards yds
"""
_KNOWN = frozenset(_WORDS.split())
_TOKEN = re.compile(r"[A-Za-z]+|\d+(?:st|nd|rd|th|[A-Za-z]{1,3})?", re.IGNORECASE)
_ALLOWED = re.compile(r"[A-Za-z0-9 .,;:/&()<>=$%'+-]*")


def is_offense(text: str) -> bool:
    """Whether every word of the text is one of these, a short number, or an ordinal."""
    words = _TOKEN.findall(text)
    numbers = sum(1 for word in words if word[0].isdigit() and len(word) > 2 and word.isdigit())
    plain = [word.casefold() for word in words if not word[0].isdigit()]
    short = all(len(word) <= 4 for word in words if word[0].isdigit())
    return (
        bool(plain)
        and _ALLOWED.fullmatch(text) is not None
        and short
        and numbers <= 2
        and all(word in _KNOWN for word in plain)
    )
