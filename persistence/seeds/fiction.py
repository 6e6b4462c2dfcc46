"""The keys of the demonstration, in the open: what they hold is fiction. A production start never uses them."""

from hashlib import sha256

from persistence.vault import Vault


def fictional_vault() -> Vault:
    return Vault({"fiction": _key("seal")}, "fiction", _key("index"))


def _key(purpose: str) -> bytes:
    return sha256(f"fiction : {purpose}".encode()).digest()
