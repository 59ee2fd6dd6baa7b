"""What mail programs write round a quotation, by language: the words of "On ... wrote:" and of "From: Sent: To: Subject:".

Everything is in small letters; what is compared with it is folded first. A language is added by adding to its rows.
"""

from typing import Final


def words(text: str) -> frozenset[str]:
    """A table's row: words between spaces."""
    return frozenset(text.split())


def phrases(text: str) -> tuple[str, ...]:
    """A table's row: phrases between bars."""
    return tuple(text.split("|"))


def _names(text: str) -> frozenset[str]:
    return frozenset(phrases(text))


WROTE: Final = words(
    # en de fr es it pt nl sv da nb fi
    "wrote writes schrieb schrieben écrit ecrit écrivait escribió escribio escribe scritto scrive escreveu escreve schreef "
    "geschreven schrijft skrev skriver kirjoitti "
    # pl cs sk hu ro bg ru uk el tr
    "napisał napisała napisana pisze napsal napsala napísal napísala írta scris scrie написа написал написала пишет писал написав написала "
    "пише έγραψε έγραψες yazdı yazmış "
    # he ar vi id ca hr et lt lv sl fa
    "כתב כתבה كتب كتبت viết menulis escrigué escrit napisao napisala kirjutas rašė rakstīja je-napisal نوشت "
    # is gl eu cy ga af sq mk sr sw fil az kk ka hy, hi mr ne bn gu pa ta te kn ml ur
    "skrifaði escribiu idatzi ysgrifennodd scríobh geskryf shkroi напиша написао написала aliandika sinulat yazıb жазды დაწერა გწერთ գրել գրեց "
    "लिखा लिहिले लेख्नुभयो লিখেছেন লিখেছে লিখেছিলেন લખ્યું ਲਿਖਿਆ எழுதியது எழுதினார் రాశారు వ్రాసారు ಬರೆದಿದ್ದಾರೆ എഴുതി لکھا"
)
"""A quotation's header says that somebody wrote."""

WROTE_UNSPACED: Final = (
    "写道",
    "寫道",
    "のメール",
    "さんは書きました",
    "が書きました",
    "作成",
    "작성",
    "님이 쓴",
    "님의 말",
    "เขียน",
)
"""The same, in languages that put no spaces between words."""

OPENERS: Final = words(
    # en de fr es it pt nl sv, da and nb, fi pl cs sk hu ro bg
    "on at am le el il em in op den på dnia w dne dňa dna ekkor la pe în на v "
    # ru uk el tr he ar ja zh ko vi id, ca hr lt
    "в у στις την τις tarihinde בתאריך ב- ביום في بتاريخ 在 于 於 vào lúc pada tanggal dana dn. 日 de"
)
"""The words that such a header begins with."""

PERSONS: Final = words(
    "he she they we it i er sie ich wir ils elles il elle je nous él ella yo ellos lui lei io loro noi ele ela eu nós hij zij ze ik wij "
    "han hun hon hän ja on ona oni já он она я они він вона "
    "my mein meine mon ma mi mio mia meu minha mijn min moj moja mój мой моя his her your our their"
)
"""A program writes a name or an address in its header. These are words of a person who tells something."""

