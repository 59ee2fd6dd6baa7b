"""The words of commands by reply, by language. In small letters; accents may be left out by who writes them, so they are here too.

English is always understood; a course adds its own language. To add one, add a table of the same names.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dripcourse.inbound.languages import phrases, words


@dataclass(frozen=True, slots=True)
class Orders:
    """What one language says."""

    commands: Mapping[str, tuple[str, ...]]
    """By canonical name, the most usual phrase first: the documents show that one."""
    yes: tuple[str, ...]
    courtesy: frozenset[str]
    """Words that may stand before or behind a command and mean nothing."""
    closing: tuple[str, ...]
    """What a line may begin with that closes a mail."""
    units: Mapping[str, frozenset[str]]
    numbers: tuple[frozenset[str], ...]
    """The words for one, two and so on."""
    span: frozenset[str]
    """Words between "pause" and a number: "for"."""


def _row(**commands: str) -> dict[str, tuple[str, ...]]:
    return {
        "where am I" if name == "where_am_i" else name.replace("_", " "): phrases(said)
        for name, said in commands.items()
    }


def _numbers(text: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(each.split("/")) for each in text.split())


_EN = Orders(
    commands=_row(
        subscribe="subscribe|subscribe me|sign up|sign me up",
        confirm="confirm|confirmed|i confirm|confirm my subscription",
        pause="pause|pause it|pause the course|pause my course|pause the lessons|pause the mails|pause these mails|pause the e-mails|"
        "pause the emails|pause these emails|i want to pause|i would like to pause|i'd like to pause",
        later="later|send it later|not this week|another week",
        slower="slower|slow down|go slower|more slowly",
        weekly="weekly|every week|once a week|back to weekly",
        every_two_weeks="every two weeks|every 2 weeks|fortnightly|once a fortnight|every other week",
        every_four_weeks="every four weeks|every 4 weeks|monthly|once a month|every month",
        resume="resume|unpause|end the pause|resume the course",
        where_am_i="where am i|where was i",
        again="again|send again|send it again|once again|once more|resend",
        share="share|share this|share it|share my reply|share this reply",
        support="support",
        help="help|commands",
        stop="stop|unsubscribe|unsubscribe me|leave|cancel|opt out|stop the course|stop the mails|stop the e-mails|stop the emails|"
        "stop these mails|stop these e-mails|stop these emails|stop sending|stop sending mails|stop sending emails|stop mailing me|"
        "stop emailing me|remove me|remove me from the list|take me off the list|take me off this list|i want to unsubscribe|"
        "i would like to unsubscribe|i'd like to unsubscribe|cancel my subscription|end my subscription",
        delete_my_replies="delete my replies|delete all my replies|delete my answers|delete all my answers|erase my replies",
    ),
    yes=phrases(
        "yes|yes it was me|yes that was me|yes i did|it was me|that was me|yes i confirm|yes confirm|yes subscribe me|yep|yeah"
    ),
    courtesy=words("please pls plz thanks thankyou kindly now"),
    closing=phrases(
        "thanks|thank you|many thanks|regards|best|best regards|kind regards|best wishes|cheers|love|yours|sincerely"
    ),
    units={"days": words("day days"), "weeks": words("week weeks"), "months": words("month months")},
    numbers=_numbers("one/a/an two three four five six seven eight nine ten eleven twelve"),
    span=words("for the course"),
)
_DE = Orders(
    commands=_row(
        subscribe="anmelden|abonnieren|ich möchte mich anmelden",
        confirm="bestätigen|bestätigt|ich bestätige|bestätige",
        pause="pause|pausieren|pause machen|kurs pausieren|den kurs pausieren|ich möchte pausieren|ich möchte eine pause",
        later="später|nächste woche|erst nächste woche|diese woche nicht",
        slower="langsamer|nicht so schnell",
        weekly="wöchentlich|jede woche|einmal die woche",
        every_two_weeks="alle zwei wochen|alle 2 wochen|zweiwöchentlich|jede zweite woche",
        every_four_weeks="alle vier wochen|alle 4 wochen|monatlich|einmal im monat",
        resume="weiter|fortsetzen|weitermachen|weiter machen|pause beenden|kurs fortsetzen",
        where_am_i="wo bin ich|wo stehe ich|wo war ich",
        again="nochmal|noch mal|noch einmal|nochmals|erneut|nochmal senden|nochmal schicken|erneut senden",
        share="teilen|antwort teilen|diese antwort teilen|freigeben",
        support="unterstützung|hilfsangebote|beratung",
        help="hilfe|befehle",
        stop="abmelden|stopp|stop|abbestellen|austragen|kündigen|beenden|kurs beenden|abmeldung|ich möchte mich abmelden|"
        "melde mich ab|melden sie mich ab|mich abmelden|keine mails mehr|keine e-mails mehr",
        delete_my_replies="meine antworten löschen|lösche meine antworten|alle meine antworten löschen|löschen sie meine antworten|antworten löschen",
    ),
    yes=phrases("ja|ja das war ich|das war ich|ja ich war es|ja ich bestätige|jawohl"),
    courtesy=words("bitte danke"),
    closing=phrases(
        "danke|vielen dank|liebe grüße|viele grüße|herzliche grüße|mit freundlichen grüßen|beste grüße|lg|vg|mfg|gruß"
    ),
    units={"days": words("tag tage tagen"), "weeks": words("woche wochen"), "months": words("monat monate monaten")},
    numbers=_numbers("ein/eine/einen/einer zwei drei vier fünf sechs sieben acht neun zehn elf zwölf"),
    span=words("für von"),
)
_FR = Orders(
    commands=_row(
        subscribe="s'abonner|abonner|m'abonner|je m'abonne|m'inscrire|s'inscrire|je m'inscris|inscription",
        confirm="confirmer|je confirme|confirmé",
        pause="pause|mettre en pause|faire une pause|une pause|je voudrais une pause|pauser",
        later="plus tard|la semaine prochaine|pas cette semaine",
        slower="plus lentement|moins vite|ralentir|plus doucement",
        weekly="chaque semaine|toutes les semaines|hebdomadaire|une fois par semaine",
        every_two_weeks="toutes les deux semaines|toutes les 2 semaines|une semaine sur deux|tous les quinze jours",
        every_four_weeks="toutes les quatre semaines|toutes les 4 semaines|chaque mois|une fois par mois",
        resume="reprendre|fin de la pause|reprendre le cours",
        where_am_i="où en suis-je|où suis-je|où en étais-je",
        again="encore|encore une fois|de nouveau|à nouveau|renvoyer|renvoyez",
        share="partager|partager cette réponse|partager ma réponse",
        support="soutien",
        help="aide|commandes",
        stop="se désabonner|stop|désabonner|me désabonner|désabonnez-moi|désabonnement|se désinscrire|désinscrire|me désinscrire|désinscription|"
        "désinscrivez-moi|arrêter|arrêt|arrêtez|je voudrais me désabonner|je veux me désabonner|résilier",
        delete_my_replies="supprimer mes réponses|supprimez mes réponses|effacer mes réponses|supprimer toutes mes réponses|effacez mes réponses",
    ),
    yes=phrases("oui|oui c'était moi|c'était moi|oui c'est moi|oui je confirme"),
    courtesy=words("svp stp merci s'il s'il-vous-plaît s'il-te-plaît vous te plaît"),
    closing=phrases("merci|merci beaucoup|cordialement|bien cordialement|bien à vous|amicalement|salutations"),
    units={"days": words("jour jours"), "weeks": words("semaine semaines"), "months": words("mois")},
    numbers=_numbers("un/une deux trois quatre cinq six sept huit neuf dix onze douze"),
    span=words("de pendant pour d'"),
)
_ES = Orders(
    commands=_row(
        subscribe="suscribirme|suscribir|suscribirse|suscríbeme|inscribirme|apuntarme",
        confirm="confirmar|confirmo|confirmado|lo confirmo",
        pause="pausa|pausar|hacer una pausa|una pausa|pausar el curso|quiero una pausa",
        later="más tarde|la próxima semana|esta semana no|otra semana",
        slower="más despacio|más lento|más lentamente",
        weekly="cada semana|semanal|semanalmente|todas las semanas|una vez por semana",
        every_two_weeks="cada dos semanas|cada 2 semanas|quincenal|cada quince días",
        every_four_weeks="cada cuatro semanas|cada 4 semanas|mensual|una vez al mes|cada mes",
        resume="reanudar|retomar|terminar la pausa|reanudar el curso",
        where_am_i="dónde estoy|por dónde voy|dónde estaba",
        again="otra vez|de nuevo|una vez más|reenviar",
        share="compartir|compartir esta respuesta|compartir mi respuesta",
        support="apoyo",
        help="ayuda|comandos|órdenes",
        stop="baja|darme de baja|dar de baja|darse de baja|quiero darme de baja|stop|parar|cancelar|cancelar la suscripción|"
        "cancelar suscripción|cancelar mi suscripción|desuscribirme|desuscribir|anular suscripción|salir",
        delete_my_replies="borrar mis respuestas|borra mis respuestas|eliminar mis respuestas|borrar todas mis respuestas|elimina mis respuestas",
    ),
    yes=phrases("sí|sí fui yo|fui yo|sí he sido yo|sí confirmo|sí lo confirmo"),
    courtesy=words("por favor gracias porfavor"),
    closing=phrases("gracias|muchas gracias|saludos|un saludo|un abrazo|cordialmente|atentamente"),
    units={"days": words("día días"), "weeks": words("semana semanas"), "months": words("mes meses")},
    numbers=_numbers("un/una/uno dos tres cuatro cinco seis siete ocho nueve diez once doce"),
    span=words("de por durante"),
)
ORDERS: Mapping[str, Orders] = {"en": _EN, "de": _DE, "fr": _FR, "es": _ES}
