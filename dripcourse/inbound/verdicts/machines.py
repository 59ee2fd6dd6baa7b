"""How machines write, in the languages they write in: bounces, notices of absence, answers of programs. Tables and no code.

Every phrase is in lower case and as it stands in real mail; see `phrases` for what they are held against.
"""

import re


def phrases(*each: str) -> re.Pattern[str]:
    """One pattern for any of them. The text it is held against is in lower case, with one blank for each run of white space."""
    return re.compile("|".join(each))


SENDERS = phrases(
    r"mailer-?daemon", r"postmaster", r"mail[ ._-]?delivery[ ._-]?(?:sub)?(?:system|service)", r"mail delivery",
    r"delivery subsystem", r"mdaemon@", r"system administrator", r"microsoft outlook", r"mail ?administrator",
    r"mailadm", r"mmdf", r"interscan", r"imss@", r"jetmail system", r"symantec_antivirus", r"mail_?service", r"\bndr@",
    r"bounce-?notification", r"microsoftexchange", r"lsmtp", r"antispam@", r"mail ?system", r"autoresponder",
    r"courier-mta",
)  # fmt: skip
"""Who returns mail, by name or address."""

BOUNCE_SUBJECT = phrases(
    r"(?:mail |message |email |e-mail )?(?:delivery|deliver) (?:has )?(?:failed|failure|failures|problem|error|report|status|notification|unsuccessful|incomplete|delayed)",
    r"undeliver(?:able|ed)", r"returned (?:mail|to sender|email)", r"return(?:ed|ing) (?:message )?to sender",
    r"failure (?:notice|delivery)", r"failed (?:mail|message|delivery)", r"mail (?:could )?not (?:be )?delivered",
    r"(?:mail|message) (?:system )?error", r"non-?deliver", r"mail failed", r"delivery warning", r"delayed mail",
    r"message delayed", r"warning: (?:message|could not send)", r"processing error", r"permanent delivery failure",
    r"message delivery", r"your (?:message|mail|email) .{0,120}could not be delivered", r"user unknown",
    r"nicht zugestellt", r"unzustellbar", r"zustellung .{0,30}(?:fehlgeschlagen|nicht möglich)", r"zustellungsfehler",
    r"non remis", r"non[- ]?distribu", r"échec de (?:la )?(?:remise|distribution|livraison)",
    r"utilisateur non recensé", r"no se (?:puede|pudo|ha podido) entregar", r"no entregado", r"error de entrega",
    r"correo devuelto", r"mancato recapito", r"non recapitabile", r"impossibile recapitare", r"mancata consegna",
    r"não (?:foi )?entregue", r"falha (?:na|de) entrega", r"onbestelbaar", r"niet (?:bezorgd|afgeleverd)",
    r"kunde inte levereras", r"kan inte levereras", r"kunne ikke leveres", r"uleverbar", r"ikke levert",
    r"toimitus epäonnistui", r"ei voitu toimittaa", r"niedostarczon", r"nie dostarczono", r"zwrot", r"nedoručiteln",
    r"nedoručen", r"kézbesíthetetlen", r"nelivrabil", r"не доставлено", r"недоставлен", r"не может быть доставлено",
    r"teslim edilemedi", r"iletilemedi", r"δεν παραδόθηκε", r"配信不能", r"配信(?:できません|エラー|失敗)", r"未送達", r"退信", r"无法投递",
    r"投递失败", r"邮件传输失败", r"無法傳遞", r"배달되지 않음", r"전송 실패", r"반송", r"לא נמסרה", r"تعذر التسليم", r"không gửi được",
)  # fmt: skip

