"""What an adapter signs in with. Secrets are held so that nothing prints them."""

from dataclasses import dataclass

from console.clouds.secret import Secret


@dataclass(frozen=True, slots=True)
class Password:
    """A user of the cloud; `domain_name` is the account's name."""

    user_name: str
    password: Secret
    domain_name: str


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A permanent access key."""

    access_key: str
    secret_key: Secret


Credentials = Password | AccessKey