FROM: Final = _names(
    "from|von|absender|de|expéditeur|emisor|remitente|da|mittente|remetente|van|afzender|från|avsändare|fra|avsender|lähettäjä|od|nadawca|"
    "odesílatel|odosielateľ|feladó|de la|expeditor|от|подател|отправитель|від|відправник|από|kimden|gönderen|מאת|من|المرسل|差出人|送信者|"
    "发件人|寄件者|寄件人|보낸 사람|보낸사람|발신|발신자|từ|người gửi|dari|pengirim|จาก"
    # et hr sl lv lt sq is eu ca gl cy ga ms fil kk az ka hy sr mk fa ur hi mr bn ta te sw af
    "|од|saatja|kellelt|šalje|pošiljatelj|pošiljalac|no|sūtītājs|nuo|siuntėjas|nga|frá|nork|oddi wrth|ó|daripada|mula kay|кімнен"
    "|kimdən|ვისგან|ումից|пошиљалац|испраќач|از|فرستنده|منجانب|से|प्रेषक|থেকে|প্রেরক|அனுப்புநர்|పంపినవారు|kutoka|deur|ใครส่ง"
    "|ผู้ส่ง|remitent|orrek"
)
DATE: Final = _names(
    "sent|date|gesendet|gesendet am|datum|envoyé|envoyé le|envoye|message du|enviado|enviado el|enviado em|enviada em|enviada|fecha|inviato|"
    "data|data invio|verzonden|verzonden op|skickat|skickades|sendt|dato|lähetetty|päivämäärä|päiväys|wysłano|wysłane|data wysłania|odesláno|"
    "odoslané|odoslaná|dátum|elküldve|küldve|küldés ideje|trimis|trimisă|изпратено|дата|отправлено|послано|надіслано|відправлено|στάλθηκε|"
    "ημερομηνία|απεστάλη|αποστολή|gönderildi|gönderme tarihi|tarih|נשלח|נשלחה|תאריך|تم الإرسال|أرسلت|أرسل|مرسل|التاريخ|تاريخ الإرسال|送信日時|"
    "日付|日時|发送时间|发送日期|日期|时间|寄件日期|傳送時間|寄件時間|보낸 날짜|보낸 시간|날짜|일시|đã gửi|đã gửi lúc|ngày|dikirim|tanggal|วันที่"
    # et hr sl lv lt sq is eu ca gl cy ga ms fil kk az ka hy sr mk fa ur hi mr bn ta te sw af
    "|saadetud|kuupäev|poslano|nosūtīts|sūtīts|datums|išsiųsta|siųsta|dërguar|enviat|enviat el|bidalita|anfonwyd|seolta"
    "|dihantar|tarikh|ipinadala|жіберілді|göndərilib|გაგზავნილია|ուղարկված է|послато|испратено|ارسال شده|ارسال شد|ارسال‌شده"
    "|تاریخ|بھیجا گیا|भेजा गया|भेजा|पाठविले|दिनांक|तारीख|পাঠানো হয়েছে|প্রেরিত|তারিখ|அனுப்பியது|పంపబడింది|imetumwa|gestuur|ส่ง"
    "|ส่งเมื่อ|sent at|date sent"
)
TO: Final = _names(
    "to|an|empfänger|à|a|destinataire|pour|para|destinatario|per|aan|ontvanger|till|til|vastaanottaja|do|adresat|komu|címzett|către|catre|"
    "destinatar|до|получател|кому|получатель|προς|kime|alıcı|אל|ל|إلى|الى|宛先|收件人|收件者|받는 사람|받는사람|수신|수신자|tới|đến|kepada|ke|untuk|ถึง"
    # et hr sl lv lt sq is eu ca gl cy ga ms fil kk az ka hy sr mk fa ur hi mr bn ta te sw af
    "|за|saaja|adressaat|kellele|prima|za|primatelj|primalac|kam|saņēmējs|gavėjas|për|per a|nori|hartzailea|at|chuig|para kay"
    "|кімге|kimə|ვის|ում|прима|примач|به|گیرنده|بنام|प्रति|को|प्राप्तकर्ता|প্রতি|প্রাপক|பெறுநர்|వీరికి|kwa"
)
SUBJECT: Final = _names(
    "subject|betreff|objet|sujet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|tárgy|subiect|относно|тема|θέμα|konu|"
    "נושא|الموضوع|件名|主题|主旨|標題|제목|chủ đề|subjek|perihal|subyek|เรื่อง"
    # et hr sl lv lt sq is eu ca gl cy ga ms fil kk az ka hy sr mk fa ur hi mr bn ta te sw af
    "|teema|tēma|temats|tema|zadeva|assumpte|gaia|pwnc|ábhar|paksa|efni|subjekt|naslov|тақырып|mövzu|თემა|թեմա|наслов|предмет"
    "|موضوع|विषय|বিষয়|பொருள்|విషయం|mada|asuntu"
)
OTHER: Final = _names(
    "cc|bcc|kopie|copie|copie à|copia|kopia|kopi|kopio|dw|kópia|másolat|másolatot kap|копие|копия|копія|κοιν.|κοινοποίηση|bilgi|עותק|نسخة|抄送|"
    "副本|참조|tembusan|reply-to|reply to|antwort an|antworten an|répondre à|responder a|responder para|rispondi a|risposta|antwoord aan|svara till|"
    "svar til|importance|priority|wichtigkeit|priorität|attachments|anlagen|resent-from|resent-date|organization|message-id|in-reply-to|"
    "references|sender|delivered-to|newsgroups"
)
ROLES: Final[dict[str, str]] = {
    **dict.fromkeys(OTHER, "other"),
    **dict.fromkeys(SUBJECT, "subject"),
    **dict.fromkeys(TO, "to"),
    **dict.fromkeys(DATE, "date"),
    **dict.fromkeys(FROM, "from"),
}
"""What a field's name says, whatever the language."""

