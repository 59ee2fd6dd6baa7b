"""Seeds in whose lives something was wrong once, each with what it was.

What is drawn has changed since, so a seed lives another life today; what it found in the engine has a test of its own by name.
"""

TABLES = {
    0: "a provider named an instant forty days away, and the mail was put by until then",
    1: "what was claimed at a date of a clock that ran ahead waited for that date (tests/faults/test_clocks.py)",
    2: "a clock that jumped back and was set right again; the judge knew only of clocks that are ahead",
    30003: "a pause that lasted, of which a clock that nobody went by had shown the end; then a lesson in hand as the course was edited",
    40000: "somebody asked for a course that was not there",
    610000: "the judge counted a lesson that was put in before one in hand, lessons that were refused, and one for two at the same instant",
    800002: "a date that a reader's choice had set by a clock two months ahead stood when it was right (tests/faults/test_clocks.py)",
    1100004: "a reminder that no wire would take went after the letter it told of (tests/services/test_rhythm.py)",
    1100006: "a date of a clock that was ahead was moved off a quiet date by one that was behind (tests/faults/test_clocks.py)",
    3: "a pace that was changed while a lesson was on the wire was held against that lesson",
}
PURE = {61: "a pace that was changed as the faults stopped was held against the next lesson"}
