"""The addresses of pages that mails link to. `web` serves the same paths; a test compares the two."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of an installation; a token is made by the keyring for the purpose that its page is named for."""

    base_url: str
    """Without a slash at its end."""

    def course(self, cover: str) -> str:
        """The sign-up page of a course."""
        return f"{self.base_url}/c/{cover}"

    def clean_copy(self, cover: str, number: int) -> str:
        """A lesson without any reader's links, to show to somebody else."""
        return f"{self.base_url}/c/{cover}/l/{number:02d}"

    def confirm(self, token: str) -> str:
        """The page with the button that confirms a sign-up."""
        return f"{self.base_url}/confirm/{token}"

    def me(self, token: str) -> str:
        """The reader's own page."""
        return f"{self.base_url}/me/{token}"

    def leave(self, token: str) -> str:
        """The page that ends a course; a one-click unsubscribe is posted to it (RFC 8058)."""
        return f"{self.base_url}/leave/{token}"

    def own_words(self, token: str) -> str:
        """The page behind a fresh link to one's own words."""
        return f"{self.base_url}/own/{token}"

    def was_it_you(self, token: str) -> str:
        """The page that asks whether a mail from another address was the reader's."""
        return f"{self.base_url}/was-it-you/{token}"

    @property
    def support(self) -> str:
        """The people who answer today."""
        return f"{self.base_url}/support"
