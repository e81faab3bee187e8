"""Characters that a log, an XML file or a comment cannot hold, made visible."""

from __future__ import annotations

import re

# Control characters, lone surrogates and the two non-characters: XML 1.0 (2.2) forbids them, terminals obey some.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNHEARD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def visible(text: str) -> str:
    """The text with every line end as a newline; other control characters but tab, and halves of surrogate pairs, as
    a replacement sign."""
    return _UNHEARD.sub("\ufffd", _LINE_ENDS.sub("\n", text))


def on_one_line(text: str) -> str:
    """The visible text with every run of white space as one space."""
    return " ".join(visible(text).split())
