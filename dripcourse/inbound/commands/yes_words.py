"""The words of a plain yes to a confirmation mail, in every language we speak: which make it a yes, and which may stand beside them.

A reply is a yes only if it consists of these words, so a word that is missing here costs one question back, and never a consent.
"""

from typing import Final

YES: Final = {
    "en": """
yes|yep|yes correct|correct yes|it is correct|yeah|yeah why not|continue|carry on|restart|happy to receive|yup|ya|yea|yeh|yess|yse|y|aye|ok|okay|okey|oki|okey dokey|k|kk|sure|sure thing|absolutely|definitely|certainly|of course|agreed|agree
i agree|accept|accepted|i accept|confirm|confirmed|i confirm|confirming|confim|confrim|comfirm|i do|i did|i am in|i'm in|im in|count me in|sign me up
subscribe|subscribe me|i subscribed|i have subscribed|i've subscribed|i signed up|i have signed up|i've signed up|it was me|it was i|that was me|this was me
it is me|it's me|that's me|that is me|this is me|go ahead|go for it|let's go|lets go|let's start|lets start|let us start|let's begin|let us begin|let's do it
start|start it|begin|send it|send them|please send|send me|bring it on|ready|i'm ready|i am ready|that's correct|that is correct|that's right
that is right|affirmative|fine by me|fine with me|that's fine|that is fine|sounds good|sounds great|works for me|by all means|with pleasure|gladly|happy to
i would like|i would like to|i'd like|i'd like to|i would love|i would love to|i'd love|i'd love to|i want|i want to|i wish to|opt in|opt me in|i opt in
i consent|you have my consent|approve|approved|i approve|please do|do it|join|i am interested|i'm interested|i asked for this|i asked for it|i asked for them
i requested this|i requested it|start over|begin again|sign up|thumbs up|you may start|you can start|you may begin|you can begin|you may send|you can send
""",
    "de": """
ja|jaa|jau|klar doch|weiter|weitermachen|ich habe mich für den kurs angemeldet|ich will das|jo|jep|jup|joa|jawohl|jawoll|klar|na klar|aber ja|aber gern|aber gerne|aber sicher|aber natürlich|natürlich|selbstverständlich|gern|gerne|einverstanden
geht klar|alles klar|in ordnung|passt|bestätigt|bestätige|ich bestätige|bestätigen|bestätige ich|das war ich|ich war es|ich war's|ja war ich|das bin ich
ich bin es|ich bin's|bitte anfangen|bitte starten|bitte beginnen|bitte schicken|bitte senden|los|los geht's|los gehts|auf geht's|kann losgehen|es kann losgehen
ich bin dabei|bin dabei|dabei|ich möchte|möchte ich|ich will|will ich|ich würde gern|ich würde gerne|ich hätte gern|ich hätte gerne|auf jeden fall|unbedingt
absolut|definitiv|genau|richtig|stimmt|korrekt|das stimmt|das ist richtig|anmelden|melde mich an|melden sie mich an|meldet mich an|ich melde mich an
ich habe mich angemeldet|hab mich angemeldet|habe mich angemeldet|abonnieren|ich abonniere|ich stimme zu|stimme zu|zugestimmt|ich akzeptiere|akzeptiert
ich willige ein|von vorn|von vorne|neu beginnen|starten|fangt an|fang an|fangen sie an|fangen wir an|legt los|leg los|legen sie los|schick mir|schickt mir
schicken sie mir|senden sie mir|sendet mir|her damit|sicher|mit vergnügen|mit freude|daumen hoch|ich habe interesse|ich nehme teil|ich mache mit|mache mit
ich habe das angefordert|habe ich angefordert|habe ich bestellt|ich habe darum gebeten
""",
    "fr": """
oui|c'est d'accord|c'est bon pour moi|c'est ok|je le souhaite|carrément|continuer|continuez|on continue|ouais|ouai|ouep|mais oui|bien sûr|bien entendu|d'accord|daccord|entendu|volontiers|avec plaisir|avec joie|certainement|absolument|tout à fait|exact
exactement|c'est exact|c'est ça|c'est moi|c'était moi|c'était bien moi|c'est bien moi|je confirme|confirmé|confirmer|confirme|je suis d'accord|j'accepte|accepté
je valide|validé|valider|allez y|vas y|on y va|allons y|c'est parti|commencez|commençons|commencer|vous pouvez commencer|vous pouvez y aller|je veux|je voudrais
je souhaite|j'aimerais|je veux bien|je m'inscris|inscrivez moi|inscris moi|m'inscrire|s'inscrire|je me suis inscrit|je me suis inscrite|je m'abonne|abonnez moi
s'abonner|m'abonner|je me suis abonné|je me suis abonnée|je consens|j'approuve|envoyez|envoyez moi|envoie moi|partant|partante|je suis partant
je suis partante|je suis prêt|je suis prête|je participe|comptez sur moi|comptez moi|recommencer|depuis le début|ça marche|ça me va|je suis intéressé
je suis intéressée|ça m'intéresse|j'ai demandé|sans problème|évidemment|effectivement|affirmatif|je le veux
""",
    "es": """
sí|por supuesto que sí|sip|continuar|seguir adelante|desde luego que sí|sí|si|claro|claro que sí|por supuesto|desde luego|vale|de acuerdo|está bien|dale|venga|adelante|confirmo|confirmado|confirmar|lo confirmo|acepto|lo acepto
aceptado|estoy de acuerdo|fui yo|he sido yo|soy yo|yo fui|quiero|me gustaría|quisiera|deseo|me apunto|apúntame|apuntadme|apúntenme|inscríbanme|inscríbeme
suscríbeme|suscríbanme|suscribirme|inscribirme|apuntarme|me he suscrito|me suscribí|me he inscrito|me inscribí|me he apuntado|me suscribo|me inscribo|empezar
empezamos|empecemos|empiecen|empieza|pueden empezar|puedes empezar|comencemos|comenzar|comiencen|envíame|envíenme|enviadme|mándame|mándenme|cuenten conmigo
cuenta conmigo|contad conmigo|con gusto|con mucho gusto|encantado|encantada|correcto|exacto|es correcto|así es|eso es|efectivamente|afirmativo|seguro|sin duda
estoy listo|estoy lista|estoy interesado|estoy interesada|me interesa|yo lo pedí|lo pedí yo|lo pedí|lo he pedido yo|lo he pedido|lo solicité
doy mi consentimiento|autorizo|vamos|empezar de nuevo|desde el principio
""",
    "all": """
yes|ok|okay|oki|okey|confirm|subscribe|start
👍|👌|✅|✔|☑|✓|🆗
""",
}
"""By language, and what stands in all of them: what makes a reply a yes, if nothing stands beside it but BESIDE."""

