"""dripcourse: e-mail courses that keep their promises, one lesson a week."""

__version__ = "0.1.0"
