"""The words of plain wishes in English, German, French and Spanish: folded (small letters, no accents) regular expressions."""

from typing import Final

from dripcourse.inbound.languages import words

_MAIL = (
    r"(?:emails?|mails?|mailings?|messages?|letters?|newsletters?|list|course|subscription|account|lessons?|stuff|spam)"
)
_END = r"(?: (?:this|it|please|now|here|the course|this course|the list|this list|the letters|these letters|these emails|thanks|thank you|already|immediately|today|all this))*\Z"

PERSON: Final = (
    r"\b(?:he|him|his|she|her|hers|husband|wife|partner|spouse|fiancee?|ex|boyfriend|girlfriend|lover|mother|father|mum|mom|dad|sister|brother|lying|lies|cheating|marriage|relationship|"
    r"ihn|ihm|mann|ehemann|freund|freundin|ehe|beziehung|lugen|lui|mari|femme|copain|copine|conjoint|mentir|couple|marido|esposo|esposa|novio|novia|pareja|mujer|mentirme|matrimonio)\b"
)
"""Who is spoken of in an answer, and not in a wish to get no more mail."""

LEAVE: Final = (
    r"\bplease,? stop\Z|\A(?:ich )?(?:mochte|will|brauche) (?:das|dies|diese mails?|diese briefe) (?:hier )?nicht (?:mehr|langer)\Z|\b(?:plus|ne pas) m'(?:envoyer|ecrire)\b|\bno (?:quiero|deseo) (?:seguir )?(?:recibir|recibiendo) (?:esto|nada|mas)\b|\bdadme de baja|"
    r"\bunsubscri|\bopt(?:ing)?[- ]?(?:me )?out\b|\bsign(?:ing)? (?:me )?off\b|\b(?:de|un)-?regist|\bmailing list|"
    r"\b(?:remove|delete|take|get|drop|erase|strike) (?:me|us|my (?:emails?|address|name|account|data|details|subscription))\b(?! (?:by|to the|for|on|home|back|seriously|out of my))|"
    rf"\b(?:stop|end|cancel|quit|cease|discontinue|terminate|leave|close) (?:(?:all|my|the|these|this|those|your|sending|receiving|getting|any|with|to|of|me|us|such) )*{_MAIL}\b|"
    r"\bstop (?:(?:to|please) )?(?:sending|writing|mailing|emailing|contacting|messaging|spamming|bothering)\b|\b(?:please )?stop (?:it|this|that|now|everything)(?: please| now)?\Z|"
    rf"\b(?:no|not) (?:more|further|any more) (?:of )?(?:(?:these|your|this|such) )?(?:{_MAIL}|please|thanks|thank you)\b|\bno (?:{_MAIL}) (?:any ?more|please)|"
    rf"\b(?:do(?:n'?t| not)|no longer|never) (?:want|wish|need|like|care)(?: for)?(?: to)?(?: get| receive| have| read| see| be getting)?(?: (?:any|more|these|your|this|those|the|of|further|such|to|from you|anything))* ?(?:{_MAIL}|this|these|anything from you|to be on|to hear from you|part of this)\b|"
    r"\bdo(?:n'?t| not) (?:ever )?(?:send|write|email|mail|contact|message)(?: to)? ?(?:me|us|any|anything|more|these|again|\Z)|\bnever (?:write|email|mail|contact) (?:to )?(?:me|us)|"
    rf"\b(?:want|wish|like|how (?:do|can|could) i|need|going|trying|can i|may i|let me|i) (?:to )?(?:leave|quit|get out|get off|get out of|stop|cancel|exit|be removed|be taken off|drop out|end|withdraw){_END}|"
    r"\b(?:close|delete|cancel|remove) (?:my |the )?(?:account|subscription|everything|registration|membership|address)|\b(?:i'?m|i am|we'?re) (?:done(?: with (?:this|these|it|you))?|out|leaving)\Z|"
    r"\A(?:please )?(?:leave|quit|exit|end|the end|enough|enough now|that's enough|enough is enough|let me (?:out|go)|i want out|go away|leave me alone|good ?bye|bye|bye bye|no more|remove|delete|no,? thanks?(?: you)?|not interested(?: any ?more)?|no longer interested|"
    r"not for me|this is not for me|it's not for me|cease|finish|off|out)(?: please| now| thanks)?\Z|"
    r"\babmeld|\babbestell|\baustrag|\babgemeldet|\bkundig|\b(?:entfern|losch|streich|nehm|nimm)\w*\b.{0,30}\b(?:mich|adresse|mailadresse|konto|daten|account|liste|verteiler)\b|"
    r"\b(?:mich|adresse|mailadresse|konto|account|daten|verteiler|liste)\b.{0,30}\b(?:entfern|losch|streich|nehm|raus)|\b(?:mich|mir) (?:bitte )?(?:ab|raus|aus)\Z|\bmeld\w* .{0,15}\bab\b|\btrag\w* .{0,25}\baus\b|"
    r"\bkeine? (?:weiteren? |mehr )?(?:\w+ )?(?:mails?|emails?|briefe?|nachrichten|post|newsletter|kurse?)\b|\b(?:mails?|emails?|briefe|post|newsletter|nachrichten) mehr\b|"
    r"\bnicht (?:mehr|weiter) (?:an)?(?:schreib|schick|send|bekomm|erhalt|kontaktier|teilnehm)|\b(?:hort?|horen sie) (?:(?:bitte|damit|endlich|jetzt) )*auf(?: damit| bitte| mir zu schreiben)?\Z|"
    r"\b(?:schreib|schick|send)\w* (?:(?:mir|sie|uns|bitte) )*(?:nicht|nichts|keine)\b|\b(?:will|mochte|wurde gern(?:e)?|wie kann ich|kann ich|ich) (?:(?:bitte|jetzt|das|dies|den kurs|hier|damit|gern|gerne) )*(?:aufhoren|raus|aussteigen|beenden|austreten|abbrechen|hier raus)\Z|"
    r"\bkein interesse(?: mehr)?|\bnicht (?:mehr )?interessiert|\b(?:kurs|abo|abonnement|konto) (?:bitte )?(?:beenden|stoppen|abbrechen|losch)|\bbeende\w* .{0,20}\b(?:kurs|abo|abonnement|mails?)|\b(?:bitte|sofort) (?:stoppen|aufhoren|beenden|stopp)|"
    r"\A(?:aufhoren|schluss|schluss jetzt|schluss damit|genug|es reicht|das reicht|ende|raus|ich steige aus|ich bin raus|ich hore auf|lass(?:t|en sie)? mich in ruhe|nein,? danke|tschuss|auf wiedersehen|nicht mehr|nichts fur mich|das ist nichts fur mich)(?: bitte| danke)?\Z|"
    r"\bdesabonn|\bdesinscri|\bresili|\b(?:retire[rz]?|enleve[rz]?|supprime[rz]?|efface[rz]?|otez|raye[rz])[- ]?(?:moi\b|(?:mon|ma|le) (?:adresse|compte|nom|email|mail|courriel|inscription|abonnement)|mes (?:donnees|coordonnees))|\bme retirer\b|"
    r"\b(?:plus|pas) (?:de |d'|aucun |d'autres |recevoir )+(?:vos |ces |d'|de )*(?:emails?|mails?|courriels?|lettres?|messages?|newsletters?)|\bplus (?:rien )?recevoir|\bplus rien (?:recevoir|de vous)|"
    r"\b(?:arrete[rz]?|cesse[rz]?|stop|stoppe[rz]?)(?: (?:de|aux|les|ces|vos|tous|tout|a|avec|d'|toute?s?|la|le))* ?(?:m'ecrire|m'envoyer|de m'ecrire|d'ecrire|ecrire|envoyer|envois?|emails?|mails?|courriels?|lettres?|messages?|cours|abonnement)|\b(?:arretez|arretez tout|arretez ca)(?: svp| s'il vous plait| merci)?\Z|"
    r"\bne (?:m'ecrivez|m'ecris|m'envoyez|me contactez|m'envoie) (?:plus|pas)|\bne (?:veux|souhaite|desire|voudrais) (?:plus|pas) (?:(?:de|recevoir|rien|vos|ces|ca|les|etre|participer|continuer (?:le cours|ce cours))\b)|"
    r"\b(?:veux|voudrais|souhaite|aimerais|comment|peux) (?:quitter|arreter|partir|sortir|me retirer|tout arreter|annuler)(?: (?:le cours|ce cours|la liste|cette liste|les lettres|la formation|ici|svp|s'il vous plait|merci|tout))*\Z|"
    r"\bplus interessee?|\bpas interessee?|\b(?:ferme[rz]|annule[rz]|cloture[rz]) (?:mon|l') ?(?:compte|abonnement|inscription)|"
    r"\A(?:j'arrete|ca suffit|assez|fini|c'est fini|je quitte|quitter|sortir|laissez[- ]moi(?: tranquille)?|fichez[- ]moi la paix|non,? merci|au revoir|annuler|terminer|c'est bon,? merci|pas pour moi|ce n'est pas pour moi)(?: svp| merci)?\Z|"
    r"\b(?:dar|da|den|de|doy)(?:me)? de baja|\bla baja\b|\bbaja por favor|\bdesuscri|\bdesapunt|\b(?:elimin|borr|quit|sac|retir)\w* (?:mi (?:correo|cuenta|direccion|nombre|email|suscripcion)|mis datos|(?:me )?de (?:la|esta|su|tu) lista)|"
    r"\b(?:eliminen|eliminad|elimine|quiten|quite|saquen|saque|borren|borre|quita|saca|borra|retiren|quitad|sacad|borrad)me\b(?! (?:el|la|los|las|un|una|lo) )|\b(?:no|ni un) (?:mas|quiero mas) (?:correos?|emails?|mails?|cartas?|mensajes?|boletines)|"
    r"\bno (?:quiero|deseo|quisiera) (?:(?:mas|recibir|seguir|recibiendo|estos|estas|los|las|sus|tus|vuestros|ningun|mas de) )*(?:correos?|emails?|mails?|cartas?|mensajes?|boletines|curso|recibir(?:los|las)?(?: mas| nada| nada mas)?\Z)|\bno (?:quiero|deseo) (?:saber )?nada mas(?: de ustedes)?\Z|"
    r"\bno me (?:envi|escrib|mand|contact)\w+|\bdej(?:en|a|ad|e) de (?:escribi|envia|manda|contacta|molesta)\w*|\b(?:quiero|quisiera|me gustaria|deseo|como puedo|puedo|necesito) (?:salir|dejarlo|irme|dejar el curso|cancelar|terminar|parar|abandonar|salirme|borrarme|desapuntarme)(?: (?:de (?:la|esta) lista|del curso|por favor|ya|gracias|el curso|esto|de aqui))*\Z|"
    r"\b(?:ya )?no me interesa\Z|\b(?:cierren|cierra|cancelen|cancela|cancelar|anulen|anular|eliminar|borrar) (?:mi|la) (?:cuenta|suscripcion|inscripcion)|\bpar(?:en|a|ad) (?:de|los|las|ya|con)\b|"
    r"\A(?:basta|ya basta|se acabo|me voy|salir|fuera|dejenme en paz|dejame en paz|dejadme en paz|no,? gracias|adios|paren|ya no mas|no mas|no es para mi|esto no es para mi)(?:,? por favor|,? gracias)?\Z"
)

