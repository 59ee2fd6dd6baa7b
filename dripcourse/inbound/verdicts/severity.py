"""How bad a bounce is, by its status code and its words together: many servers give the code of an unknown mailbox for a mail they
do not like, and a general one for an unknown mailbox. Whose fault it is is asked first (`fault`). In doubt a bounce is soft."""

import re
from typing import NamedTuple

from dripcourse.inbound.verdicts import fault
from dripcourse.inbound.verdicts.machines import phrases
from dripcourse.inbound.verdicts.verdict import Severity

FULL = phrases(
    r"quota", r"mail ?box (?:is |size )?(?:limit|full|exceed|over|space)", r"mailbox.{0,30}\bfull\b",
    r"mail ?folder is full", r"mail box space", r"insufficient (?:system )?(?:storage|disk|space)", r"out of storage",
    r"storage (?:is )?(?:full|exceeded|limit)", r"too much mail", r"disk full", r"no space\b", r"over (?:its|the|their|his|her) (?:size |storage )?limit",
    r"postfach (?:ist )?(?:voll|überfüllt)", r"speicherplatz", r"bo[iî]te .{0,30}pleine",
    r"buz[óo]n (?:est[áa] )?lleno", r"casella .{0,20}piena", r"caixa .{0,20}cheia", r"postbus (?:is )?vol",
    r"ящик .{0,30}(?:переполнен|полон)", r"(?:邮箱|信箱|メールボックス).{0,12}(?:满|滿|一杯|容量|いっぱい)",
    r"over the (?:maximum )?allowed (?:size|storage)", r"user is over", r"overquota",
)  # fmt: skip
NOT_NOW = phrases(
    r"try (?:again|later)", r"come back later", r"temporar(?:y|ily)", r"timed? ?-?out", r"connection (?:refused|reset|lost|dropped|failed)",
    r"not respond", r"did not respond", r"no answer", r"not reachable", r"network (?:is )?(?:unreachable|problem)",
    r"loop(?:ing|s back)?\b", r"too many hops", r"hop count", r"unable to (?:connect|establish)",
    r"able to establish an smtp connection", r"in the queue too long",
    r"too many (?:connections|messages|recipients|errors)", r"service (?:not available|unavailable)(?!;)",
    r"server (?:unavailable|busy)", r"retry (?:timeout|time)", r"maximum[- ]time[- ]expired", r"message expired",
    r"has expired", r"within the allowed", r"configuration (?:error|problem)", r"local error",
    r"system (?:error|not accepting|resources)", r"zeitüberschreitung", r"vorübergehend", r"temporairement",
    r"temporalmente", r"temporaneamente", r"temporariamente", r"tijdelijk", r"временно", r"not been collected",
    r"inactive", r"suspended", r"permission denied", r"command died", r"create failed", r"no resent-from",
    r"undefined value",
)  # fmt: skip
POLICY = phrases(
    r"\bspam", r"\bjunk", r"block(?:ed| ?list|ing)\b", r"black ?list", r"deny ?list", r"\brbl\b", r"dnsbl", r"spamhaus",
    r"spamcop", r"barracuda", r"sorbs", r"proofpoint", r"reputation", r"\bpolic(?:y|ies)\b", r"\bdmarc\b", r"\bspf\b",
    r"\bdkim\b", r"unsolicited", r"unauthenticated", r"not authenticated",
    r"authentication (?:required|failed|checks?)", r"not authori[sz]ed", r"access denied",
    r"relay(?:ing)? (?:access )?(?:denied|not (?:permitted|allowed)|prohibited)",
    r"(?:unable to|not|cannot|won't|we do not) relay",
    r"(?:content|message|mail|e-?mail) (?:was |has been |is )?(?:rejected|refused|filtered|denied)",
    r"virus (?:was |has been )?(?:detected|found)", r"infected", r"contain\w* .{0,20}virus", r"malware", r"phish",
    r"attachments? .{0,40}(?:not (?:allowed|permitted)|block|reject|prohibit|forbidden)",
    r"(?:blocked|prohibited|forbidden|disallowed) .{0,30}attachment", r"too (?:large|big)", r"(?:message|mail) size",
    r"maximum (?:incoming )?(?:message|inbound)", r"exceed(?:s|ed)? (?:the )?(?:maximum (?!delivery|time|hop|number|retr)|size|fixed)",
    r"gr[ea]ylist", r"rate ?limit", r"throttl",
    r"sender (?:address )?(?:rejected|denied|refused|not|blocked|verify|is)", r"not accepting (?:mail|messages) from",
    r"members?-only", r"restricted", r"administrative(?:ly)? prohibi", r"prohibited", r"suspicio", r"high probability",
    r"bad reputation", r"poor reputation", r"client host", r"\bptr\b", r"reverse dns", r"blocked using", r"complain",
    r"challenge", r"abus(?:e|ive)", r"not permitted", r"only accepts", r"from (?:this|your) (?:ip|server|domain|host)",
    r"your (?:ip|host|server) ",
)  # fmt: skip
NOBODY = phrases(
    r"(?:user|recipient|addressee|mailbox|account|address|e-?mail account|e-?mail address|alias|customer|subscriber)(?: name)?(?: \S+)? (?:is |was |are )?(?:un ?known|not ?found|not known|doesn['’]t exist|does not exist|not exist|nonexistent|non-existent|not recogni[sz]ed|not listed|no longer (?:exists?|valid|available|in use|on server)|wrong or no longer valid|could ?n[o']t be found|not a valid|invalid)",
    r"not a valid (?:user|recipient|mailbox|address)",
    r"(?:un ?known|illegal|bad|invalid|nonexistent|non-existent|no valid) (?:or illegal )?(?:local )?(?:user|recipient|mailbox|address|addressee|e-?mail address|account|final delivery userid|destination mailbox|local[- ]?part)",
    r"no (?:mailbox here by|user by|account by|person by) ", r"no such (?!file|process|device|program|command|table|key)",
    r"no mailbox (?:here|found|by (?:that|this) name)", r"recipientnotfound", r"recipnotfound",
    r"not a local (?:user|recipient|mailbox|account)", r"(?:cannot|can not|unable to|could ?n[o']t) find (?:the |that |this |a )?(?:user|recipient|mailbox|account)",
    r"(?:destinatario|usuario) desconocid", r"no mail ?box available", r"\b(?:bad|valid)rcptto\b", r"doesn['’]t have an? \S+ account", r"does not have an? \S+ account",
    r"does not exist", r"doesn['’]t exist", r"unrouteable (?:mail )?(?:address|domain)",
    r"(?:not (?:our|a) customer|not our user)", r"did not exactly match", r"no matches to nameserver",
    r"not recogni[sz]ed", r"not listed in (?:domino|public)", r"unknown or illegal",
    r"unknown (?:or unavailable|host|domain|local)", r"(?:host|domain)(?: or domain)?(?: name)? not found(?!,? try)",
    r"host unknown", r"domain (?:does not exist|doesn['’]t exist|not found|unknown)", r"nxdomain", r"has moved",
    r"address (?:is )?no longer", r"address (?:\S+ ){0,3}(?:could not|couldn['’]t|was not|wasn['’]t) (?:be )?found",
    r"resolver\.adr\.(?:recip)?notfound", r"recipnotfound", r"invalid mailbox",
    r"e-?mail account that you tried to reach does not exist", r"mailbox not (?:found|available here)",
    r"is not .{0,30}e-?mail users", r"unknown e-?mail address", r"utilisateur (?:inconnu|non recens)",
    r"destinataire inconnu", r"n['’]existe pas", r"adresse inconnue", r"empf(?:ä|ae)nger (?:ist )?unbekannt",
    r"(?:adresse|benutzer|empfänger|postfach|nutzer) .{0,40}(?:unbekannt|existiert nicht|nicht gefunden|nicht vorhanden)",
    r"existiert nicht", r"usuario (?:desconocido|no existe)",
    r"(?:direcci[óo]n|buz[óo]n|cuenta|destinatario) .{0,40}no existe",
    r"(?:usuário|destinatário|conta|endereço) .{0,30}(?:não existe|desconhecido|inexistente)",
    r"utente (?:sconosciuto|non trovato|inesistente)",
    r"(?:destinatario|indirizzo|casella) .{0,30}(?:sconosciut|inesistente|non esiste)",
    r"(?:bestaat niet|onbekende gebruiker|gebruiker onbekend|onbekend adres)",
    r"(?:okänd (?:användare|mottagare)|finns inte|ukendt (?:bruger|modtager)|findes ikke|finnes ikke|ukjent (?:bruker|mottaker))",
    r"(?:tuntematon|ei ole olemassa|ei löydy)", r"(?:nie istnieje|nieznany (?:użytkownik|odbiorca))",
    r"(?:neexistuje|neznámý (?:uživatel|příjemce))", r"(?:nem létezik|ismeretlen (?:felhasználó|címzett))",
    r"(?:не существует|несуществующ|пользователь .{0,20}не найден|ящик .{0,20}не найден|неизвестный (?:пользователь|получатель))",
    r"(?:kullanıcı bulunamadı|bilinmeyen kullanıcı|mevcut değil)", r"(?:存在しません|存在しない|宛先不明|見つかりません|ユーザー.{0,6}不明)",
    r"(?:用户不存在|不存在|查无此人|無此(?:用戶|帳號|人)|地址无效|收件人.{0,8}(?:不存在|无效))", r"(?:존재하지 않|없는 (?:사용자|계정|수신)|사용자를 찾을 수 없)",
)  # fmt: skip
"""That mailbox, or its whole domain, does not exist."""
GONE = phrases(
    r"disabled or discontinued",
    r"(?:account|mailbox|user|address) .{0,40}(?:discontinued|closed|deleted|terminated|removed|deactivated|cancell?ed)",
    r"mailbox unavailable", r"(?:recipient|address) (?:address )?rejected",
    r"550 (?:recipient|rcpt)\b.{0,20}(?:rejected|invalid)",
)  # fmt: skip
"""It is closed, or said to be by a phrase that many servers give for more than one reason."""
STILL_TRYING = phrases(
    r"(?:has|have) not yet been delivered", r"not yet (?:been )?(?:delivered|received)",
    r"is still (?:being )?(?:retried|awaiting|in queue|queued)", r"has been postponed",
    r"will (?:continue|keep|be) (?:to )?(?:retr|try|attempt)", r"will be retried", r"continue trying",
    r"delivery attempts will continue", r"this is (?:just |only )?a (?:warning|notification about a delay)",
    r"warning message only", r"warning only", r"has been delayed", r"is delayed", r"message delayed",
    r"delayed (?:mail|\d+ hours)", r"could not send message for past", r"do(?:es)? not need to re-?send",
    r"you do not need to resend", r"delivery (?:is |was |status notification \()(?:delay|delayed)",
    r"mail delivery delayed", r"verzögert", r"weitere(?:n)? zustellversuche", r"retardée?", r"se ha retrasado",
    r"in ritardo", r"vertraagd", r"försenad", r"forsinket", r"viivästy", r"opóźni", r"zpožd", r"задерж",
    r"ещё не доставлено", r"遅延", r"延迟", r"지연",
)  # fmt: skip
_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.:/@])([45]\d\d)(?=[ \-#:{]|$)")
_UNWILLING = re.compile(r"\b(?:denied|declined|rejected|refused|not (?:accepted|wanted|welcome))\b")
_REASON = re.compile(r"\(reason: ([^)]{1,400})\)")
_ERROR = re.compile(r"(?:^|[ :>])([45]\d\d[ -].{1,200})")
_WORD = re.compile(r"(?!smtp\b|rfc\b|esmtp\b)\b[^\W\d_]{3,}")
_NO_MAILBOX = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})


