"""Replies to a confirmation mail in four languages: plain yeses, doubts and refusals, and what machines write."""

YESES = r"""
Yes yes yes
Oui oui
Sí sí
Yes, I am sure
Yes\n\nI am not happy with how it ended.
Ja\n\nIch bin nicht sicher, ob ich ihr verzeihen kann.
Yes\n\nI don't remember when it began.
Yes
YES!!!
yes.
Yes please
Yes, please!
yep
Yeah
yup
Y
y
ok
OK!
Okay, go ahead
ok, go ahead
Sure
Sure thing
Absolutely!
Of course
Definitely
I confirm
I confirm.
Confirm
confirmed
Yes, I confirm
Yes I confirm my subscription
Yes, confirm
Yes, I subscribed
I subscribed
Yes, it was me
It was me!
Yes that was me
That's me
please start
Please start!
yes start over
Start over
Subscribe
subscribe me
Yes, subscribe me please
count me in
Count me in!
Sign me up
Go ahead
Let's go!
Yes, I would like to receive the letters
I would like to get the weekly email
I'd love to
I want this
I agree
Agreed.
I accept
Yes, thank you!
Yes, thanks
Yes! Thank you very much.
yes pls
Yesss
Yes 😊
👍
👍🏽
✅
Yes 👍
Hello,\n\nyes please.\n\nBest regards,\nAnna
Hi there, yes please
Hi,\nYes
Dear team,\n\nI confirm.\n\nKind regards\nJohn Smith
Yes please, I cannot wait.
Yes please, I'm looking forward to it
Yes.\n\nThank you
yes\n\nSent from my iPhone
yes yes yes
Yes, of course. Thanks!
Yes, sign me up
That's correct
Yes, I asked for this
Ready
Please send me the first letter
Yes, I am 18 or older
“Yes”
*yes*
Please go ahead
ok 👍
Hell yes
Fine by me
Sounds good
Ja
Ja!
ja bitte
Ja, bitte.
Ja, gerne
Ja gern!
Gerne
Sehr gerne
Jawohl
jo
jep
Klar
Na klar!
Natürlich
Selbstverständlich
Einverstanden
Bestätigt
Ich bestätige
Ja, ich bestätige
Ja, ich bestätige die Anmeldung
Ja, das war ich
Das war ich.
Ja, ich war es
Bitte anfangen
Los geht's!
Ich bin dabei
Ja, ich möchte die Briefe bekommen
Ja, ich freue mich darauf
Ja, ich habe mich angemeldet
Auf jeden Fall
In Ordnung
Passt, danke
Alles klar
von vorn
Hallo,\n\nja, sehr gerne!\n\nViele Grüße\nMaria
Guten Tag,\nja bitte.\n\nMit freundlichen Grüßen\nHans Meier
okay, danke
Ja 👍
Oui
Oui !
oui merci
Oui, s'il vous plaît
Oui, je confirme
Je confirme
Je confirme mon inscription
Oui, c'est moi
Oui, c'était bien moi
D'accord
d’accord
Bien sûr
Bien sûr !
Avec plaisir
Volontiers
Tout à fait
Oui, je veux bien
Oui, j'ai hâte de commencer
Allez-y
C'est parti
Je suis d'accord
Oui, je me suis inscrite
Je m'inscris
Bonjour,\n\noui, merci.\n\nCordialement,\nClaire
Bonjour, oui je voudrais recevoir les lettres
ok merci
Oui, d'accord
Ouais
Parfait, oui
Sí
Si
Sí!
¡Sí!
Sí, por favor
Sí, quiero
Sí, gracias
Claro
Claro que sí
¡Claro que sí!
Por supuesto
Vale
vale, gracias
De acuerdo
Está bien
Confirmo
Sí, confirmo
Sí, lo confirmo
Sí, fui yo
Fui yo
Soy yo
Adelante
Me apunto
Quiero recibir las cartas
Sí, me gustaría recibir los correos
Acepto
Con mucho gusto
Cuenten conmigo
Sí, me he suscrito
Hola,\n\nsí, por favor.\n\nUn saludo,\nLucía
Buenos días, sí quiero
empezar de nuevo
Dale
Sí claro
"""