DESPAIR: Final = (
    r"\b(?:do(?:n'?t| not)|can(?:'?t|not)) see (?:a|any|the) (?:way out|way forward|point (?:in|of) (?:living|going on|anything)|future)\b|\bsee no (?:way out|way forward|future)\b|\b(?:nobody|no ?one) (?:would|will)(?: even)? (?:miss me|mourn me|notice if i)\b|"
    r"\bohne mich (?:\w+ ){0,4}(?:besser|leichter)\b|\b(?:niemand|keiner) (?:wurde|wird) mich vermissen|\bwurde mich (?:niemand|keiner) vermissen|\bma vie n'a (?:plus|pas|aucun)|\bvois (?:plus|pas|aucune) (?:d')?(?:issue|avenir)\b|\bme (?:fais du mal|scarifie|mutile)\b|"
    r"\bpersonne ne (?:me regretter|me pleurer|remarquer)ait|\bje ne manquer(?:ais|ai) a personne|\bmi vida (?:ya )?no (?:tiene|vale)|\bme (?:hago|estoy haciendo) dano\b|\bnadie me (?:echaria de menos|echara de menos|extranaria|va a (?:extranar|echar))|"
    r"\b(?:do(?:n'?t| not)|no longer|can(?:'?t|not)) (?:want|wish|see) to (?:live|be alive|be here|exist|wake up|go on|keep going|carry on|be in this world|be around)|\b(?:do(?:n'?t| not)) (?:want|wanna) live|"
    r"\b(?:want|wanna|wish|like|going|ready|rather|could just|just|i will|i'?ll|might)(?: to)?(?: just)? (?:die|be dead|disappear for ?ever|end (?:it all|my life|everything|it)|kill myself|vanish)\b|\bwish (?:that )?i (?:was|were|had) (?:dead|never (?:been )?born|gone)|"
    r"\bi (?:want|need) it (?:all )?to (?:end|be over)\b|\b(?:kill|hurt|harm|cut|cutting|hang|shoot|drown|poison|hurting|harming|killing) (?:myself|my self)\b|\bkms\b|\bsuicid|\bself[- ]?harm|\b(?:end|take|taking|ending) my (?:own )?life|\bend(?:ing)? it all\b|\boverdose|"
    r"\bbetter off (?:dead|without me)|\bbetter if i (?:was|were) (?:dead|gone)|\bno (?:reason|point|will|strength|desire)(?: left)? (?:to|in) (?:live|living|go on|going on|carry on|carrying on)|\bnothing (?:left )?to live for|\bnot worth living|\blife (?:is|has) (?:not worth|no (?:meaning|sense|point))|\btired of (?:living|life|being alive)|"
    r"\bcan(?:'?t|not| not) (?:go on|take (?:it|this|that|any ?more)\b|live (?:like this|any ?more|any longer|with this)|cope|bear (?:it|this)|do (?:this|it) any ?more|do (?:this|it) any longer|carry on|see (?:a|any) way out|see (?:a|any) way forward|survive|keep going|stand it any)|"
    r"\b(?:afraid|scared|frightened|terrified) (?:of (?:what i (?:might|may|could|will)|myself|him|her|my (?:husband|wife|partner|boyfriend|girlfriend|ex))|for my life|(?:that )?(?:he|she)(?: will|'ll| might| is going to) (?:kill|hurt|hit|harm))|"
    r"\b(?:he|she|husband|wife|partner|boyfriend|girlfriend|ex) (?:hits?|beats?|hurts?|is hurting|threatens|threatened|is threatening|is beating|is hitting|choked|strangled|raped|attacked|has beaten|has hit) (?:me|us|my)\b|\b(?:kill|going to kill|hurt|hit|hitting|beating) me\b|\bhe has a (?:gun|knife)|"
    r"\bno (?:way out|hope|way forward)\b|\b(?:i'?m|i am|feel|feeling) (?:so |very |completely |utterly )?(?:desperate|hopeless|in despair|suicidal|in danger|not safe|unsafe|at the end of my rope|at my wit'?s end|falling apart|broken beyond)\b|\bdespair\b|\bi(?:'m)? (?:give|giving) up(?: on life| on everything)?\Z|\bin danger\b|"
    r"\b(?:nicht mehr|nicht weiter) (?:leben|da sein|aufwachen|weiterleben|hier sein|weiter ?machen)\b|\b(?:will|mochte|wollte|will nur|mochte nur) (?:(?:nur|noch|einfach|am liebsten|lieber) )*(?:sterben|tot sein|weg sein|verschwinden|schluss machen)\b|\bich will nicht mehr\Z|\bnicht leben\b|"
    r"\b(?:bring|bringe|tote|ritze|verletze|hange|erhange|erschiesse) mich (?:um|selbst|auf|jetzt um)?\b|\bmich (?:umbring|umzubring|toten|zu toten|selbst verletz)|\b(?:mir|dem allem|allem) (?:das leben (?:zu )?nehm|etwas an(?:zu)?tun|was an(?:zu)?tun|ein ende)|\btu\w* (?:ich )?mir (?:noch |sonst |bald )*(?:et)?was an\b|\bselbstmord|\bsuizid|\bselbst (?:zu )?verletz|\bleben (?:ein ende|hat keinen sinn|nicht mehr lebenswert|beenden)|\blebensmude|"
    r"\b(?:kann|konnen|schaff\w*|halte?|ertrage?) (?:(?:es|das|so|einfach|ich|alles|dies) )*nicht (?:mehr|langer|weiter)\b(?! (?:so viel|schlafen|lesen|warten|antworten|vertrauen|glauben))|\bkein(?:en|e)? (?:ausweg|sinn mehr|sinn im leben|lebenswillen|hoffnung|kraft mehr|grund (?:mehr )?zu leben)|\blieber tot\b|\bware (?:ich )?(?:lieber |besser |doch )?(?:tot|nie geboren)|\bohne mich besser|"
    r"\bschlagt (?:mich|er mich)|\bmich (?:geschlagen|bedroht|gewurgt|vergewaltigt)|\bbringt mich um|\bbedroht (?:er )?(?:mich|uns)|\bangst (?:vor (?:mir|ihm|ihr|meinem|meiner|dem,? was ich)|um mein leben|was ich)|\bverzweifel|\bhoffnungslos|\b(?:vollig|ganz|total|bin) am ende\Z|\bin gefahr\b|"
    r"\b(?:veux|voudrais|souhaite|desire) (?:plus|pas) (?:vivre|etre la|exister|continuer(?: a vivre)?|me reveiller)\b|\bplus envie de (?:vivre|rien|continuer)|\b(?:veux|voudrais|aimerais|envie de|prefererais|prefere|vais) (?:juste |seulement )?(?:mourir|disparaitre|crever|en finir|etre morte?)\b|"
    r"\bme (?:tuer|suicider|faire du mal|pendre|mutiler|supprimer|scarifier)\b|\bsuicid|\bmettre fin a (?:mes jours|ma vie)|\ben finir\b|\b(?:n'|j'|j )?en peux (?:vraiment |)plus\b|\bpeux (?:plus|pas) (?:continuer|supporter|vivre|tenir|endurer)|\btiens plus\b|\bsupporte plus\b|\baucune? (?:issue|espoir|raison de vivre|sens)\b|\bplus (?:d'espoir|aucun espoir|de raison de vivre|la force|de force|gout a rien|gout a la vie)|"
    r"\bserais? mieux (?:morte?|sans moi)|\bmieux sans moi|\bdesesper|\b(?:il|elle|mari|femme|conjoint|copain) (?:me|nous|m'a) (?:frappe|bat|menace|violee?|etrangle)|\bm'a (?:frappee?|battue?|menacee?|violee?)|\bva me tuer|\bpeur (?:de (?:lui|moi|moi[- ]meme|ce que je|mon|ma)|pour ma vie)|\bau bout du rouleau|\ba bout\Z|\bje suis a bout|\ben danger\b|\bla vie n'a (?:plus|pas)|\bvaut (?:plus|pas) la peine (?:d'etre vecue|de vivre)|"
    r"\b(?:no|ya no|no quiero) (?:quiero |deseo )?(?:mas )?(?:vivir|seguir viviendo|seguir asi|existir|despertar(?:me)?|estar aqui)\b|\bno quiero seguir\Z|\b(?:quiero|quisiera|deseo|preferiria|prefiero|voy a|ganas de) (?:solo )?(?:morir(?:me)?|desaparecer|matarme|estar muert[oa]|acabar con|suicidarme)\b|\bme (?:quiero|voy a|quisiera) (?:morir|matar)\b|\bmatarme\b|\bquitarme la vida|\bhacerme dano|\bcortarme\b|\bacabar con (?:mi vida|todo)|"
    r"\b(?:no|ya no) (?:puedo|aguanto|soporto|doy|lo aguanto|lo soporto)(?: (?:con esto|esto|vivir asi))? mas\b|\bya no (?:puedo|aguanto|soporto|doy mas)\b|\bno (?:tengo|hay|veo)(?: ninguna| la)? (?:salida|esperanza|ganas de (?:vivir|nada)|fuerzas|motivos para vivir|razon para vivir)|\bsin (?:salida|esperanza)\b|\bmejor (?:muert[oa]|sin mi)\b|\bojala (?:no hubiera nacido|estuviera muert|me muera)|\bdesesperad|\bla vida no (?:tiene|vale)|"
    r"\bme (?:pega|golpea|amenaza|va a matar|maltrata|ha pegado|viola|violo)\b|\b(?:tengo|me da) miedo de (?:el|ella|mi|mi mismo|mi misma|lo que|mi marido|mi pareja)|\bmiedo (?:por mi vida|a mi marido|a mi mism[oa])|\ben peligro\b"
)