class Said(NamedTuple):
    """How bad a bounce is; `nobody` if that very mailbox is said not to exist, `full` if it is full."""

    severity: Severity
    nobody: bool = False
    full: bool = False


def status_in(text: str) -> str:
    """The first enhanced status code (RFC 3463) in a text, or ''."""
    found = _STATUS.search(text)
    return found[1] if found else ""


def judge(status: str, words: str) -> Said | None:
    """How bad it is; None where neither code nor words say. `words` in lower case, runs of white space made one.

    What the other server said (`words`) goes before what ours made of it (`status`). Asked in this order: full; about us, this mail or
    a policy; a program on the other side; and only then whether the mailbox exists.
    """
    inner = status_in(words)
    code = status if not inner or inner.endswith(".0.0") else inner
    if code[2:] == "2.2" or FULL.search(words):
        return Said(Severity.SOFT, full=True)
    unlisted = code == "5.4.1" and "access denied" in words  # Exchange Online: no such recipient in the directory
    if not unlisted and (fault.is_ours((code,), words) or _is_policy(words)):
        return Said(Severity.POLICY)
    if unlisted:
        return Said(Severity.HARD)
    if fault.is_machines(words):
        return Said(Severity.SOFT)
    return _about_mailbox(code, words)


def reason_or_stage(words: str) -> Said | None:
    """What sendmail quotes of the other server before its own summary, or the stage at which it said no; None where neither stands there."""
    if fault.is_early(words):
        return Said(Severity.POLICY)
    found = _REASON.search(words)
    return judge("", found[1]) if found else None


