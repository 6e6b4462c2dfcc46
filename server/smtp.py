"""The relay of the mail, by SMTP.

Nobody reads another's address: it is in the envelope only. No address is logged.
"""

import asyncio
import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formatdate

from persistence.mail_notices import MailDoubt, MailRefusal, MailUnsent
from persistence.records import MailCause

from .smtp_settings import SmtpSettings

SECONDS = 20
ACCEPTED = (250, 251)
PERMANENT = 500
SIGNATURE = (
    "Ce message est automatique : il ne contient rien de personnel, et ne demande "
    "jamais de mot de passe. N'y répondez pas."
)
SUBJECTS = {
    MailCause.LINES_RETURNED: "Une Caf vous renvoie des lignes de votre déclaration",
    MailCause.PERSONS_MISSING: "Il manque des personnes dans votre déclaration",
}
BODIES = {
    MailCause.LINES_RETURNED: (
        "Bonjour,\n\nUne Caf a renvoyé des lignes du certificat d'emploi de votre "
        "établissement, avec son motif. Connectez-vous au service Habilitations pour "
        "les lire et déposer un certificat corrigé.\n"
    ),
    MailCause.PERSONS_MISSING: (
        "Bonjour,\n\nDes personnes attendues dans le certificat d'emploi de votre "
        "établissement ne sont pas déclarées : le versement de leur allocation peut "
        "s'interrompre. Connectez-vous au service Habilitations pour les déclarer, ou "
        "dire pourquoi elles ne le sont pas.\n"
    ),
}


class SmtpRelay:
    """Hands mails to the relay of the settings."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings

    async def send(self, key: str, cause: MailCause, addresses: Sequence[str]) -> None:
        """One message for all. Raises MailUnsent, MailRefusal or MailDoubt."""
        message = self._message(key, cause)
        await asyncio.to_thread(self._deliver, message, addresses)

    def _message(self, key: str, cause: MailCause) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = SUBJECTS[cause]
        message["From"] = self._settings.sender
        message["To"] = "undisclosed-recipients:;"
        message["Date"] = formatdate()
        domain = self._settings.sender.rpartition("@")[2]
        message["Message-ID"] = f"<{key}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(f"{BODIES[cause]}\n{SIGNATURE}\n")
        return message

    def _deliver(self, message: EmailMessage, addresses: Sequence[str]) -> None:
        try:
            with self._connect() as relay:
                self._introduce(relay)
                self._address(relay, addresses)
                self._hand_over(relay, message)
        except (OSError, UnicodeError):  # SMTPException is an OSError
            raise MailUnsent from None

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        place = (settings.host, settings.port)
        if settings.is_tls_first:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(*place, timeout=SECONDS, context=context)
        return smtplib.SMTP(*place, timeout=SECONDS)

    def _introduce(self, relay: smtplib.SMTP) -> None:
        """Raise the connection to TLS where it is not on this machine, and sign in."""
        settings = self._settings
        if not settings.is_tls_first and not settings.is_local:
            relay.starttls(context=ssl.create_default_context())
        if settings.user is not None:
            relay.login(settings.user, settings.password or "")

    def _address(self, relay: smtplib.SMTP, addresses: Sequence[str]) -> None:
        """The envelope. One address that is refused does not keep the others away."""
        relay.ehlo_or_helo_if_needed()
        code, _ = relay.mail(self._settings.sender)
        codes = [code]
        if code in ACCEPTED:
            codes = [relay.rcpt(address)[0] for address in addresses]
        if any(code in ACCEPTED for code in codes):
            return
        if all(code >= PERMANENT for code in codes):
            raise MailRefusal
        raise MailUnsent

    def _hand_over(self, relay: smtplib.SMTP, message: EmailMessage) -> None:
        """The message. Once it is on its way, a silence is no refusal."""
        try:
            code, _ = relay.data(message.as_bytes())
        except smtplib.SMTPDataError:
            raise MailUnsent from None
        except OSError:
            raise MailDoubt from None
        if code in ACCEPTED:
            return
        raise MailRefusal if code >= PERMANENT else MailUnsent
