"""What an author can get wrong: each fault is named with its file, its line and a sentence that says what to do."""

from pathlib import Path

import pytest

from dripcourse.content.load import load_library
from dripcourse.domain.errors import CourseError
from tests.content.garden import planted

TOML, WELCOME, POT, LAST, SUPPORT = "course.toml", "00-welcome.md", "01-first-pot.md", "02-last-word.md", "support.toml"
KNOWN = "known are `next_date`, `support_url`, `clean_copy_url`"
CAN = "a lesson can use {{ next_date }}, {% if next_date %} ... {% endif %} and simple filters"
NAMING = "is not named like a lesson, such as 03-rest.md: two digits, then small letters, digits and hyphens (begin the name with _ if it is not one)"

CASES = {
    # course.toml
    "unknown key": (TOML, "from_name", "from-name", [
        f'{TOML}:1: `from_name` is missing: the sender that a mailbox shows, such as from_name = "Slow Letters"',
        f"{TOML}:3: `from-name` is not a key here; did you mean `from_name`?",
    ]),
    "unknown key like nothing": (TOML, "pace =", 'zzz = "x"\npace =', [
        f"{TOML}:5: `zzz` is not a key here; known are `title`, `cover`, `from_name`, `language`, `pace`, `perspectives`, `headings`, `summary`, `credit`, `after`",
    ]),
    "bad TOML": (TOML, '"Green Notes"', '"Green Notes', [f"{TOML}:3: is not TOML: illegal character '\\n'"]),
    "unfinished TOML": (TOML, 'sill = "If you have a window sill"', 'sill = """If', [
        f"{TOML}:13: is not TOML: unterminated string",
    ]),
    "text in lines": (TOML, 'title = "A garden', 'summary = """\ntitle = "no"\n"""\ntitel = "A garden', [
        f'{TOML}:1: `title` is missing: what the course is called, such as title = "A slow autumn"',
        f"{TOML}:4: `titel` is not a key here; did you mean `title`?",
    ]),
    "nothing in the front matter": (LAST, "title: A last word\nsubject: The last note\nsubject_plain: A last word from the garden\npreview: The last one.", "", [
        f"{LAST}:1: `subject` is missing: the discreet line that a mailbox shows, such as subject: Letter 3",
    ]),
    "a number for a title": (TOML, '"A garden through the year"', "7", [
        f"{TOML}:1: `title` must be a text (in TOML: between quotes)",
    ]),
    "a pace nobody keeps": (TOML, '"weekly"', '"daily"', [
        f"{TOML}:5: `pace` must be 'weekly', 'two-weeks' or 'four-weeks'",
    ]),
    "a language nobody speaks": (TOML, '"en"', '"klingon"', [
        f"{TOML}:4: `language` must be a language tag, such as en, de or pt-BR",
    ]),
    "a cover for no address": (TOML, '"green-notes"', '"Green Notes"', [
        f"{TOML}:2: `cover` must be small letters, digits and single hyphens, at most 48, such as slow-letters",
    ]),
    "perspective unsaid": (TOML, 'yard = "I have', 'unsaid = "I have', [
        f"{TOML}:8: `unsaid` cannot be a perspective: `unsaid` stands for who did not say",
    ]),
    "perspective in capitals": (TOML, 'yard = "I have', 'Yard = "I have', [
        f"{TOML}:8: `Yard` cannot be a perspective: use small letters, digits, - and _",
    ]),
    "perspectives that are no table": (TOML, "[perspectives]\n", "perspectives = 3\n[headings.x]\n", [
        f"{TOML}:7: `perspectives` must be one text, or a text for each name",
        f"{TOML}:8: `x` must be a text (in TOML: between quotes)",
    ]),
    "heading of nobody": (TOML, 'yard = "If', 'yrad = "If', [
        f"{TOML}:12: `yrad` is not in [perspectives]; did you mean `yard`?",
    ]),
    # front matter
    "no front matter": (LAST, "---\n", "", [
        f"{LAST}:1: must begin with a line of three dashes, then `subject: ...`, then three dashes again",
    ]),
    "front matter never closed": (LAST, "---\nThank", "Thank", [
        f"{LAST}:1: the front matter is never closed: put a line of three dashes after it",
    ]),
    "missing subject": (LAST, "subject: The last note\n", "", [
        f"{LAST}:1: `subject` is missing: the discreet line that a mailbox shows, such as subject: Letter 3",
    ]),
    "empty subject": (LAST, "subject: The last note", "subject:", [f"{LAST}:3: `subject` is empty"]),
    "misspelt key": (POT, "subject_plain", "subject_plane", [
        f"{POT}:3: `subject_plane` is not a key here; did you mean `subject_plain`?",
    ]),
    "key twice": (LAST, "preview: The last one.", "preview: One.\npreview: Two.", [f"{LAST}:6: `preview` is written twice"]),
    "subject with a line break": (LAST, "subject: The last note", "subject: |\n  The last\n  note", [
        f"{LAST}:3: `subject` holds a line break; write it on one line",
    ]),
    "subject with an escaped line break": (LAST, "subject: The last note", r'subject: "The last\u2028note"', [
        f"{LAST}:3: `subject` holds a line break; write it on one line",
    ]),
    "subject with what does not print": (LAST, "subject: The last note", r'subject: "The\u0007 note"', [
        f"{LAST}:3: `subject` holds a character that does not print",
    ]),
    "subject as long as a letter": (LAST, "The last note", "x" * 201, [
        f"{LAST}:3: `subject` is 201 characters long; a subject has at most 200",
    ]),
    "Jinja in a subject": (LAST, "The last note", "'{{ next_date }}'", [
        f"{LAST}:3: `subject` is taken as it stands; it cannot hold Jinja",
    ]),
    "colon in the words": (LAST, "A last word\n", "A last: word\n", [
        f"{LAST}:2: the front matter is not YAML: a colon inside the words; put the words between quotes",
    ]),
    "tab in YAML": (LAST, "title: A last", "title:\n\tA last", [
        f"{LAST}:3: the front matter is not YAML: found character '\\t' that cannot start any token",
    ]),
    "a list for front matter": (LAST, "title: A last word\nsubject: The last note\nsubject_plain: A last word from the garden\npreview: The last one.", "- a", [
        f"{LAST}:2: the front matter must be lines of `key: words`",
    ]),
    "a list for a title": (LAST, "title: A last word", "title: [a, b]", [
        f"{LAST}:2: `title` must be a text (in TOML: between quotes)",
    ]),
    "a character without a place": (LAST, "A last word\n", "A \x00 word\n", [
        f"{LAST}:2: the front matter is not YAML: it holds characters that have no place in a text",
    ]),
    # prompts
    "prompt missing for a reading": (POT, "  sill: How much light is there at noon?\n", "", [
        f"{POT}:5: `prompt` has no words for `sill`",
    ]),
    "prompt missing for who did not say": (POT, "  unsaid: Where could a pot stand?\n", "", [
        f"{POT}:5: `prompt` has no words for `unsaid`",
    ]),
    "prompt for nobody": (POT, "  sill: How", "  still: How", [
        f"{POT}:5: `prompt` has no words for `sill`",
        f"{POT}:7: `still` is no perspective of this course; did you mean `sill`?",
    ]),
    "prompt without words": (WELCOME, "prompt: What would you like to see grow?", "prompt: ' '", [
        f"{WELCOME}:6: `prompt` is empty",
    ]),
    "prompt that is a list": (WELCOME, "prompt: What would", "prompt:\n  - What would", [
        f"{WELCOME}:6: `prompt` must be one text, or a text for each name",
    ]),
    "unknown name in a prompt": (WELCOME, "prompt: What would you like to see grow?", "prompt: |\n  What\n  grows, {{ nam }}?", [
        f"{WELCOME}:8: `nam` is not a name that a lesson can use; {KNOWN}",
    ]),
    # passages
    "passage never closed": (POT, "Rain counts, if it reaches the pot.\n:::", "Rain counts.", [
        f"{POT}:38: `::: unsaid` is never closed: put a line `:::` where it ends",
    ]),
    "passage for nobody": (POT, "::: sill", "::: still", [
        f"{POT}:28: `::: still` is for nobody: this course has no such perspective; did you mean `sill`?",
    ]),
    "passage in a passage": (POT, "Turn the pot", "::: yard\nTurn the pot", [
        f"{POT}:29: `::: yard` stands inside `::: sill` of line 28: close that one first with a line `:::`",
    ]),
    "mark that closes nothing": (POT, "Water it.", "Water it.\n:::", [f"{POT}:33: `:::` closes nothing here"]),
    # Jinja
    "unknown name": (POT, "Water it.", "Water it.\n\nOn {{ nextdate }}.", [
        f"{POT}:34: `nextdate` is not a name that a lesson can use; did you mean `next_date`?",
    ]),
    "unknown name in a passage": (POT, "Rain counts.", "Rain {{ x }} counts.", [
        f"{POT}:35: `x` is not a name that a lesson can use; {KNOWN}",
    ]),
    "if without end": (LAST, "{% endif %}", "", [
        f"{LAST}:7: `{{% if %}}` is never closed: put `{{% endif %}}` where it ends",
    ]),
    "if across a mark": (POT, "Water it.", "{% if next_date %}Water it.", [
        f"{POT}:32: `{{% if %}}` is never closed: put `{{% endif %}}` where it ends",
    ]),
    "unknown tag": (LAST, "Thank", "{% trans %}Thank", [f"{LAST}:7: Jinja cannot read this: unknown tag 'trans'"]),
    "loop": (LAST, "Thank", "{% for x in 'abc' %}{{ x }}{% endfor %}Thank", [
        f"{LAST}:7: {{% for %}} is more than a lesson can do; {CAN}",
    ]),
    "a way out of the sandbox": (LAST, "Thank", "{{ ''.__class__ }}Thank", [
        f"{LAST}:7: {{{{ a.b }}}} is more than a lesson can do; {CAN}",
    ]),
    "a call": (LAST, "Thank", "{{ range(9) }}Thank", [f"{LAST}:7: {{{{ a() }}}} is more than a lesson can do; {CAN}"]),
    "HTML of one's own": (LAST, "Thank", "{{ '<img>'|safe }}Thank", [
        f"{LAST}:7: `|safe` is not a filter that a lesson can use; known are `capitalize`, `default`, `lower`, `title`, `trim`, `upper`",
    ]),
    "no escaping": (LAST, "Thank", "{% autoescape false %}{% endautoescape %}Thank", [
        f"{LAST}:7: {{% autoescape %}} is more than a lesson can do; {CAN}",
    ]),
    "a test nobody knows": (LAST, "if next_date", "if next_date is even", [
        f"{LAST}:7: `is even` is not a test that a lesson can use; known are `defined`",
    ]),
    "what fails only when it is filled in": (LAST, "[Someone", "{{ next_date|upper(1) }} [Someone", [
        f"{LAST}:9: Jinja cannot fill this in: do_upper() takes 1 positional argument but 2 were given",
    ]),
    "what fails only at the end of the course": (LAST, "Thank", "{% if not next_date %}\n{{ next_date < 3 }}{% endif %}Thank", [
        f"{LAST}:8: Jinja cannot fill this in: '<' not supported between instances of 'str' and 'int'",
    ]),
    "a tag without end": (LAST, "[Someone to talk to]({{ support_url }})", "Now\n{{ next_date", [f"{LAST}:10: `{{{{` is never closed: put `}}}}` where it ends"]),
    "a tag in a tag": (LAST, "Thank", "{{ {% Thank", [f"{LAST}:7: Jinja cannot read this: unexpected '%'"]),
    "tags too deep for Python": (LAST, "Thank", "{% if next_date %}" * 110 + "{% endif %}" * 110 + "Thank", [
        f"{LAST}:7: Jinja cannot fill this in: its tags or brackets are nested too deep",
    ]),
    "brackets too deep for Jinja": (LAST, "Thank", "{{ " + "(" * 3000 + " }}Thank", [
        f"{LAST}:7: Jinja cannot read this: its tags or brackets are nested too deep",
    ]),
    # Markdown
    "picture": (POT, "Water it.", "Water it.\n![a can](can.png)", [
        f"{POT}:33: a mail carries no pictures: say it in words, or link to a page",
    ]),
    "picture in a prompt": (WELCOME, "What would you like to see grow?", "'What is ![this](x)?'", [
        f"{WELCOME}:6: a mail carries no pictures: say it in words, or link to a page",
    ]),
    "what does not print": (LAST, "Thank", "a\tb\nThank\x1b[2J", [
        f"{LAST}:8: a character that does not print (U+001B); delete it",
    ]),
    "link made of Jinja": (POT, "Water it.", 'Water\n[it]({{ "javascript:alert(1)" }}).', [
        f"{POT}:33: a link goes to {{{{ support_url }}}}, to {{{{ clean_copy_url }}}} or to an address that is written out",
    ]),
    "no words": (LAST, "Thank you for reading.{% if next_date %} More comes on {{ next_date }}.{% endif %}\n\n[Someone to talk to]({{ support_url }})\n", "", [
        f"{LAST}:7: has no words below its front matter",
    ]),
    "a title with Jinja": (POT, "# The first pot & its place", "# On {{ next_date }}", [
        f"{POT}:10: the heading is the lesson's title, but it is taken as it stands; it cannot hold Jinja",
    ]),
    # files
    "not UTF-8": (LAST, "Thank you", "Th\udcffnk you", [f"{LAST}:7: is not UTF-8 text; save the file as UTF-8"]),
    "a name like no lesson": ("notes.md", "", "x", [
        f"notes.md: {NAMING}",
        "notes.md:1: must begin with a line of three dashes, then `subject: ...`, then three dashes again",
    ]),
    "a name with capitals": ("03-Rest.md", "", "---\nsubject: x\n---\nx", [f"03-Rest.md: {NAMING}"]),
    "a name with another ending": ("03-rest.txt", "", "---\nsubject: x\n---\nx", [f"03-rest.txt: {NAMING}"]),
    "number twice": ("01-second-pot.md", "", "---\nsubject: x\n---\nx", [
        "01-second-pot.md: has the same number as 01-first-pot.md",
    ]),
    "slug twice": ("03-first-pot.md", "", "---\nsubject: x\n---\nx", [
        "03-first-pot.md: has the same words in its name as 01-first-pot.md; they tell lessons apart, so choose others",
    ]),
    "gap": ("05-late.md", "", "---\nsubject: x\n---\nx", [
        ": lesson 03 is missing: numbers begin at 00 and go on without a gap",
        ": lesson 04 is missing: numbers begin at 00 and go on without a gap",
    ]),
    "over a megabyte": ("03-long.md", "", "x" * 1_000_001, ["03-long.md: is over 1 MB; is this the right file?"]),
    "over 90 kB": (LAST, "Thank you", "word " * 10_000 + "Thank you", [
        f"{LAST}: makes a mail of 108 kB (reading `yard`); mail programs cut long mails, so keep it under 90 kB",
    ]),
    # support.toml
    "help line without a day": (SUPPORT, "  checked = 2026-11-23\n", "", [
        f"{SUPPORT}:6: `checked` is missing: the day somebody compared them, such as checked = 2026-11-23",
    ]),
    "a day between quotes": (SUPPORT, "checked = 2026-11-23", 'checked = "2026-11-23"', [
        f"{SUPPORT}:12: `checked` must be a day, such as 2026-11-23 without quotes",
    ]),
    "help line for nobody": (SUPPORT, '"talk"', '"chat"', [
        f"{SUPPORT}:8: `for` must be 'abuse', 'despair', 'talk', 'children' or 'harm'",
    ]),
    "help line nobody can reach": (SUPPORT, '  phone = "020 7946 0000"\n', "", [
        f"{SUPPORT}:6: `line` can be reached in no way: give it a `phone`, a `text` or a `web`",
    ]),
    "a list of countries that is empty": (SUPPORT, "", "country = []", [
        f"{SUPPORT}:1: `country` is empty: at least one [[country]]",
    ]),
    "an address that is none": (SUPPORT, '"https://example.org/lists"', '"example.org"', [
        f"{SUPPORT}:23: `web` must be a whole address that begins with https://",
    ]),
    "misspelt key of a line": (SUPPORT, "phone =", "fone =", [
        f"{SUPPORT}:10: `fone` is not a key here; did you mean `phone`?",
    ]),
    "country without a number": (SUPPORT, '"999"', '""', [
        f"{SUPPORT}:1: `country` needs an emergency number in `emergency`",
    ]),
    "country twice": (SUPPORT, '"INT"\nname = "Everywhere"\nemergency = ""', '"GB"\nname = "Again"\nemergency = "999"', [
        f"{SUPPORT}:15: country `GB` is already there (line 2); put its lines together",
    ]),
    "a code of one's own": (SUPPORT, '"INT"', '"World"', [
        f"{SUPPORT}:15: `code` must be two capital letters, such as GB, or INT for lines of many countries",
    ]),
    "country with single brackets": (SUPPORT, "", '[country]\ncode = "GB"', [
        f"{SUPPORT}:1: `country` must be written with double brackets, such as [[country]]",
    ]),
}  # fmt: skip


