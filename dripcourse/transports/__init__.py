"""The doors a mail leaves by, all of one shape (dripcourse.domain.mail.Transport) and blind to each other."""
