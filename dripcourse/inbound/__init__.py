"""Reading mail: bytes in, values out. No I/O, no clock, no chance; it never raises and never hangs, on any bytes."""

from dripcourse.inbound.read import read_mail, reply_text, whole_text
from dripcourse.inbound.verdicts.verdict import AuthenticationResult, Bounce, Mail, Severity, Verdict

__all__ = ["AuthenticationResult", "Bounce", "Mail", "Severity", "Verdict", "read_mail", "reply_text", "whole_text"]
