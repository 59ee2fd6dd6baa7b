"""Short replies in four languages: plain wishes to leave, cries for help and despair, answers that are neither, and paces."""

LEAVING = r"""
Enough. Please stop.
Ich möchte das nicht mehr
Stop aux mails svp
Merci de ne plus m'envoyer de mails
Por favor, dadme de baja
Ya no quiero recibir esto
Basta, por favor
Please remove me from your mailing list
please unsubscribe me from this list
Stop sending me emails
no more emails please
No more mails, thank you
I want to leave
I want to leave this course
quit
I quit
delete my account
Please delete my address
Please take me off this
take me off your list please
Get me off this list
Remove my email address
I don't want these emails any more
I don't want to receive these emails
I do not wish to receive any more mails
I no longer want to receive these letters
I no longer wish to be on this list
Please stop emailing me
Please stop writing to me
Stop it please
please stop this
stop these letters
Don't send me any more
Do not contact me again
Don't write to me any more
Leave me alone
How do I unsubscribe?
How can I unsubscribe from this
How do I stop this?
How can I stop these emails?
I'd like to opt out
opt me out please
Cancel my account please
cancel this course
I'm done with this
Enough.
Goodbye
Not interested any more
Not interested
I want out
close my account
I would like to cancel
I want to stop now
Please end my subscription now
no more
Hello, please take me off the list. Thanks, Anna
This is not for me
Bitte abmelden
Bitte melden Sie mich ab
Ich möchte mich bitte vom Newsletter abmelden
Bitte nehmen Sie mich aus dem Verteiler
Bitte löschen Sie meine Adresse
Löscht bitte mein Konto
Bitte entfernen Sie mich von der Liste
Keine Mails mehr bitte
Ich will keine Mails mehr bekommen
Ich möchte keine Briefe mehr
Bitte keine weiteren Nachrichten
Schreibt mir nicht mehr
Bitte schicken Sie mir nichts mehr
Hören Sie auf damit
Ich möchte aufhören
Ich möchte aussteigen
Ich will raus
Kein Interesse mehr
Lasst mich in Ruhe
Schluss jetzt
Es reicht
Ich steige aus
Wie kann ich mich abmelden?
Wie melde ich mich ab?
Bitte tragen Sie mich aus
Ich kündige
nein danke
Das ist nichts für mich
Désinscrivez-moi
Désinscrivez-moi s'il vous plaît de votre liste
Je veux me désabonner de ces lettres
Merci de me désabonner
Retirez-moi de votre liste
Supprimez mon adresse
Supprimez mon compte s'il vous plaît
Je ne veux plus recevoir vos mails
Je ne souhaite plus recevoir de messages
Plus de mails s'il vous plaît
Arrêtez de m'écrire
Arrêtez de m'envoyer des mails
Ne m'écrivez plus
Je veux arrêter
Je voudrais quitter le cours
J'arrête
Ça suffit
Laissez-moi tranquille
Je ne suis plus intéressée
Comment me désinscrire ?
Non merci
Je souhaite annuler mon abonnement
Quiero darme de baja
Quiero darme de baja de la lista
Por favor, denme de baja
Dame de baja
Elimínenme de la lista
Borren mi correo
Borrad mi cuenta
No quiero recibir más correos
No quiero más cartas
No más correos, por favor
Dejen de escribirme
Dejad de enviarme correos
No me escriban más
No me envíen más
Quiero salir de esta lista
Quiero dejarlo
Quiero cancelar
Basta
Déjenme en paz
¿Cómo me doy de baja?
No gracias
Ya no me interesa
Quiero cancelar mi suscripción, por favor
Adiós
"""

