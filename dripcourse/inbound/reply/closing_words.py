"""What telephones, programs, scanners, lists and companies add below a mail, by language. In small letters, as in `tongues`."""

from typing import Final

from dripcourse.inbound.languages import phrases, words

SENT_FROM: Final = phrases(
    "sent from|sent via|sent with|sent using|sent by|sent on|sent through|from my|typed on|written on|this message was sent from|"
    "this email was sent from|this message was sent by|gesendet von|gesendet mit|gesendet aus|gesendet über|gesendet via|von meinem|von meiner|"
    "von unterwegs|von outlook|diese nachricht wurde von|diese e-mail wurde von|diese nachricht wurde mit|mail gesendet mit|"
    "envoyé de|envoyé depuis|envoyé à partir|envoyé avec|envoyé par|envoyé via|provenance :|télécharger outlook|"
    "enviado desde|enviado con|enviado de|enviado do|enviado da|enviado a partir|enviado pelo|enviado por|enviado via|enviada do|"
    "inviato da|inviato dal|inviato dall|inviato con|inviato tramite|inviata da|"
    "verzonden vanaf|verzonden met|verzonden via|verzonden van|verstuurd vanaf|verstuurd met|verstuurd via|vanaf mijn|"
    "skickat från|skickades från|skickat med|skickat via|sendt fra|sendt med|sendt via|sendt på|lähetetty|"
    "wysłane z|wysłano z|wysłane za pomocą|wysłane przez|wiadomość wysłana z|odesláno z|odesláno pomocí|odosláno z|odoslané z|odoslané pomocou|"
    "elküldve|küldve|trimis de|trimis din|trimis cu|изпратено от|изпратено с|отправлено с|отправлено из|отправлено от|отправлено через|"
    "послано с|надіслано з|надіслано за|відправлено з|στάλθηκε από|εστάλη από|αποστολή από|נשלח מ|נשלחה מ|أرسل من|أُرسل من|"
    "تم الإرسال من|مرسل من|发自|發自|从我的|從我的|来自我的|來自我的|傳送自|寄自|đã gửi từ|được gửi từ|gửi từ|dikirim dari|dikirim dengan|"
    "get outlook|holen sie sich outlook|laden sie outlook|obtenez outlook|obtenir outlook|obtener outlook|descargar outlook|obtén outlook|"
    "scarica outlook|ottieni outlook|obter o outlook|obtenha o outlook|baixe o outlook|download outlook|outlook voor|hämta outlook|skaffa outlook|"
    "hent outlook|få outlook|hanki outlook|pobierz outlook|pobierz program outlook|získat outlook|stáhnout outlook|outlook voor"
)
SENT_SUFFIXES: Final = phrases(
    "gesendet|geschrieben|küldve|gönderildi|gönderilmiştir|から送信|から送信されました|より送信|传送|傳送|发送|發送|에서 보냄|에서 보냈습니다|에서 전송|보냄|verzonden|verstuurd|"
    "downloaden|herunterladen|beschaffen"
)
DEVICES: Final = words(
    "iphone ipad ipod iphone'umdan ipad'imden iphone'om iphone-ról iphone-omról iphonesta iphonestani ipadista iphonena iphonu iphoneu iphonie "
    "android androids androidom androide samsung galaxy blackberry htc huawei xiaomi redmi oppo oneplus nokia motorola pixel honor lumia xperia "
    "windows mac macbook imac outlook mail mailbox hotmail gmail yahoo aol gmx web.de icloud webmail airmail spark typeapp aquamail k-9 "
    "k-9-mail proton protonmail tuta tutanota fairemail bluemail blue thunderbird mailspring canary edison superhuman fastmail zoho yandex "
    "phone phones smartphone cellphone cell mobile mobil handy tablet device mobiltelefon mobiltelefonen mobilen mobilgerät handy "
    "android-gerät android-mobiltelefon android-telefon android-smartphone telefon telefono teléfono telefone móvil movil celular "
    "dispositivo portable téléphone mobile appareil smartphonem telefoon telefonem telefonu telefonul telefonum puhelimesta telefonom "
    "телефона смартфона айфона устройства τηλέφωνο κινητό iphone'dan телефон điện máy ponsel hp"
)
DEVICES_UNSPACED: Final = (
    "iphone",
    "ipad",
    "android",
    "outlook",
    "手机",
    "手機",
    "mail",
    "邮箱",
    "郵箱",
    "아이폰",
    "갤럭시",
    "スマホ",
    "携帯",
    "ﺟﻮﺍﻝ",
)
EXCUSES: Final = phrases(
    "please excuse|please pardon|please forgive|excuse|pardon|sorry|apologies|forgive|bitte entschuldigen|entschuldig|bitte verzeih|veuillez|"
    "desculpe|disculpe|perdon|scusa|excusez|brevity|typos|with"
)
SCANNED: Final = phrases(
    "virus-free|virenfrei|virusfrei|sans virus|libre de virus|livre de vírus|privo di virus|senza virus|virusvrij|без вирусов|"
    "this email has been checked for viruses|this e-mail has been checked|diese e-mail wurde von avast|diese e-mail wurde auf viren|"
    "cet e-mail a été vérifié|l'absence de virus dans|el software de antivirus|este correo electrónico ha sido comprobado|questa e-mail è stata "
    "controllata|este e-mail foi verificado|deze e-mail is gecontroleerd|ta wiadomość została sprawdzona|garanti sans virus|"
    "scanned by|avg.com|www.avast.com|www.avg.com|securely sent with proton|sent with proton mail secure|"
    "yahoo mail: search, organize, conquer|diese nachricht wurde von meinem"
)
LIST: Final = phrases(
    "mailing list|mailinglist|mailman/listinfo|groups.google.com|you received this message because|you are receiving this because|"
    "you're receiving this|to unsubscribe|unsubscribe from this group|to post to this group|to stop receiving|reply to this email directly|"
    "view it on github|sie erhalten diese nachricht, weil|vous recevez ce message car|has recibido este mensaje porque"
)
LEGAL: Final = phrases(
    "confidential|intended recipient|intended solely|sole use|privileged|not the intended|not the addressee|in error|unauthori|disclos|disseminat|"
    "notify the sender|delete this|disclaimer|legally|prohibited|vertraulich|bestimmungsgemäß|nicht der richtige|irrtümlich|unbefugt|"
    "nicht gestattet|vernichten|informieren sie|der absender|confidentiel|destinataire|par erreur|interdite|expéditeur|détruire|confidencial|"
    "destinatari|por error|prohibid|elimin|notifíquelo|riservat|per errore|vietat|cancell|distrugg|por engano|proibid|apagar|destinatário|"
    "vertrouwelijk|geadresseerde|bestemd voor|abusievelijk|per ongeluk|verwijderen|poufn|wyłącznie|adresat|omyłkowo|usunięcie|konfidentiell|"
    "avsedd|mottagare|fortrolig|modtager|mottaker|luottamuksel|vastaanottaja|конфиденциальн|адресат|по ошибке|důvěrn|příjemce|omylem"
)