BESIDE: Final = {
    "en": """
please|pls|plz|hereby|your|them|this is my email address|this is my address|this is my email|where i was|to go on|thanks|thank you|thankyou|thx|ty|many|very much|so much|a lot|kindly|now|today|right away|right now|immediately|asap|again|indeed|oh|ah|hell|hello|hi
hey|dear|all|team|sir|madam|i|me|my|mine|it|it is|it's|that|this|these|those|the|a|an|to|for|and|too|also|with|in|on|of|would|like|love|want|wish|receive|get|read
starting|subscribed|signed up|subscribing|subscription|myself|email|emails|mail|mails|message|messages|letter|letters|course|newsletter|program|programme
lesson|lessons|series|weekly|week|every|each|first|one|welcome|up|i am|i'm|am|i have|already|yesterday|looking forward to|look forward to|can't wait
cannot wait|can not wait|cant wait|excited|happy|glad|great|good|nice|perfect|wonderful|awesome|cool|lovely|excellent|brilliant|really|very|so|just|from|here
as well|address|no problem|18|over 18|older than 18|18 or older|18 or over|years|old|an adult|for sure|for real|coming|sending|me too
""",
    "de": """
bitte|danke|thanks|den kurs|danke schön|dankeschön|vielen dank|herzlichen dank|lieben dank|besten dank|schönen dank|ich|mich|mir|es|das|dies|diese|diesen|dieser|den|die|der
dem|ein|eine|einen|für|zu|zur|zum|mit|und|auch|sehr|würde|möchte|kurs|briefe|brief|nachricht|nachrichten|post|woche|wöchentlich|wöchentliche|wöchentlichen|jede
jeden|erste|ersten|bekommen|erhalten|empfangen|haben|lesen|teilnehmen|mitmachen|anfangen|beginnen|jetzt|gleich|sofort|heute|hallo|guten tag|guten morgen
guten abend|liebe|lieber|liebes|zusammen|freue|ich freue mich|freu|darauf|drauf|kann es kaum erwarten|kann's kaum erwarten|gut|super|toll|prima|schön
wunderbar|perfekt|bin|18 jahre|über 18|älter als 18|18 oder älter|jahre|alt|angemeldet|anmeldung|adresse|meine|mein|meinen|schicken|senden|noch einmal|nochmal
bestätigung|hiermit|an|gewünscht
""",
    "fr": """
merci|merci beaucoup|merci bien|s'il vous plaît|s'il te plaît|svp|stp|je|moi|mon|ma|mes|le|la|les|l|un|une|des|ce|cet|cette|ces|ça|cela|en|y|à|au|aux|pour|avec
et|aussi|très|bien|recevoir|avoir|lire|suivre|participer|débuter|démarrer|lettres|lettre|courriels|courriel|cours|formation|semaine|chaque|hebdomadaire
hebdomadaires|premier|première|bonjour|bonsoir|salut|madame|monsieur|hâte|j'ai hâte|de|d|du|inscription|abonnement|inscrit|inscrite|confirmation|adresse
maintenant|tout de suite|dès maintenant|aujourd'hui|plus de 18 ans|18 ans|majeur|majeure|je suis|je vous remercie|parfait|génial|avec grand plaisir|grand
""",
    "es": """
gracias|muchas gracias|mil gracias|muchísimas gracias|por favor|porfa|yo|mi|mis|lo|los|las|el|este|esta|estos|estas|esto|eso|al|del|con|por|para|también|muy
mucho|recibir|recibirlo|recibirlos|recibirla|recibirlas|tener|leer|iniciar|cartas|carta|correo|correos|electrónico|electrónicos|mensaje|mensajes|boletín|curso
semana|semanal|semanales|cada|primer|primera|primero|hola|buenos días|buenas tardes|buenas noches|buenas|ahora|ahora mismo|ya|hoy|suscripción|inscripción
dirección|perfecto|genial|estupendo|saludos|tengo más de 18 años|18 años|mayor de edad|soy mayor de edad|tengo ganas
""",
    "all": """
email|emails|mail|mails|newsletter|super
🙏|❤|😊|🙂|😀|😃|😄|🎉|💛|💚|💙|💜|🧡|💪|☺|🤗|😍|🥰|✨
""",
}
"""What may stand beside a yes of the same language and changes nothing."""

