"""The doors a mail leaves by: what every one of them promises, and what each promises besides."""