BOUNCE_BODY = phrases(
    r"(?:could|can|was|were|has|have|did|is) ?(?:not|n['’]t|nt) (?:be |been |yet )*(?:delivered|deliver|reach|receive)",
    r"cannot be delivered", r"unable to deliver", r"wasn['’]t able to deliver", r"not able to deliver",
    r"undeliver(?:able|ed)", r"delivery (?:has )?failed", r"delivery to the following", r"delivery failure",
    r"non-delivery", r"permanent(?: fatal)? (?:delivery )?errors?", r"failed recipients", r"failed addresses",
    r"did not receive this message", r"mail delivery (?:failed|system|software)", r"has been returned",
    r"being returned", r"returned (?:mail|message)", r"recipient address rejected", r"user unknown", r"unknown user",
    r"no such user", r"user not found", r"invalid final delivery userid", r"mailbox (?:is )?(?:full|unavailable)",
    r"has not been collected", r"delivery attempts", r"delivery problems", r"no matches to nameserver query",
    r"did not exactly match", r"error-for:", r"not listed in", r"has been (?:delayed|postponed)",
    r"(?:recipients|message) was aborted", r"automatically rejected", r"does not have a final", r"no valid recipients",
    r"delivery failed", r"addresses had", r"does not like recipient", r"nicht zugestellt",
    r"konnte .{0,80}nicht .{0,30}(?:zugestellt|ausgeliefert|übermittelt)", r"unzustellbar", r"empfänger unbekannt",
    r"n['’]a (?:pas )?pu (?:être|etre) (?:délivré|delivre|remis|distribué|livré|acheminé)", r"pas pu (?:être|etre)",
    r"n['’]existe pas", r"no (?:se )?(?:pudo|puede|ha podido|ha sido) (?:ser )?entrega", r"no pudo ser entregado",
    r"no se ha podido entregar", r"non (?:è stato possibile|può essere|è stato) (?:recapit|consegn)",
    r"impossibile (?:recapitare|consegnare)", r"não (?:pôde|pode|foi) (?:ser )?(?:possível )?(?:entreg|enviad)",
    r"kon niet worden (?:bezorgd|afgeleverd)", r"kunde inte levereras", r"kunne ikke leveres", r"ei voitu toimittaa",
    r"nie (?:mogła|może|udało się|została) .{0,20}dostarcz", r"nelze doručit", r"nepodařilo se doručit",
    r"nem (?:lehetett|sikerült) kézbesíteni", r"nu a putut fi livrat",
    r"(?:не может|не могло|невозможно|не удалось|не была?) .{0,30}достав", r"не доставлено", r"teslim edilemedi",
    r"δεν (?:ήταν δυνατή|μπόρεσε)", r"配信(?:できません|不能|に失敗)", r"届けることができません", r"无法(?:投递|发送|送达)", r"邮件无法", r"無法(?:傳遞|送達)",
    r"配送失败", r"전송(?:하지 못|되지 않|할 수 없)", r"배달(?:하지 못|되지 않|할 수 없)",
)  # fmt: skip

ORIGINAL_BELOW = re.compile(
    r"^[ \t>*|=~_#-]{0,80}(?:(?:below (?:the next|this) line is|this is|included is|here is|attachment is) a copy of|original message|message header"
    r"|header of the (?:source|original)|the header of the original|start of returned|returned (?:mail|message)|message (?:text|headers?) follow"
    r"|the original message (?:follows|is)|your (?:original )?message (?:reads|follows)|a copy of the original|included is a copy"
    r"|a summary of the undelivered|unsent message|old message|mensaje original|message d'origine|ursprüngliche nachricht|kopie der nachricht"
    r"|original message (?:details|headers|follows|as received))",
    re.IGNORECASE | re.MULTILINE,
)
"""The line below which a bounce quotes what was sent: nothing from there on says why it came back."""

