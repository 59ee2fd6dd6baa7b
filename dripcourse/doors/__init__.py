"""Where mail comes in over a wire of its own: the SMTP and LMTP listener, and the mailbox that is polled."""