CRY: Final = (
    r"\bhelp me\b(?=[ ]*(?:[.,!?]|\Z|please|now|i\b|somebody|someone))|\bneed (?:some |urgent |your |immediate |real )?help\b|\bplease,? help\b|\A(?:oh |please |somebody |someone |god )*help\b(?=[ ]*(?:[.,!?]|\Z|please|now|i\b|us))|\b(?:some|any)(?:body|one) (?:please )?help\b|"
    r"\bneed (?:someone|somebody|anyone)\b|\bneed to (?:talk|speak)(?: (?:to|with) (?:someone|somebody|anyone|a person|a human))?\b|\bcan (?:you|someone|somebody|anybody|anyone) (?:please )?help\b|\bwho can (?:i talk to|help me)|\bis (?:anybody|anyone|somebody|someone) (?:there|reading this)|\bsos\b|\bcrisis\b|\bemergency\b|"
    r"\bhilf (?:mir|uns)|\bhelft (?:mir|uns)|\bhelfen sie mir|\bbrauche? (?:ich )?(?:bitte |dringend |wirklich |jetzt )*(?:hilfe|jemanden?|unterstutzung)|\bbitte,? (?:um )?hilfe|\A(?:bitte )?(?:um )?hilfe\b(?=[ ]*(?:[.,!?]|\Z|bitte|ich))|\bnotfall|\b(?:mir|uns) (?:jemand|wer|irgendjemand|bitte|denn) ?(?:bitte )?helfen|\bmit (?:jemandem|wem) (?:reden|sprechen)|\bist (?:da )?jemand da|"
    r"\baide[zr]?[- ]moi|\ba l'aide\b|\bau secours|\b(?:besoin|vraiment besoin|besoin urgent) (?:d'aide|de (?:parler|quelqu'un|soutien))|\baide[zr]?(?: svp| s'il vous plait)?\Z|\bquelqu'un (?:peut|pourrait|peut-il) (?:m'|nous )?aider|\bpouvez[- ]vous m'aider|\bm'aider\b|\burgence\b|\bparler (?:a|avec) quelqu'un|\by a[- ]t[- ]il quelqu'un|"
    r"\bayuda(?:d|n)?me\b|\bayude(?:n)?me\b|\bnecesito (?:mucha |urgente |por favor |tu |su )*(?:ayuda|hablar|a alguien|apoyo)|\bpor favor,? ayuda|\bauxilio|\bsocorro|\A(?:por favor )?ayuda(?: por favor)?\Z|\b(?:alguien|puede[ns]?|podeis|pueden) (?:que )?(?:me )?(?:puede )?ayuda(?:r|rme|me)\b|\bme (?:puede|pueden|puedes|podeis) ayudar|\bhablar con alguien|\bhay alguien|\bemergencia\b|\burgencia\b"
)