AUTO_SUBJECT = re.compile(
    r"\W*(?:auto(?:matic|mated|matisk|matische?|mātiska|maattinen|maatne|matinis|matikus|mat)?[\s-]*(?:reply|response|respon[sd]|answer|antwort|antwoord"
    r"|svar|vastaus|vastus|atsakymas|atbilde|válasz|ré?ponse|generated|resposta|respuesta|risposta|odpowiedź|odpověď|odpoveď)\b"
    r"|auto(?:reply|response|responder|svar|odpowied|r[ée]ponse|antwort|vastaus)|auto:|out[\s-]+of[\s-]+(?:the[\s-]+)?office|ooo\b|oof\b|i am (?:currently )?(?:away|out)"
    r"|i'm (?:currently )?(?:away|out of)|away from (?:my|the) (?:mail|e-?mail|office|desk)|vacation (?:reply|notice|message|response)|on (?:vacation|holiday|leave)\b"
    r"|abwesen(?:heit|d)|automatische (?:antwort|abwesenheit)|nicht im büro|bin (?:nicht|im urlaub)|urlaubs?(?:notiz|meldung|vertretung)|im urlaub"
    r"|réponse automatique|absen(?:ce|t) (?:du|de)|message d.absence|en congés?\b|respuesta autom[áa]tica|fuera de (?:la )?oficina|ausente|de vacaciones|ausencia"
    r"|risposta automatica|fuori (?:sede|ufficio)|assen(?:za|te)|in ferie|resposta autom[áa]tica|fora do escrit[óo]rio|aus[êe]ncia|de f[ée]rias"
    r"|automatisch antwoord|afwezig|niet aanwezig|buiten kantoor|autosvar|automatiskt svar|automatisk svar|frånvaro|inte på kontoret|fravær|ikke på kontoret|på ferie"
    r"|poissa|lomalla|en ole (?:toimistolla|paikalla)|odpowied[źz] automatyczna|automatyczna odpowied|poza biurem|nieobecno|na urlopie"
    r"|automatická odpov|mimo kancel|nepřítomn|dovolen|automatikus válasz|házon kívül|szabads[áa]g|răspuns automat|în afara biroului|concediu"
    r"|автоответ|автоматический ответ|автоматична|вне офиса|нет на месте|в отпуске|отпуск|otomatik (?:yanıt|cevap)|ofis dışında|izinde"
    r"|αυτόματη απάντηση|εκτός γραφείου|απουσία|samodejni odgovor|automatski odgovor|odsutan|automatinis|自動(?:返信|応答|回覆|回复)|自动(?:回复|答复)|不在|外出"
    r"|休暇|休假|자동 ?(?:회신|응답|답장)|부재|휴가|מענה אוטומטי|תשובה אוטומטית|מחוץ למשרד|رد تلقائي|خارج المكتب|balasan otomatis|di luar kantor"
    r"|trả lời tự động|vắng mặt|ตอบกลับอัตโนมัติ|ไม่อยู่)",
    re.IGNORECASE,
)
"""How the subject of an automatic answer begins. After `Re:` it is somebody's answer to one."""

