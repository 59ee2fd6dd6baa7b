"""Plain text as it is shown: flowing lines joined (RFC 3676), armour of a PGP signature taken off."""

import re

_QUOTED = re.compile(r">+")
_SIGNED = re.compile(r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*$", re.MULTILINE)
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """Lines that end in a space are joined with the next of the same quote depth (RFC 3676 4.1 to 4.6). Quotation comes out with
    `> ` for each level; the separator of a signature ends a paragraph and stays as it is."""
    lines: list[str] = []
    flowing: list[str] = []
    depth = 0

    def end() -> None:
        if flowing:
            lines.append(("> " * depth + "".join(flowing)).rstrip(" ") if depth else "".join(flowing))
            flowing.clear()

    for line in text.split("\n"):
        if not flowing and line[:1] not in (">", " ") and line[-1:] != " ":
            lines.append(line)
            depth = 0
            continue
        found = _QUOTED.match(line)
        this_depth = found.end() if found else 0
        words = line[this_depth:].removeprefix(" ")
        if this_depth != depth or words == "-- ":
            end()
        depth = this_depth
        if words.endswith(" ") and words != "-- ":
            flowing.append(words[:-1] if delete_space else words)
            continue
        flowing.append(words)
        end()
    end()
    return "\n".join(lines)


def without_armour(text: str) -> str:
    """The words of a mail that was signed in the text (RFC 9580 7), as the signer wrote them, with what stands before and after.

    Any other text as it is, also one whose armour has no end or no blank line below its headers: no word is lost for a mark.
    """
    begins = _SIGNED.search(text)
    signed, found, after = text[begins.end() :].partition(_SIGNATURE) if begins else ("", "", "")
    _, below, words = signed.partition("\n\n")
    if begins is None or not found or not below:
        return text
    rest = after.partition("-----END PGP SIGNATURE-----")[2]
    return text[: begins.start()] + re.sub(r"^- ", "", words, flags=re.MULTILINE) + rest
