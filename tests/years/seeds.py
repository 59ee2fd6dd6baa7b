"""Seeds that failed once, each with what it found."""

TABLES = {
    0: "a provider named an instant forty days away, and the mail was put by until then",
    2: "a clock that jumped back and was set right again; the judge knew only of clocks that are ahead",
    1: "what a clock that ran ahead had claimed waited for that clock's date",
    3: "a pace that was changed while a lesson was on the wire was held against that lesson",
}