def line_of_error(words: str) -> str:
    """From the first reply code (RFC 5321) on, or the first words."""
    found = _ERROR.search(words)
    return (found[1] if found else words)[:200]


def _is_policy(words: str) -> bool:
    """Words of policy that also stand beside an unknown mailbox ("see our policy at ..."): there they count for nothing."""
    return NOBODY.search(words) is None and POLICY.search(fault.blind(words)) is not None


def _about_mailbox(code: str, words: str) -> Said | None:
    if NOBODY.search(words) and not code.startswith("4."):
        return Said(Severity.HARD, nobody=True)
    if NOT_NOW.search(words):
        return Said(Severity.SOFT)
    if GONE.search(words) and not code.startswith("4."):
        return Said(Severity.HARD, nobody=code in _NO_MAILBOX)
    return _by_code(code, words)


def _by_code(status: str, words: str) -> Said | None:
    if _UNWILLING.search(words) and not status.startswith("4."):
        return Said(Severity.POLICY)
    if status in _NO_MAILBOX:
        # a sentence that no list knows beside that code may be about anything: it is counted, and ends nobody at once
        return Said(Severity.HARD, nobody=len(_WORD.findall(fault.blind(words).replace("(name)", ""))) < 2)
    if status and not status.endswith(".0.0"):
        return Said(Severity.SOFT)
    codes = _CODE.findall(words)
    if not codes:
        return Said(Severity.SOFT) if status.startswith("4") else None
    return Said(Severity.POLICY if codes[0] in ("550", "551", "553", "554") else Severity.SOFT)
