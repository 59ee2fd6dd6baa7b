"""What the headers of a mail are for, in a few words, for whoever looks at one for the first time."""

GLOSSES = {
    "From": "A name that gives nothing away to whoever glances at the inbox.",
    "Date": "By the demo’s clock.",
    "Message-ID": "Made from the delivery’s own id.",
    "Reply-To": "An answer to this address finds its way to this very lesson.",
    "List-Id": "Lets a mail program sort the course into a folder, by its discreet name.",
    "List-Unsubscribe": "Gives mail programs their own button to leave.",
    "List-Unsubscribe-Post": "That button needs one click and no page (RFC 8058).",
    "Auto-Submitted": "Asks out-of-office messages to keep quiet.",
}