def faults(home: Path) -> list[str]:
    """What loading says, with files named from the course's folder."""
    with pytest.raises(CourseError) as caught:
        load_library([home])
    return [str(fault).replace(str(home / "quiet-garden"), "").removeprefix("/") for fault in caught.value.faults]


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_named_with_its_file_its_line_and_what_to_do(name: str, tmp_path: Path) -> None:
    file, old, new, expected = CASES[name]
    planted(tmp_path, (file, old, new))
    assert faults(tmp_path) == expected


def test_every_fault_of_every_file_is_said_at_once(tmp_path: Path) -> None:
    planted(
        tmp_path,
        (TOML, '"weekly"', '"daily"'),
        (WELCOME, "subject: Welcome, and a date\n", ""),
        (POT, "Water it.", "{{ a }}\n\n{{ b }}\n\n![x](y)"),
        (POT, "::: sill", "::: yard"),
        (LAST, "Thank", ":::\nThank"),
        (SUPPORT, '"talk"', '"chat"'),
    )
    assert [line.split(": ")[0] for line in faults(tmp_path)] == [
        f"{WELCOME}:1", f"{POT}:32", f"{POT}:34", f"{LAST}:7", f"{TOML}:5", f"{SUPPORT}:8",
    ]  # fmt: skip


def test_a_course_whose_toml_is_broken_still_has_its_lessons_looked_at_but_not_blamed_for_it(tmp_path: Path) -> None:
    planted(tmp_path, (TOML, "[perspectives]", "[perspectives"), (LAST, "{{ next_date }}", "{{ nope }}"))
    assert [line.split(": ")[0] for line in faults(tmp_path)] == [f"{LAST}:7", f"{TOML}:7"]