ORIGINAL: Final = _names(
    "original message|original mail|original email|original e-mail|original appointment|message original|forwarded message|forwarded mail|"
    "forwarded email|forwarded by|reply message|reply to message|ursprüngliche nachricht|originalnachricht|original-nachricht|original nachricht|"
    "ursprüngliche mail|ursprüngliche e-mail|weitergeleitete nachricht|message d'origine|message initial|message transféré|message réexpédié|"
    "message suivi|mensaje original|mensaje reenviado|mensaje enviado|messaggio originale|messaggio originario|messaggio inoltrato|"
    "mensagem original|mensagem encaminhada|mensagem reencaminhada|mensagem enviada|oorspronkelijk bericht|origineel bericht|"
    "doorgestuurd bericht|ursprungligt meddelande|originalmeddelande|vidarebefordrat meddelande|oprindelig meddelelse|oprindelig besked|"
    "original meddelelse|videresendt meddelelse|videresendt besked|opprinnelig melding|original melding|videresendt melding|"
    "alkuperäinen viesti|välitetty viesti|oryginalna wiadomość|wiadomość oryginalna|oryginalny list|treść oryginalnej wiadomości|"
    "przekazana wiadomość|wiadomość przekazana|wiadomość napisana|původní zpráva|původní e-mail|přeposlaná zpráva|pôvodná správa|"
    "pôvodný e-mail|preposlaná správa|eredeti üzenet|eredeti levél|továbbított üzenet|mesaj original|mesajul original|mesaj redirecționat|"
    "оригинално съобщение|препратено съобщение|исходное сообщение|оригинальное сообщение|пересылаемое сообщение|пересланное сообщение|"
    "вихідне повідомлення|оригінальне повідомлення|переслане повідомлення|αρχικό μήνυμα|προωθημένο μήνυμα|orijinal mesaj|orjinal mesaj|"
    "özgün ileti|orijinal ileti|yönlendirilmiş mesaj|iletilen mesaj|iletilmiş mesaj|הודעה מקורית|ההודעה המקורית|הודעה שהועברה|"
    "الرسالة الأصلية|رسالة أصلية|رسالة معاد توجيهها|元のメッセージ|オリジナルメッセージ|オリジナル メッセージ|元のメール|転送されたメッセージ|転送メッセージ|"
    "原始邮件|原始郵件|原邮件|邮件原件|原始信件|转发的邮件|转发邮件|轉寄的郵件|轉寄郵件|회신 메시지|원본 메시지|원본 메일|원본 이메일|전달된 메시지|전달된 메일|"
    "thư gốc|tin nhắn gốc|thư đã chuyển tiếp|tin nhắn đã chuyển tiếp|pesan asli|pesan terusan|pesan yang diteruskan"
)
"""What stands between dashes above a quoted or forwarded mail."""

FORWARDED: Final = _names(
    "begin forwarded message|anfang der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail|début du message réexpédié|"
    "début du message transféré|début du message suivi|inicio del mensaje reenviado|inizio messaggio inoltrato|início da mensagem reencaminhada|"
    "início da mensagem encaminhada|begin doorgestuurd bericht|vidarebefordrat brev|start på videresendt besked|start på videresendt melding|"
    "välitetty viesti alkaa|początek przekazywanej wiadomości|začátek přeposílané zprávy|začiatok preposlanej správy|továbbított levél kezdete|"
    "mesaj redirecționat|начало переадресованного сообщения|начало пересылаемого сообщения|початок листа, що пересилається|"
    "αρχή προωθημένου μηνύματος|başlangıç, iletilen ileti|iletilen ileti başlangıcı|תחילת ההודעה שהועברה|بداية الرسالة المعاد توجيهها|転送されたメッセージ|"
    "开始转发的邮件|以下是转发的邮件|下面是被转发的邮件|開始轉寄郵件|전달된 메시지 시작|bắt đầu thư được chuyển tiếp|mulai meneruskan pesan"
)
"""What Apple's programs write above a forwarded mail, without dashes and with a colon."""