DOUBTS = r"""
ja ja, schon klar
Ja, ja.
Passt schon, danke
Oui oui, c'est ça
Mais oui, bien sûr...
Vale ya
Ya vale
Sí ya
Sí, claro...
Sí, sí, claro
Claro, claro
Yeah yeah
yes 🙄
I'm okay, thanks
Correct this
Send them to hell
Yes\n\nActually no
Oui\n\nEn fait non
Sí\n\nMejor no
Yes\n\nMy wife typed this
Yes\n\nI am not Anna
Ja\n\nich bin nicht Anna
Yes\n\nI don't know any Anna
OK\n\nI don't remember this
Yes\n\nplease take my address out
Yes\n\nI never heard of you
Please confirm
Bitte bestätigen
Welcome! Please confirm your email address
no
No.
No thanks
Nope
No, it was not me.
I did not ask for this
I didn’t ask for this.
I never signed up for this
not interested
Who is this?
Hello,\nwho are you?
this wasn't me
fuck off
Wrong address
take me off
Delete my address
Please remove me
remove me
unsubscribe
Please stop
stop
yes?
Yes???
yes, who is this?
Yes, but who are you?
Yes I am angry, remove me
Yes I am angry
Yes, but it was my wife who signed me up
Is this spam?
Is this about the therapy thing?
yesterday I got this
Yesterday I got this.
I said yes to nothing
not yes
Not yet
Not now
maybe
Maybe later
I'm not sure
not sure
Why?
What is this?
What?
?
How did you get my address?
Please do not send me anything
Don't send me anything
Do not contact me again
ok?
ok stop
OK, remove me
sure, whatever
Yeah right
yeah right :/
Yes or no
yes and no
Thanks
Hello
Hi Anna,
Thank you for your mail
I got your mail
I received this by mistake
You have the wrong person
I want to die
I want to leave him
Yes\n\nWho is this?
Yes\n\nJust kidding, I never asked for this.
Yes. I did not ask for this.
Yes! Who is this?
👎
🤔
Yes 😡
sign me off
I want to stop
I want to cancel
I want out
Did I subscribe
Was it me
Can you confirm who you are
Please confirm who you are
He said yes
Could you tell me more first
Leave me alone
spam
No way
Nein
Nein danke
Nein, danke.
nee
Ich war das nicht
Das war ich nicht
Ich habe das nicht bestellt
Wer ist das?
Wer sind Sie?
Was soll das
Ja, aber wer sind Sie?
ja?
Ja aber nicht jetzt
Kein Interesse
Falsche Adresse
Bitte abmelden
Melden Sie mich ab
Bitte löschen Sie meine Adresse
Das muss ein Irrtum sein
Lassen Sie mich in Ruhe
Ich weiß nicht
vielleicht
Gestern kam diese Mail
Danke
Guten Tag
Non
Non, merci
Non merci
Ce n'est pas moi
Ce n'était pas moi
Je n'ai rien demandé
Je n'ai pas demandé cela
Qui êtes-vous ?
C'est quoi ?
Qu'est-ce que c'est
oui ?
Oui, mais qui êtes-vous ?
Oui mais non
Pas intéressé
Mauvaise adresse
Erreur
Désinscrivez-moi
Supprimez mon adresse
Laissez-moi tranquille
Peut-être
Je ne sais pas
Merci
Bonjour
No, gracias
No gracias
No fui yo
Yo no pedí esto
No he pedido nada
¿Quién es?
¿Quién eres?
¿Qué es esto?
¿sí?
Sí, pero ¿quién eres?
No me interesa
Dirección equivocada
Se ha equivocado
Quiero darme de baja
Baja
Borren mi dirección
Déjenme en paz
Quizás
No sé
Gracias
Hola
"""


MACHINES = r"""
Yes, this mailbox is not monitored
Ticket #4711 has been created
[Ticket #4711] Your request has been received
Thank you for contacting support. We will get back to you within 24 hours.
We have received your request and will respond shortly.
I am on holiday until 12 April
I am out of the office until Monday. Yes.
Yes, we have received your request
This is an automated response
Ihre Anfrage wurde unter der Nummer 12345 erfasst
Vielen Dank für Ihre Nachricht. Wir melden uns in Kürze.
Ich bin im Urlaub bis zum 12. April
Je suis en vacances jusqu'au 12 avril
Votre demande a bien été enregistrée sous le numéro 4711
Nous avons bien reçu votre message
Estoy de vacaciones hasta el 12 de abril
Su solicitud ha sido registrada con el número 4711
Hemos recibido su mensaje
"""


def listed(table: str) -> list[str]:
    """The replies of a table: one a line, with line breaks written out."""
    return [line.replace("\\n", "\n") for line in table.strip().split("\n")]