def test_a_file_that_cannot_be_read_is_a_fault_and_not_a_crash(tmp_path: Path) -> None:
    folder = planted(tmp_path)
    (folder / "03-folder.md").mkdir()
    (folder / "04-gone.md").symlink_to(folder / "nowhere")
    assert faults(tmp_path) == [
        "03-folder.md: cannot be read (Is a directory); look at its kind and its permissions",
        "04-gone.md: cannot be read (No such file or directory); look at its kind and its permissions",
    ]


def test_a_folder_of_courses_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="cannot be read as a folder of courses"):
        load_library([tmp_path / "nowhere"])


def test_a_course_folder_must_have_a_name_that_can_stand_in_a_link(tmp_path: Path) -> None:
    planted(tmp_path).rename(tmp_path / "My Course")
    with pytest.raises(CourseError, match="My Course: a course's folder is named with small letters"):
        load_library([tmp_path])


def test_windows_line_ends_and_a_byte_order_mark_move_no_line(tmp_path: Path) -> None:
    folder = planted(tmp_path, (POT, "Water it.", "Water {{ it }}."))
    pot = folder / POT
    pot.write_bytes(b"\xef\xbb\xbf" + pot.read_bytes().replace(b"\n", b"\r\n"))
    assert faults(tmp_path) == [f"{POT}:32: `it` is not a name that a lesson can use; {KNOWN}"]
