"""Bytes to text as a mail program shows them, and text that is safe to keep. Never raises, on any label and any bytes."""

import re

REPLACED = "\ufffd"

_CODECS = {
    "utf-8": ("utf8", "unicode-1-1-utf-8", "unicode11utf8", "x-unicode20utf8", "utf-8n"),
    "cp1252": (
        "windows-1252", "x-cp1252", "iso-8859-1", "iso8859-1", "iso-88591", "iso88591", "iso-ir-100", "latin1", "latin-1",
        "l1", "ansi-x3.4-1968", "cp819", "ibm819", "csisolatin1", "iso-8859-1:1987", "ansi", "8859-1",
    ),
    "iso8859_2": ("iso-8859-2", "iso8859-2", "iso88592", "latin2", "l2", "csisolatin2", "iso-ir-101"),
    "iso8859_3": ("iso-8859-3", "iso8859-3", "iso88593", "latin3", "l3"),
    "iso8859_4": ("iso-8859-4", "iso8859-4", "iso88594", "latin4", "l4"),
    "iso8859_5": ("iso-8859-5", "iso8859-5", "iso88595", "cyrillic", "csisolatincyrillic"),
    "iso8859_6": ("iso-8859-6", "iso8859-6", "iso88596", "iso-8859-6-e", "iso-8859-6-i", "arabic", "ecma-114", "asmo-708"),
    "iso8859_7": ("iso-8859-7", "iso8859-7", "iso88597", "greek", "greek8", "ecma-118", "elot-928"),
    "iso8859_8": ("iso-8859-8", "iso8859-8", "iso88598", "iso-8859-8-e", "iso-8859-8-i", "hebrew", "visual", "logical"),
    "cp1254": ("windows-1254", "x-cp1254", "iso-8859-9", "iso8859-9", "iso88599", "latin5", "l5"),
    "iso8859_10": ("iso-8859-10", "iso8859-10", "latin6", "l6"),
    "cp874": ("windows-874", "dos-874", "iso-8859-11", "iso8859-11", "tis-620", "tis620"),
    "iso8859_13": ("iso-8859-13", "iso8859-13"),
    "iso8859_14": ("iso-8859-14", "iso8859-14"),
    "iso8859_15": ("iso-8859-15", "iso8859-15", "iso885915", "latin9", "latin-9", "l9"),
    "iso8859_16": ("iso-8859-16", "iso8859-16"),
    "cp1250": ("windows-1250", "x-cp1250"),
    "cp1251": ("windows-1251", "x-cp1251", "win-1251", "win1251"),
    "cp1253": ("windows-1253", "x-cp1253"),
    "cp1255": ("windows-1255", "x-cp1255"),
    "cp1256": ("windows-1256", "x-cp1256"),
    "cp1257": ("windows-1257", "x-cp1257"),
    "cp1258": ("windows-1258", "x-cp1258"),
    "koi8_r": ("koi8-r", "koi8", "koi", "cskoi8r"),
    "koi8_u": ("koi8-u", "koi8-ru"),
    "mac_roman": ("macintosh", "mac", "x-mac-roman", "csmacintosh"),
    "mac_cyrillic": ("x-mac-cyrillic", "x-mac-ukrainian"),
    "cp437": ("ibm437",),
    "cp850": ("ibm850",),
    "cp852": ("ibm852",),
    "cp866": ("ibm866", "866", "csibm866"),
    "gb18030": ("gbk", "gb2312", "gb-2312", "gb-2312-80", "x-gbk", "chinese", "csgb2312", "euc-cn", "cp936", "iso-ir-58"),
    "hz": ("hz-gb-2312", "hz-gb"),
    "big5hkscs": ("big5", "big-5", "big5-hkscs", "cn-big5", "csbig5", "x-x-big5", "cp950"),
    "euc_jp": ("euc-jp", "eucjp", "x-euc-jp", "cseucpkdfmtjapanese"),
    "iso2022_jp_ext": ("iso-2022-jp", "iso-2022-jp-1", "iso-2022-jp-ms", "csiso2022jp", "cp50220", "cp50221"),
    "cp932": ("shift-jis", "shift_jis", "sjis", "x-sjis", "ms-kanji", "ms932", "windows-31j", "csshiftjis"),
    "cp949": ("euc-kr", "euckr", "ks-c-5601-1987", "ks-c-5601-1989", "ksc5601", "ksc-5601", "korean", "windows-949", "ms949"),
    "iso2022_kr": ("iso-2022-kr", "csiso2022kr"),
    "utf-16": ("utf16", "unicode", "ucs-2", "iso-10646-ucs-2", "csunicode"),
    "utf-16-le": ("utf-16le", "unicodefeff"),
    "utf-16-be": ("utf-16be", "unicodefffe"),
    "utf-32": ("utf32",),
}  # fmt: skip

_BY_LABEL = {label.replace("_", "-"): codec for codec, labels in _CODECS.items() for label in (codec, *labels)}
"""Every label that is decoded, as browsers map them (WHATWG Encoding 4.2), and the few more that mail programs write. What is not
here is no encoding of text (rot13, punycode, idna, uu) or a way to hide one (utf-7)."""

_ESCAPED_JAPANESE = re.compile(rb"\x1b(?:\$[@B]|\(J)")
_BREAKS = str.maketrans({"\r": "\n", "\v": "\n", "\f": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"})
_UNSEEN = dict.fromkeys(
    (
        *range(0x09), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0),  # controls; NUL is what PostgreSQL refuses
        0xAD, 0x180E, 0x200B, 0x2060, 0xFEFF,  # what has no width; not the joiners, which are part of how words are written
        0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A),  # what turns the reading direction
        *range(0xE0000, 0xE0020),
    )
)  # fmt: skip
_SURROGATES = re.compile("[\ud800-\udfff]")
_SAFE = re.compile(r"[\n\t\x20-\x7e]*\Z")


def decode(data: bytes, label: str = "") -> str:
    """The text of `data` by a charset label; by no known label as UTF-8, else as windows-1252 with what is broken replaced."""
    codec = _BY_LABEL.get(label.strip(" \t\"'").lower().replace("_", "-"))
    if codec in (None, "utf-8"):
        return _unlabelled(data)
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return data.decode(codec, "replace")


def _unlabelled(data: bytes) -> str:
    """UTF-8 if it is mostly that: one broken sequence does not spoil the rest."""
    if _ESCAPED_JAPANESE.search(data):
        return data.decode("iso2022_jp_ext", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    broken = text.count(REPLACED)
    sound = len(text) - broken - sum(byte < 0x80 for byte in data)
    return text if sound > broken else data.decode("cp1252", "replace")


def safe(text: str) -> str:
    """The text with `\\n` line ends, and without what cannot be stored or is there to deceive: NUL and other controls, halves of
    surrogate pairs, characters without width, and those that turn the reading direction."""
    if _SAFE.match(text):
        return text
    lines = text.replace("\r\n", "\n").translate(_BREAKS)
    return _SURROGATES.sub(REPLACED, lines.translate(_UNSEEN))


def safe_line(text: str) -> str:
    """A text as one line: line breaks and tabs become spaces."""
    return safe(text).replace("\n", " ").replace("\t", " ").strip()