GREETING: Final = (
    r"(?:hi|hello|hey|dear|greetings|good (?:morning|afternoon|evening|day)|hallo|moin|servus|guten (?:tag|morgen|abend)|liebe[rs]?|sehr geehrte[rs]?|grus gott|"
    r"bonjour|bonsoir|salut|chere?s?|madame|monsieur|hola|buenos dias|buenas(?: tardes| noches)?|estimad[oa]s?|querid[oa]s?)\b[^,.!?:\n]{0,40}(?:[,.!:]+|\Z)"
)
"""How a mail may begin, folded: it says neither yes nor no."""

REFUSES: Final = (
    r"\A(?:no|nope|nah|never|non|nein|ne|nee|nix|nunca|jamas|jamais)\b|"
    r"\b(?:did|have|has|do|would)(?: not|n'?t)\b.{0,24}\b(?:ask|sign|subscrib|request|order|want|regist|consent|agree|confirm|authori[sz]|know|wish)|"
    r"\b(?:never|nothing|nobody|no one) (?:ask|sign|subscrib|request|order|want|regist|agree|heard)|"
    r"\b(?:remove|delete|erase|take|get|strike|drop) (?:me|my|us|this|it|that)\b|\bunsubscri|\bopt(?:ing)?(?: me)? ?out|\bstop\b|\bcancel|"
    r"\bwrong (?:address|person|e?mail|recipient|inbox|account)|\b(?:was|is)(?: not|n'?t) me\b|\bnot me\b|\bnot interested|\bno interest|\bno,? thank|"
    r"\b(?:fuck|piss|bugger|sod) (?:off|you)|\bget lost|\bgo away|\bleave (?:me|us) alone|\bspam|\bscam|\bphish|\bby mistake|\ba mistake\b|\bin error\b|"
    r"\bdo(?: not|n'?t) (?:send|write|e?mail|contact|bother|sign|want|need)|\bno more (?:e?mail|letter|message)|\bchanged my mind|\bsecond thought|\bkidding|"
    r"\b(?:it|that|this) back\b|\bforget it|\bnever ?mind|\bnot (?:yes|now|today|for me)\b|\bto nothing\b|"
    r"\bnein\b|\bkeine? (?:interesse|mails?|emails?|bedarf|briefe|post|weiteren)|\bnicht (?:ich|bestellt|angemeldet|angefordert|gewunscht|interessiert|mehr|an\b|darum|gewollt)|"
    r"\b(?:war|bin) (?:das |es )?(?:ich )?nicht\b|\bmochte (?:das |ich |dies |die )*(?:nicht|keine)|\bwill (?:das |ich |dies |die )*(?:nicht|keine)|"
    r"\babmeld|\babbestell|\baustrag|\bmelden? .{0,12}\bab\b|\blosch|\bentfern|\bfalsche (?:adresse|person|mail)|\bversehen|\birrtum|\bin ruhe\b|\bhort? .{0,9}auf\b|"
    r"\bbelastig|\bdoch nicht|\banders uberlegt|\bnie (?:ange|bestell|darum)|"
    r"\bpas (?:moi|interesse|demande|inscrit|abonne|voulu|d'accord|du tout|merci)|\brien demande|\bdesabonn|\bdesinscri|\bsupprim|\bretire[rz]|\benleve[rz]|\befface[rz]|"
    r"\barrete|\berreur|\bmauvaise (?:adresse|personne)|\blaissez[- ]moi|\bchange d'avis|\bne (?:veux|souhaite|desire|me |m')|\bjamais (?:demande|inscrit)|\bnon merci|"
    r"\bno (?:he|fui|soy|me|quiero|lo|gracias|deseo|pedi|solicite|estoy|era|es para)\b|\byo no\b|\bbaja\b|\bdesuscri|\belimin|\bborr[aeo]|\bquit[ae]n?me|\bsaquenme|"
    r"\bsacame|\bequivoc|\bpor error|\bdej(?:en|a|ad) de|\bdejenme|\bdejame|\bbasta\b|\bcambi(?:e|ado) de opinion|\bnunca (?:pedi|me|solicit)"
)
"""What takes a yes back, or is a refusal, folded."""