AWAY = phrases(
    r"(?:i am|i'm|i’m|i will be|i'll be|we are) (?:currently |now |presently )?(?:out of (?:the |my )?office|on (?:vacation|holiday|annual leave|leave|maternity|parental)|away (?:from|on|until|till)|out until|travell?ing|not in the office|unavailable)",
    r"\bout of (?:the )?office\b", r"i have left the company", r"no longer (?:work|with the company)",
    r"(?:bin|ich bin|wir sind) .{0,60}(?:nicht (?:im (?:büro|haus)|erreichbar|am platz)|abwesend|im urlaub|außer haus|nicht da\b)",
    r"befinde mich .{0,40}(?:urlaub|nicht)", r"abwesend",
    r"bis (?:zum|einschließlich) .{0,40}(?:urlaub|abwesend|nicht)",
    r"(?:je suis|je serai|nous sommes) .{0,60}(?:absente?|en congés?|en vacances|en déplacement|indisponible)",
    r"absente? (?:du|de|jusqu)", r"en congés? (?:jusqu|du|annuel)",
    r"(?:estoy|estaré|me encuentro|estamos) .{0,50}(?:fuera|ausente|de vacaciones|de baja)", r"fuera de la oficina",
    r"(?:sono|sarò|siamo) .{0,40}(?:assente|fuori (?:sede|ufficio)|in ferie|in vacanza)",
    r"(?:estou|estarei|estamos) .{0,40}(?:fora|ausente|de férias|em férias)",
    r"(?:ik ben|ben ik|wij zijn) .{0,50}(?:afwezig|niet (?:aanwezig|op kantoor|bereikbaar)|met (?:vakantie|verlof)|op vakantie)",
    r"(?:jag är|är jag) .{0,40}(?:frånvarande|borta|på semester|inte på kontoret|föräldraledig|ledig)",
    r"(?:jeg er|er jeg) .{0,40}(?:på ferie|ikke på kontoret|fraværende|borte|bortrejst|på kurs)",
    r"(?:olen|en ole) .{0,40}(?:lomalla|poissa|tavoitettavissa|paikalla|toimistolla)",
    r"(?:jestem|będę|przebywam) .{0,40}(?:nieobecn|na urlopie|poza biurem)", r"nieobecn",
    r"(?:jsem|budu) .{0,40}(?:mimo kancel|na dovolené|nepřítom)", r"(?:szabadságon|házon kívül|nem vagyok elérhető)",
    r"(?:sunt|voi fi) .{0,40}(?:în concediu|plecat|absent)",
    r"(?:нахожусь|буду|я) .{0,40}(?:в отпуске|отсутств|вне офиса)", r"отсутствую", r"(?:ofis dışında|izinde|tatilde)",
    r"(?:είμαι|θα είμαι|απουσιάζω|βρίσκομαι) .{0,40}(?:εκτός|άδεια|διακοπές|γραφείου)", r"απουσιάζω",
    r"(?:不在|休暇|外出|出張|休み)(?:に|を|中|し|い|と|の)", r"(?:我|本人).{0,12}(?:不在|休假|外出|出差|度假)", r"(?:부재중|휴가|출장|자리를 비)",
    r"(?:מחוץ למשרד|בחופש|בחופשה)", r"(?:خارج المكتب|في إجازة|بإجازة)", r"(?:di luar kantor|sedang cuti)",
    r"(?:nghỉ phép|vắng mặt|đi công tác)",
)  # fmt: skip
"""First words of a notice of absence; people write them too."""

AWAY_MORE = phrases(
    r"(?:limited|no|intermittent|sporadic|restricted|without|little) (?:or no )?(?:access|connectivity) to (?:my |the )?(?:e-?mails?|messages|internet|mail)",
    r"(?:respond|reply|answer|get back|attend|return)\w* (?:to )?(?:you|your|it|all|my)?.{0,60}(?:when i|upon my|on my|after my|once i|as soon as)",
    r"(?:upon|on|after) my return", r"when i(?: am|'m|’m)? (?:return|get back|back)",
    r"(?:in|for|if).{0,25}(?:urgent|emergency|immediate).{0,80}(?:contact|call|e-?mail|please|reach|write)",
    r"not (?:be )?(?:checking|monitoring|reading) (?:this|my|e-?mail|messages)",
    r"please (?:contact|direct|e-?mail|call|reach) ", r"thank(?:s| you) for your (?:e-?mail|message|mail|email)",
    r"will not be (?:read|forwarded|checking)",
    r"auto(?:matic|mated|matically)? ?(?:reply|response|generated|message)",
    r"(?:ihre|deine) (?:e-?mail|nachricht|mail).{0,80}(?:nicht|weiter|nach|bearbeit|beantwort)",
    r"(?:in dringenden|dringende).{0,40}(?:fällen|angelegenheit|anfragen)", r"vielen dank für (?:ihre|deine)",
    r"nach meiner rückkehr", r"wenden sie sich", r"(?:votre|vos) (?:messages?|e-?mails?|courriels?|demande)",
    r"en cas d.urgence", r"(?:à|dès) mon retour", r"je vous répondrai", r"(?:su|tu) (?:mensaje|correo|email)",
    r"en caso (?:de urgencia|urgente)", r"a mi (?:vuelta|regreso)",
    r"(?:per|in caso di) (?:urgenze|emergenza|urgenza)", r"al mio (?:rientro|ritorno)",
    r"(?:sua|a sua|seu) (?:mensagem|e-?mail)", r"em caso de urg[êe]ncia", r"(?:no|ao) meu (?:regresso|retorno)",
    r"(?:uw|je) (?:e-?mail|bericht)", r"(?:bij|in|voor) (?:dringende|spoed)",
    r"(?:ditt|din|dit) (?:mail|meddelande|meddelelse|e-?post|melding|mejl)", r"(?:vid|ved) (?:brådskande|hast|akut)",
    r"(?:kiireellis|palattuani|palaan)", r"(?:w pilnych|pilnych sprawach|po powrocie|po moim powrocie)",
    r"(?:v naléhav|po návratu|v případě)", r"(?:sürgős|visszatér)", r"(?:în caz de urgență|la întoarcere|revin)",
    r"(?:в срочных|по возвращении|срочным|после возвращения)", r"(?:acil durum|döndüğümde|dönüş)",
    r"(?:επείγ|επιστροφή)", r"(?:お急ぎ|戻り次第|緊急|ご連絡)", r"(?:紧急|緊急|急事|回复您|尽快|盡快)", r"(?:급한|긴급|복귀|돌아와)",
    r"(?:בשובי|דחופים|דחוף)", r"(?:للحالات|عودتي|العاجلة)", r"(?:hubungi|mendesak)", r"(?:khẩn cấp|liên hệ)",
)  # fmt: skip
"""What such a notice says next, and people who are there do not."""