PACES: Final = {
    "slower": (
        r"\bnot (?:every|once a|one a) week\b|\bnot weekly\b|\bnot (?:so|too|that|as) (?:fast|quick(?:ly)?|often)\b|\b(?:less|fewer) often\b|\btoo (?:fast|much|often|quick)\b|\bslow(?:er|ly)?\b|\bmore slowly\b|\bless (?:often|frequently)\b|"
        r"\bnicht (?:jede woche|wochentlich|so (?:schnell|oft)|zu (?:schnell|oft))\b|\bzu (?:schnell|oft|viel)\b|\bseltener\b|\blangsam(?:er)?\b|\bpas (?:chaque semaine|toutes les semaines|trop (?:vite|souvent)|si vite|aussi (?:vite|souvent))\b|\btrop (?:vite|souvent|rapide)\b|\bmoins (?:souvent|vite)\b|\b(?:plus )?(?:lentement|doucement|lent)\b|"
        r"\bno (?:cada semana|todas las semanas|tan (?:rapido|a menudo|seguido))\b|\bdemasiado (?:rapido|seguido)\b|\bmenos (?:a menudo|seguido)\b|\b(?:mas )?(?:despacio|lento|lentamente)\b"
    ),
    "every two weeks": (
        r"\b(?:once |one )?every (?:two|2|other|second) weeks?\b|\b(?:every|once a|one a|a) fortnight\b|\bfortnightly\b|\bbi-?weekly\b|\btwice a month\b|\btwo weeks\b|\b(?:alle|aller) (?:zwei|2) wochen\b|\bzwei-?wochentlich\b|\b14-?tag\w*\b|\bvierzehntag\w*\b|\bjede (?:zweite|2\.?) woche\b|\b(?:zweimal|2 ?mal) (?:im|pro) monat\b|\bzwei wochen\b|"
        r"\btoutes les (?:deux|2) semaines\b|\b(?:deux|2) fois par mois\b|\bune semaine sur deux\b|\bbimensuel\w*\b|\btous les (?:quinze|15) jours\b|\bcada (?:dos|2) semanas\b|\bquincenal(?:mente)?\b|\bcada (?:quince|15) dias\b|\b(?:dos|2) veces al mes\b|\buna semana si y otra no\b"
    ),
    "every four weeks": (
        r"\b(?:once |one )?every (?:four|4) weeks?\b|\bmonthly\b|\b(?:once|one) a month\b|\bevery month\b|\bfour weeks\b|\balle (?:vier|4) wochen\b|\bvierwochentlich\b|\bmonatlich\b|\b(?:einmal|1 ?mal) (?:im|pro) monat\b|\bjeden monat\b|\bvier wochen\b|\btoutes les (?:quatre|4) semaines\b|\bmensuel\w*\b|\bune fois par mois\b|\bchaque mois\b|\btous les mois\b|"
        r"\bcada (?:cuatro|4) semanas\b|\bmensual(?:mente)?\b|\buna vez al mes\b|\bcada mes\b|\btodos los meses\b"
    ),
    "weekly": (
        r"\bweekly\b|\bevery week\b|\b(?:once|one) (?:a|per) week\b|\bwochentlich\b|\bjede woche\b|\beinmal (?:die|pro|in der) woche\b|\bchaque semaine\b|\btoutes les semaines\b|\bune fois par semaine\b|\bhebdomadaire(?:ment)?\b|\bcada semana\b|\bsemanal(?:mente)?\b|\btodas las semanas\b|\buna vez (?:por|a la) semana\b"
    ),
}
"""What each pace is called, by its command; the first that is found counts."""

ROUND_A_PACE: Final = words(
    "please thanks thank you a an one once letter letters email mail lesson is would be feel feels felt fine good ok okay bearable best better right enough for me i i'd i'll i'm like want prefer think maybe "
    "perhaps rather the to go it that's that very really quite at most only just pace more yes hello hi and with "
    "bitte danke ein eine einen einmal brief mail ware ist gut besser ertraglich genug fur mich ich mochte hatte gern gerne lieber vielleicht nur sehr es das eher mir passt ok ja hallo reicht am liebsten "
    "merci svp s'il vous plait un une lettre ce serait c'est bien mieux supportable pour moi je voudrais prefere plutot peut-etre peut etre seulement tres oui bonjour me convient le la "
    "gracias por favor una carta correo seria es esta bien mejor soportable para mi yo quiero prefiero preferiria quiza quizas solo muy si hola me el la mas "
    "week weeks weekly every per woche wochen wochentlich jede die pro semaine semaines fois par chaque toutes les semana semanas vez cada todas las"
)
"""Words that may stand beside a pace and change nothing."""
