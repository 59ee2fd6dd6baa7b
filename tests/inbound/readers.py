"""What readers write, in eight languages: short and long, in paragraphs and lists, and with openings that look like a header."""

TEXTS: dict[str, tuple[str, ...]] = {
    "en": (
        "Mostly sleep.",
        "On Sunday he wrote:\nI am sorry.\nI cried, and then I made tea for the both of us.",
        ("I used to check the windows every night and I still do, but now I know that it is not about the windows at all, it is about "
        "wanting somebody else in this house to be awake with me when the old fear comes round again."),
        "Three things:\n\n- the way we greet each other\n- who holds the phone\n- Sundays\n\nThe third one hurts most.",
        "Thank you 🙏 it helped ❤️",
        "From: me, to whom it may concern.\n\nI do not trust my own memory any more. He says it was a Tuesday.\n\nWas it? I wrote it down.",
        'It has changed how I read "we".\n\nBest regards\n\nAnna',
    ),
    "de": (
        "Vor allem der Schlaf.",
        "Am Sonntag schrieb er:\nEs tut mir leid.\nIch habe lange darüber geweint.",
        ("Früher habe ich jeden Abend die Fenster geprüft, und ich tue es noch immer, aber inzwischen weiß ich, dass es mir gar nicht um die "
        "Fenster geht, sondern darum, dass noch jemand wach ist, wenn die alte Angst wiederkommt."),
        "Drei Dinge:\n\n- wie wir uns grüßen\n- wer das Telefon hält\n- der Sonntag\n\nDas dritte schmerzt am meisten.",
        "Danke 🙏 das tat gut ❤️",
        "Von: mir, an alle, die es angeht.\n\nIch traue meinem Gedächtnis nicht mehr. Er sagt, es war ein Dienstag.\n\nWar es das?",
        "Ich höre das Wort „wir“ jetzt anders.\n\nViele Grüße\nJürgen",
    ),
    "fr": (
        "Surtout le sommeil.",
        "Dimanche, il a écrit :\nJe suis désolé.\nJ'ai pleuré longtemps.",
        ("Avant, je vérifiais les fenêtres chaque soir, et je le fais encore, mais je sais maintenant que ce n'est pas à cause des fenêtres : "
        "je voudrais que quelqu'un d'autre veille avec moi quand la vieille peur revient dans la maison."),
        "Trois choses :\n\n- notre façon de nous saluer\n- qui tient le téléphone\n- le dimanche\n\nLa troisième fait le plus mal.",
        "Merci 🙏 ça m'a fait du bien ❤️",
        "De : moi, à qui voudra bien lire.\n\nJe ne me fie plus à ma mémoire. Il dit que c'était un mardi.\n\nEst-ce vrai ?",
        "Je n'entends plus le mot « nous » comme avant.\n\nCordialement\nHélène",
    ),
    "es": (
        "Sobre todo el sueño.",
        "El domingo escribió:\nLo siento mucho.\nLloré toda la tarde.",
        ("Antes revisaba las ventanas cada noche y todavía lo hago, pero ahora sé que no se trata de las ventanas, sino de que alguien más en "
        "esta casa esté despierto conmigo cuando el viejo miedo vuelve a dar su vuelta."),
        "Tres cosas:\n\n- cómo nos saludamos\n- quién tiene el teléfono\n- los domingos\n\nLa tercera es la que más duele.",
        "Gracias 🙏 me ayudó ❤️",
        "De: mí, para quien corresponda.\n\nYa no confío en mi memoria. Él dice que era martes.\n\n¿Lo era?",
        "Ya no oigo igual la palabra «nosotros».\n\nUn saludo\nIñaki",
    ),
    "it": (
        "Soprattutto il sonno.",
        "Domenica ha scritto:\nMi dispiace.\nHo pianto a lungo.",
        ("Prima controllavo le finestre ogni sera e lo faccio ancora, ma adesso so che non si tratta affatto delle finestre: vorrei che "
        "qualcun altro in questa casa fosse sveglio con me quando torna la vecchia paura."),
        "Tre cose:\n\n- come ci salutiamo\n- chi tiene il telefono\n- le domeniche\n\nLa terza fa più male.",
        "Grazie 🙏 mi ha aiutato ❤️",
        "Da: me, a chi vorrà leggere.\n\nNon mi fido più della mia memoria. Lui dice che era un martedì.\n\nLo era?",
        "Non sento più allo stesso modo la parola «noi».\n\nCordiali saluti\nNiccolò",
    ),
    "pt": (
        "Sobretudo o sono.",
        "No domingo ele escreveu:\nPeço desculpa.\nChorei a tarde toda.",
        ("Antes eu verificava as janelas todas as noites e ainda o faço, mas agora sei que não se trata das janelas: eu queria que mais "
        "alguém nesta casa estivesse acordado comigo quando o medo antigo volta a passar."),
        "Três coisas:\n\n- como nos cumprimentamos\n- quem segura o telefone\n- os domingos\n\nA terceira dói mais.",
        "Obrigado 🙏 ajudou-me ❤️",
        "De: mim, para quem quiser ler.\n\nJá não confio na minha memória. Ele diz que era terça.\n\nEra?",
        "Já não ouço da mesma forma a palavra «nós».\n\nAtenciosamente\nJoão",
    ),
    "nl": (
        "Vooral de slaap.",
        "Zondag schreef hij:\nHet spijt me.\nIk heb lang gehuild.",
        ("Vroeger controleerde ik elke avond de ramen en dat doe ik nog steeds, maar nu weet ik dat het helemaal niet om de ramen gaat: ik zou "
        "willen dat er nog iemand in dit huis wakker is wanneer de oude angst weer langskomt."),
        "Drie dingen:\n\n- hoe we elkaar groeten\n- wie de telefoon heeft\n- de zondagen\n\nHet derde doet het meest pijn.",
        "Dank je 🙏 het hielp ❤️",
        "Van: mij, aan wie het aangaat.\n\nIk vertrouw mijn geheugen niet meer. Hij zegt dat het dinsdag was.\n\nWas dat zo?",
        "Ik hoor het woord ‘wij’ nu anders.\n\nMet vriendelijke groet\nJoris",
    ),
    "pl": (
        "Przede wszystkim sen.",
        "W niedzielę napisał:\nPrzepraszam.\nDługo płakałam.",
        ("Dawniej co wieczór sprawdzałam okna i nadal to robię, ale teraz wiem, że wcale nie chodzi o okna, tylko o to, żeby ktoś jeszcze w "
        "tym domu nie spał razem ze mną, kiedy stary strach znowu przychodzi."),
        "Trzy rzeczy:\n\n- jak się witamy\n- kto trzyma telefon\n- niedziele\n\nTrzecia boli najbardziej.",
        "Dziękuję 🙏 pomogło ❤️",
        "Od: mnie, do kogo to dotyczy.\n\nNie ufam już swojej pamięci. On mówi, że to był wtorek.\n\nCzy był?",
        "Inaczej słyszę teraz słowo „my”.\n\nPozdrawiam\nŁukasz",
    ),
}  # fmt: skip