TAKES_BACK: Final = (
    r"\A(?:no|nope|nein|non)\b(?=[.,!]|\Z| than| merci| gracias| danke)|\b(?:did|have|had)(?: not|n'?t) (?:\w+ )?(?:ask|sign|subscrib|request|order)\w* ?(?:for|up|to|this|it|\Z)|\bnever (?:ask|sign|subscrib|request|order)\w*|"
    r"\bunsubscri|\b(?:remove|delete) (?:me|my address)|\btake me off|\bstop (?:sending|emailing|mailing|writing|this)|\A(?:please )?stop\b(?=[.,!]|\Z)|\bwrong (?:address|person|e?mail|recipient)|\bspam|\bscam|\bphish|\bnot interested|\bkidding|\bchanged my mind|"
    r"\bsecond thought|\b(?:it|that) back\Z|\bdo(?: not|n'?t) (?:send|write to|email|contact) me|\b(?:was|is) (?:a mistake|an error|not me)\b(?=[.,!]|\Z)|\bwasn'?t me\b|\bleave me alone|\bcancel (?:this|that|it)\b|\bforget it|\bnot yes|"
    r"\bnicht (?:bestellt|angemeldet|angefordert|angefragt)|\bnicht ich\b|\babmeld|\babbestell|\bfalsche adresse|\birrtum|\baus versehen|\bkein interesse|\bdoch nicht\Z|\banders uberlegt|\bnur (?:spass|ein scherz)|"
    r"\brien demande|\bdesabonn|\bdesinscri|\bpas (?:moi|inscrite?)\b(?=[.,!]|\Z)|\bmauvaise adresse|\bpar erreur|\bchange d'avis|\bje plaisante|"
    r"\A(?:actually|in fact|well|wait|or|hm+|oh|eigentlich|ach|oder|moment|finalement|en fait|enfin|mejor|bueno|en realidad)[, ]+(?:\w+ )?(?:no|not|non|nein|nicht|rather not|lieber nicht)\b(?=[.,!]|\Z)|\A(?:rather|better|maybe|lieber|besser|mejor|mieux|plutot) (?:not|nicht|no|pas)\b|"
    r"\bnever heard (?:of|from) (?:you|this)|\bdo(?: not|n'?t) (?:know any|remember (?:this|that|it|you|sign\w*|ask\w*|subscrib\w*)\b)|\btake (?:my|this) (?:address|e?mail|name) (?:out|off)|\b(?:typed|entered|filled|signed|subscribed|put) (?:this|me|it|my (?:address|e?mail|name))(?: in| up| here| there)?\Z|"
    r"\bhat (?:das|mich|es|meine \w+) (?:hier )?(?:eingetragen|angemeldet|eingegeben|eingetippt)|\bnoch nie (?:von (?:euch|ihnen|dir)|davon) gehort|\berinnere mich nicht (?:daran|an (?:das|euch|sie|eine anmeldung))|\bm'(?:a|avez|ont) inscrit|\bjamais entendu parler de (?:vous|ca)|\bne me souviens pas (?:de (?:ca|vous|cela)|m'etre)|"
    r"\bme (?:ha|han) (?:apuntado|inscrito|suscrito)|\bno (?:me acuerdo|recuerdo) (?:de )?(?:esto|haber|ustedes)|\bnunca he oido hablar de (?:esto|ustedes|vosotros)|"
    r"\bno (?:he|lo|la) (?:pedi|solicit|he pedi)\w*|\byo no (?:pedi|fui)|\bno fui yo|\bde baja\b|\bequivocad|\bpor error|\bcambiado de opinion|\bes broma"
)
"""What takes a yes back from below it: about us, and not about somebody's life, folded."""

