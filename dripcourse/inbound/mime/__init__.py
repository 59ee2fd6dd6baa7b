"""A raw message taken apart: headers, parts, charsets, and the text that its reader saw."""