ROBOT = phrases(
    r"this is an (?:auto(?:matic|mated)|automatically[ -]generated) (?:e-?mail|email|mail|message|reply|response|answer|notification|acknowledge?ment)",
    r"(?:this|the) (?:e-?mail|email|message|reply|response) (?:was|has been|is) (?:sent |generated |created )*automatically",
    r"(?:please )?do not (?:reply|respond) to this (?:e-?mail|email|message|mail|address)",
    r"this (?:mailbox|e-?mail address|email address|address|inbox) is (?:not monitored|unattended|unmonitored|no longer)",
    r"your (?:request|ticket|inquiry|enquiry|case|e-?mail|email|message) (?:\S+ )?(?:has been|was) (?:successfully )?(?:received|created|registered|logged|opened)",
    r"(?:ticket|case|request) (?:number|id|#)", r"the (?:person|recipient) you are trying to reach",
    r"is no longer (?:with|employed|working)", r"thank(?:s| you) for (?:contacting|getting in touch|reaching out)",
    r"we have received your", r"(?:respond|reply|get back to you|answer) (?:to you )?within",
    r"(?:dies ist eine|diese (?:e-?mail|nachricht) (?:wurde|ist)) .{0,20}automatisch",
    r"automatisch (?:generierte|erzeugte|erstellte)", r"bitte (?:antworten sie )?nicht (?:auf diese|antworten)",
    r"(?:ceci est un|ce) (?:message|courriel|e-?mail) (?:est |a été )?(?:envoyé |généré )?automatique",
    r"merci de ne pas (?:y )?répondre", r"ne pas répondre à ce",
    r"(?:este|éste) (?:es un )?(?:mensaje|correo) (?:ha sido |es |fue )?(?:generado |enviado )?autom",
    r"(?:por favor,? )?no responda a este", r"gracias por (?:contactar|ponerse en contacto|escribir)",
    r"(?:questo|questa) .{0,30}(?:automatic)", r"non rispondere a questa",
    r"(?:esta|este) .{0,20}(?:é uma|é um|foi) .{0,20}automátic", r"não responda a est", r"dit is een automatisch",
    r"(?:detta|dette) är? .{0,10}(?:ett|et) (?:automatiskt|automatisk)",
    r"to jest (?:wiadomość|odpowiedź) (?:automatyczna|wygenerowana)",
    r"это (?:автоматическое|письмо (?:создано|отправлено|сформировано) автоматически)",
    r"bu (?:e-?posta|mesaj) otomatik", r"(?:このメール|本メール).{0,20}自動", r"(?:此|本|这是).{0,10}(?:系统)?自动(?:发送|回复|生成)",
    r"(?:이|본) 메일은 .{0,20}(?:자동|발신)", r"awaiting (?:your )?(?:approval|moderation)",
    r"(?:confirm|verify|prove) (?:that )?you are (?:a )?(?:human|person|real)",
    r"delivered to my inbox .{0,60}(?:click|confirm)",
)  # fmt: skip
"""What programs say of themselves: tickets, confirmations, challenges."""