WONDERS: Final = (
    r"\b(?:who|what|how|why)(?: is|'s| are| did| do| am| was) (?:this|that|you|it|i|we)\b|\bhow did you|\bnot sure|\bunsure|\b(?:wer|was) (?:bist|sind|ist|seid|soll)\b|"
    r"\bwoher\b|\bqui (?:etes|es|est)\b|\bc'est quoi|\bqu'est[- ]ce|\bcomment avez|\bquien (?:es|eres|son|sois)\b|\bque es (?:esto|eso)|\bcomo (?:consigu|obtuv)"
)
"""What asks who we are: no yes either, and no refusal."""

UNEASY: Final = (
    r"\b(?:not|no|never|nicht|kein\w*|nie|nein|ne|pas|jamais|non|nunca|jamas|but|aber|mais|pero|however|jedoch|though|although|if|wenn|unless|who|what|why|wer|was|warum|"
    r"qui|quoi|pourquoi|quien|maybe|perhaps|vielleicht|peut[- ]etre|quizas?|angry|funny|received|created|ticket)\b|n't\b|\?"
)
"""What must not follow a yes on its own line, folded."""

MACHINE: Final = (
    r"\b(?:ticket|case|request|reference|vorgang\w*|anfrage|vorgangsnummer|demande|dossier|solicitud|incidencia|caso|anliegen)\W{0,3}(?:(?:nr|no|number|id|numero|nummer)\b\W{0,3})?[#\[]? ?[a-z]{0,5}-?\d{3,}|"
    r"#\d{3,}|\bwe (?:have )?received your|\bhas been (?:created|received|logged|registered|assigned|opened)|\bwill (?:get back|respond|reply|be in touch|answer) .{0,30}(?:soon|shortly|within|hours|days|as possible)|"
    r"\bthank you for (?:contacting|reaching|your (?:message|request|inquiry|enquiry))|\bthis is an auto|\bautomat(?:ed|ic|isch\w*|ique|ic[oa])\b|\bour (?:support|team|office hours)|"
    r"\bout of (?:the )?office|\bon (?:holiday|vacation|leave|annual leave)|\baway (?:from|until|till)|\bback (?:on|in the office)|\blimited access|"
    r"\b(?:ihre|deine) (?:anfrage|nachricht|mail|email|anliegen)|\bwir (?:haben .{0,30}erhalten|melden uns|kummern)|\bim urlaub|\babwesen|\bnicht im (?:buro|haus)|\bwieder (?:da|erreichbar|im)|"
    r"\bvotre (?:demande|message|courriel|mail|email|ticket)|\bbien (?:recu|ete recu|ete enregistre)|\bnous (?:avons (?:bien )?recu|vous repond|reviendrons|traiterons)|\ben (?:vacances|conges?)\b|\babsent|"
    r"\bsu (?:solicitud|mensaje|correo|consulta|ticket)|\b(?:hemos|se ha) (?:recibido|creado|registrado)|\bnos pondremos|\ble (?:responder|contestar)|\bde vacaciones|\bfuera de la oficina|\bestoy ausente|"
    r"\bno longer (?:work|monitored|in use|active|with)|\bnot monitored|\bnicht (?:mehr )?(?:uberwacht|gelesen)|\bmailbox is"
)
"""What a help desk or a note of absence says that bears no header of a machine, folded."""

IRONIC: Final = (
    r"\.\.|[\U0001f644\U0001f914]|\bschon klar\b|\bpasst schon\b|\bto hell\b|\bread:|\b(?:eh|ach ja|mais oui|ben oui|si|oui oui) ?,? (?:klar|bien sur)\W*\Z|"
    r"\A(?:oh |ach |ah |na )?(ja|oui|si|claro|yeah|sure|ok|okay|vale|right),? \1(?:,? (?:klar|sicher|genau|naturlich|ok|okay|sure|right|claro|vale|bueno|bien sur|c'est ca|d'accord))*[ .,]*\Z(?<!si si)(?<!oui oui)(?<!si, si)(?<!oui, oui)|"
    r"\A(?:si|claro|vale|venga|dale|ok|okay|bien|de acuerdo),? ya\W*\Z|\Aya,? (?:si|claro|vale|venga|ok)\b|\bi(?: a|')?m (?:ok|okay|good|fine|alright),? (?:thanks|thank)"
)
"""What says yes in words and no in tone (\"ja ja, schon klar\"), folded. A hesitation costs one question back."""
