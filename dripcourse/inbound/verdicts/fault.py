"""Whose fault a bounce is: asked before any list of words about mailboxes, by RFC 3463 section 3, the stage of the SMTP dialogue,
and what the other server says that it dislikes. Only what is left may be about the mailbox.
"""

import re

from dripcourse.inbound.verdicts.machines import phrases

_NAMES = re.compile(
    r"https?://\S+|<[^<>\s]*@[^<>\s]*>|[^\s<>@]+@[^\s<>@]+|\[[0-9a-f.:]+\]|(?<![\w.-])(?:[\w-]+\.)+(?!adr\b|expired\b)[a-z][a-z0-9-]{1,}(?![\w.])"
)
"""Addresses, host names and links: `spamfilter.example.org said: user unknown` is no word about spam."""

_SENDER = phrases(
    r"\bsender(?:'s|’s)?[ _-]{0,2}(?:(?:mail|e-?mail|from|envelope|domain|address|host)[ _-]){0,2}(?:\S+ ){0,3}?(?:\S+ )?(?:rejected|denied|refused|verif\w*|unknown|invalid|not found|does ?n[o']t|does not|doesn't|cannot|could ?n[o']t|could not|is not|has no|must|unrout\w*|blocked|listed|not (?:valid|accepted|allowed|permitted|exist\w*|resolv\w*|verified|authori[sz]ed)|no (?:such|mx|a record))",
    r"(?:unrout\w*|unknown|invalid|bad|illegal|forged|fake|unresolvable|non-?existent|unverified|unauthori[sz]ed|unauthenticated|rejected|blocked|no such|your|the|cannot (?:resolve|verify)|could not verify|of) (?:envelope )?(?:sender|originator|return[- ]path|reverse[- ]path)(?:'s|’s)? ?(?:address|domain|host|e-?mail)?\b(?! policy framework)(?= ?[:;,.(<]|$| \S+ (?:not|is|does|has|could|cannot|was)| (?:not|is|does|has|could|cannot|was|failed|rejected)\b)",
    r"sending (?:domain|host|server|ip|mta|address)", r"domain of (?:the )?sender", r"senders? domain",
    r"(?:mail|envelope|header)[ -]?from (?:address|domain|host|header)", r"(?:mail|envelope)[ -]?from:? ?<",
    r"(?:from|return-?path|reply-to)(?: header| address| domain| field)+ (?:\S+ ){0,2}(?:is|does|not|invalid|missing|rejected|cannot)",
    r"call-?(?:out|back|ahead) ?(?:verif|fail)", r"verification failed for", r"\bnot_?verif", r"could not verify (?:sender|<)",
    r"backscatter", r"bogus (?:helo|sender|mx)", r"\b(?:helo|ehlo)\b", r"no mx (?:or a )?(?:record )?for your", r"from your domain", r"your domain (?:name )?(?:is|has|does|could|cannot)", r"\(sender", r"(?:invalid|bad|illegal) host ?name", r"\bip (?:address|range|block)",
    r"absender", r"exp[ée]diteur", r"remit(?:ente|ent)", r"mittente", r"remetente", r"afzender", r"avsändar", r"afsender", r"avsender",
    r"lähettäjä", r"nadawc", r"odesílatel", r"feladó", r"expeditor", r"отправител", r"gönderen", r"(?:发件|寄件|差出|送信)(?:人|者|元|域)", r"발신자|보낸",
)  # fmt: skip
"""The sender's address or name is unknown or unwanted: whatever else is said to be unknown is about us."""
_STAGE = phrases(
    r"(?:after|in reply to|in response to|at) (?:the )?(?:end of )?(?:pipelined )?(?:mail from|helo|ehlo|starttls|auth|connect|initial connection|rset)\b",
    r">>> (?:mail from|helo|ehlo|auth)", r"(?:error|response|refused|rejected) (?:at|after|from|to|during) (?:mail from|helo|ehlo|starttls|banner|connect)",
)  # fmt: skip
_LATER_STAGE = phrases(r"(?:after|in reply to|to|,) (?:the )?rcpt to", r">>> rcpt to")
_MAIL = phrases(
    r"\bspf\b", r"sender policy framework", r"\bdkim\b", r"domainkeys?", r"\bdmarc\b", r"\barc[ -](?:seal|chain)", r"\bsrs\b", r"\bdane\b",
    r"unauthenticated", r"not authenticated", r"authentication[- ](?:required|failed|failure|checks?|results?)", r"fails? authentication", r"unsolicited",
    r"\bspam", r"\bjunk", r"\bbulk\b", r"\bham\b", r"phish", r"malware", r"virus", r"infected", r"malicious", r"black[ -]?list", r"block[ -]?list", r"deny[ -]?list", r"white[ -]?list",
    r"grey[ -]?list", r"gray[ -]?list", r"\b[a-z]{0,4}dns[bw]l\b", r"\brbl\b", r"\bbl\b", r"spamhaus", r"spamcop", r"barracuda", r"sorbs", r"senderscore", r"reputation", r"listed (?:in|on|at|by)\b(?! domino| public)",
    r"\br?dns\b.{0,30}(?:\brecord|invalid|missing|mismatch|fail|lookup|required|your|entr)", r"\brdns\b", r"\bptr\b", r"reverse (?:dns|lookup|map|resol|host)", r"fcrdns", r"client host", r"client address", r"client was not", r"connecting (?:ip|host|server|client)",
    r"(?:message|mail|e-?mail|content|data|header|body|line|attachment|maximum|fixed|allowed)[- ](?:size|length)", r"size (?:limit|exceed|restriction|of (?:this|the|your) (?:message|mail|e-?mail))", r"too (?:large|big|long|heavy)\b", r"larger than", r"oversi[sz]ed?",
    r"exceed(?:s|ed|ing)? (?:the )?(?:maximum (?:message|size|allowed|permitted|incoming)|max(?:imum)? size|size|fixed)", r"maximum (?:incoming )?(?:message|inbound)",
    r"zu gro(?:ß|ss)", r"trop (?:volumineux|gros|grand|long)", r"demasiado grande", r"troppo grande", r"muito grande", r"te groot", r"слишком больш",
    r"attachments? .{0,40}(?:not (?:allowed|permitted)|block|reject|prohibit|forbidden|removed|type)", r"(?:blocked|prohibited|forbidden|disallowed|banned) .{0,30}(?:attachment|content|file|extension|word|phrase)",
    r"\bcontent (?:filter|reject|scan|check|restrict)",
    r"(?:\breason: 55\d [^)]{0,60}(?:polic|spam))", r"(?:rejected|blocked|refused|denied|filtered|declined) (?:due to|because of|for|by|as) (?:\S+ ){0,3}(?:polic|rule|filter|security|content|restriction|administrat|recipient's (?:set|rule|prefer))",
    r"violat\w+", r"(?:local|site|security|company|mail|message|server|recipient|administrative|organi[sz]ation\w*|anti\S+|sending|usage|domain|abuse) polic(?:y|ies)", r"polic(?:y|ies) (?:reasons?|restrict|violat|reject|rule|prohibit|of|does)", r"security (?:reason|risk|issue|threat|check)",
    r"rate[- ]?limit", r"throttl", r"too (?:fast|many (?:messages|connections|mails|e-?mails|emails|recipients|invalid|unknown|bad))", r"sending limit", r"unusual (?:rate|activity|traffic)", r"(?:hourly|daily|sending|message) (?:limit|quota)",
    r"(?:your|from this|from that|sending) (?:ip|ip address|host|server|network|mta|mail server|isp|country|provider)\b(?! is not (?:our|a) )", r"messages? from \S* ?(?:were|was|are|is)?n['o]?t? ?(?:not )?sent\b", r"not accepting (?:mail|messages) from", r"does not accept (?:mail|messages|e-?mail) from", r"(?:mail|messages|e-?mail) from .{0,60}(?:not accepted|rejected|blocked|refused|not allowed|denied|unwelcome)",
    r"members?[- ]only", r"only (?:accepts?|allowed|members|authori[sz]ed|subscribers)", r"not (?:a member|subscribed|allowed to (?:post|send|mail)|authori[sz]ed|permitted|on the (?:allow|white))", r"moderat(?:ed|or|ion)", r"restricted", r"resolver\.rst", r"\brst\.\w+", r"(?:suspicio|abus)\w*", r"high probability", r"challenge", r"disposable",
    r"\bforged\b", r"\bquarantin", r"unacceptable", r"(?:classified|identified|detected|recogni[sz]ed|treated|regarded) as (?!(?:an? )?(?:invalid|unknown|non))", r"(?:accept|want|reject\w*|refus\w*|block\w*|no) (?:any )?(?:newsletters?|advertis\w*)", r"\b(?:surbl|uribl|dbl)\b", r"geo-?ip", r"(?:country|region) (?:is )?(?:not|block)",
    r"alignment", r"\barc (?:fail|invalid)", r"\btls (?:version|protocol|cipher)", r"duplicate (?:message|mail)", r"auto-?(?:reply|responder) and", r"parental", r"outbound (?:mail|messages?|e-?mail)", r"indésirable", r"unerwünscht", r"no deseado", r"by the recipient\b", r"return[- ]path (?:does|is|not|has|could|cannot)",
    r"maximum (?:number of )?recipients", r"sender no longer",
    r"administrative(?:ly)? (?:prohibi|den|block|reject|refus)", r"prohibit", r"relay(?:ing)?,? (?:\S+ )?(?:access )?(?:denied|not (?:permitted|allowed)|prohibit|refused|restricted|attempt)", r"(?:unable to|not|cannot|won['’]t|we do not|no) relay", r"blocked (?:using|by|for|due|because|from)", r"(?:ip|ips|host|sender|domain|network|you|have|has|is|are|was|were|been|message|mail|e-?mail) (?:\S+ )?(?:currently |temporarily |permanently )?blocked\b", r"block(?:ed|ing) (?:ip|sender|domain|your|mail|this|list)",
    r"recipient (?:address )?(?:does not|doesn['’]t|did not|has not|refuses?|do not) (?:want|accept|wish|allow|authori)", r"tls (?:is )?(?:required|negotiation)", r"encrypt\w* (?:is )?required", r"\bline (?:too )?long", r"(?:message-id|date|from|to|subject) header (?:is )?(?:missing|invalid|malformed|too)", r"rfc ?5?[28]?322", r"5322|not rfc", r"8-?bit|8bitmime|smtputf8|non-?ascii",
)  # fmt: skip
"""It is this mail, this server of ours or a rule of theirs, whatever it says of a user besides in the code that some server made up for it."""
_MACHINE = phrases(
    r"\bpipe\b", r"\| ?[/\"'~.]", r"\bno such (?:file|process|device|program|command|table|key)", r"not a directory", r"is a directory", r"(?:permission|operation not) (?:denied|permitted)", r"command (?:died|failed|not found|output|time)", r"exit(?:ed)? (?:status|code|with|value)",
    r"(?:return(?:ed)?|exited with|with|child|process|non-?zero) (?:exit )?(?:status|code|value) -?\d", r"terminated by signal", r"signal \d+", r"procmail", r"maildrop", r"\bsieve\b", r"vacation program", r"\.(?:forward|qmail|procmailrc|mailfilter)\b",
    r"local (?:delivery (?:failed|error|agent)|configuration|error|problem|mailer)", r"cannot (?:open|create|write|lock|append|execute|exec|chdir|update|access)", r"(?:unable|failed|could not|couldn['’]t) to? ?(?:open|create|write|lock|append|execute|exec|chdir|update|access|chown|fork)\b", r"unable to run", r"\bfork\b", r"read-only file", r"input/output error", r"stale (?:nfs|file)",
    r"(?:ldap|mysql|pgsql|sql|database|backend|directory service|nss|lookup table|map|lookup) (?:\S+ ){0,3}(?:error|fail|unavailable|timed? ?out|not (?:available|responding))", r"temporary lookup", r"internal (?:server |software |system )?(?:error|failure|problem)", r"software error", r"configuration (?:error|problem|fault)", r"misconfigur", r"create failed", r"undefined value", r"mail (?:forwarding|for \S+) loop",
    r"\bfrozen\b", r"\bon[- ]hold\b", r"\bfiltering program", r"(?:user|mail|message|spam|custom) filter",
)  # fmt: skip
"""The program that should have taken the mail into the mailbox failed: its file may be missing, and the mailbox is there."""
_SENDERS = frozenset({"1.7", "1.8"})
_SIZE = frozenset({"2.3", "3.4"})


def blind(words: str) -> str:
    """Words without addresses, host names and links, whose parts are no words."""
    return _NAMES.sub(" (name) ", words)


def is_ours(codes: tuple[str, ...], words: str) -> bool:
    """Whether a bounce is about the sender, this mail, or a policy: its codes, its stage, or its words say so."""
    kinds = {code[2:] for code in codes if code}
    if kinds & _SENDERS or kinds & _SIZE or any(kind.startswith(("6.", "7.")) for kind in kinds):
        return True
    if is_early(words):
        return True
    seen = blind(words)
    return _SENDER.search(seen) is not None or _SENDER.search(words) is not None or _MAIL.search(seen) is not None


def is_early(words: str) -> bool:
    """Whether the other server said no before it was told whom the mail is for."""
    return _STAGE.search(words) is not None and _LATER_STAGE.search(words) is None


def is_machines(words: str) -> bool:
    """Whether a program on the reader's side failed, and not the address."""
    return _MACHINE.search(words) is not None