DESPAIR = r"""
I don't see a way out
Nobody would miss me if I were gone
Ohne mich wären alle besser dran
Niemand würde mich vermissen
Ma vie n'a plus de sens
Je ne vois plus d'issue
Je me fais du mal
Personne ne me regretterait
Mi vida no tiene sentido
Me hago daño
Nadie me echaría de menos
Help me
help me please
Please help me
I need help
I really need help now
Please, help!
Somebody help me
Can someone help me?
I need to talk to someone
I need someone
I don't want to live any more
I don't want to live anymore.
I do not want to live
I don't want to be here any more
I want to die
I just want to die
I wish I was dead
I wish I had never been born
I want to end it all
I want to end my life
I want to kill myself
I'm going to kill myself
I could kill myself
I am suicidal
I think about suicide every night
I might hurt myself
I can't go on
I can't go on like this
I can't take it any more
I cannot take this anymore
I can't do this any more
I can't cope
Everyone would be better off without me
They would be better off without me
There is no way out
There is no point in living
I have nothing to live for
Life is not worth living
I am afraid of him
I'm scared of my husband
I'm afraid of what I might do
He hits me
My husband beats me
She threatens me
He is going to kill me
I am in danger
I'm not safe
I am desperate
I feel hopeless
I have no hope left
I want it all to be over
After all this I can't sleep, I can't eat, and last night I thought that I want to die and that nobody would notice it anyway.
Hilf mir
Helft mir bitte
Bitte helfen Sie mir
Ich brauche Hilfe
Ich brauche dringend Hilfe
Kann mir jemand helfen?
Ich muss mit jemandem reden
Ich will nicht mehr leben
Ich möchte nicht mehr leben
Ich will sterben
Ich möchte tot sein
Ich wäre lieber tot
Ich will nicht mehr
Ich kann nicht mehr
Ich halte es nicht mehr aus
Ich bringe mich um
Ich will mich umbringen
Ich denke an Selbstmord
Ich habe Suizidgedanken
Ich tue mir noch etwas an
Ich habe keine Hoffnung mehr
Es gibt keinen Ausweg
Ich bin verzweifelt
Ich bin am Ende
Er schlägt mich
Er bedroht mich
Mein Mann hat mich geschlagen
Ich habe Angst vor ihm
Ich habe Angst vor mir selbst
Aidez-moi
Aide-moi
Aidez-moi s'il vous plaît
J'ai besoin d'aide
Au secours
À l'aide
J'ai besoin de parler à quelqu'un
Je ne veux plus vivre
Je n'ai plus envie de vivre
Je veux mourir
J'ai envie de mourir
Je veux en finir
Je pense au suicide
Je vais me tuer
Je voudrais disparaître
Je n'en peux plus
J'en peux plus
Je ne peux plus continuer
Il n'y a plus d'espoir
Je suis désespérée
Je suis à bout
Je suis au bout du rouleau
Il me frappe
Mon mari me bat
J'ai peur de lui
Ayúdame
Ayúdenme por favor
Necesito ayuda
Por favor, ayuda
Socorro
Necesito hablar con alguien
No quiero vivir
No quiero vivir más
Ya no quiero vivir
Quiero morir
Me quiero morir
Quiero matarme
Voy a suicidarme
Quiero acabar con todo
No puedo más
Ya no puedo más
No aguanto más
No tengo salida
No tengo ganas de vivir
Estoy desesperada
Mi marido me pega
Me amenaza
Tengo miedo de él
Tengo miedo de mí misma
"""

ANSWERS = r"""
I unsubscribed from his life, one could say.
He wrote: leave me alone. So I did.
No more lies, I said. She laughed.
I could not go on with the marriage after that.
We were dead to each other for ten years.
Er ging und kam nie wieder.
Es war Schluss zwischen uns.
Mon père est mort cet hiver-là.
Il a effacé toutes nos photos.
Quería irme de casa y no pude.
Stop lying to me
I want to leave him
I want to leave her, but I can't
I told him to stop writing to her
He deleted my number
She quit her job
I noticed that I wait for the worst.
It went better this week.
We talked for ten minutes.
I don't trust him yet.
I stopped checking his phone
One line for you.
No idea.
I want to stay
I listened without answering back
My letter to him is in the drawer
I felt calm on Sunday
The list of five things helped
He listened
Leaving was never the question
Nothing yet
I need more time
He asked whether he may read it
I walked round the lake
The evenings are hard
We ended the evening without a quarrel
I would like to be able to listen
Ich will ihn verlassen
Er hat aufgehört zu lügen
Wir haben geredet
Ich habe ihm zugehört
Diese Woche war besser
Ich warte noch
Am Sonntag war es ruhig
Ich brauche mehr Zeit
Der Brief hat mir gutgetan
Je veux le quitter, mon mari
Nous avons parlé
Cette semaine était plus calme
J'ai écouté sans répondre
Je ne sais pas encore
Il a arrêté de mentir
J'ai relu la lettre deux fois
Quiero dejar a mi marido
Hemos hablado
Esta semana fue mejor
Todavía no confío en él
La carta me gustó
Escuché sin contestar
"""

PACES = {
    "every two weeks": "Every two weeks|Once a fortnight please|every other week|Two weeks would be fine|Alle zwei Wochen|Jede zweite Woche bitte|Toutes les deux semaines|"
    "Une semaine sur deux, merci|Cada dos semanas|Quincenal por favor|Every two weeks, I think.",
    "every four weeks": "Once a month|Monthly please|every four weeks|Einmal im Monat|alle vier Wochen bitte|Une fois par mois|Una vez al mes|cada cuatro semanas",
    "weekly": "Weekly is fine|Once a week|every week please|Jede Woche ist gut|Einmal die Woche|Chaque semaine|Una vez por semana, por favor|Cada semana",
    "slower": "Slow.|Slowly please|Slower|Not every week|Not so fast please|Less often|Once a week is too fast|Langsam|Nicht jede Woche|Nicht so schnell bitte|Lentement|"
    "Pas chaque semaine|Moins souvent|Despacio|No cada semana|Más despacio por favor",
}

NO_PACES = r"""
He called every week
I see him every two weeks
Every week I think that it is over
What does every two weeks mean?
Once a month he tells me everything
I do not know.
A pace at which I can breathe, and what brought me here is a long story.
Every three weeks
Slowly we began to talk
"""
