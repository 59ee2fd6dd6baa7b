"""Keys and what is made with them: sealing, blind indexes, tokens, and the lock behind a reader's passphrase."""
