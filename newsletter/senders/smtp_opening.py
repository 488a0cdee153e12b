"""Opens a connection to the mail server of Django's EMAIL_* settings: name, certificate and log-in, by smtplib."""

import smtplib
import ssl

from django.conf import settings
from django.core.mail.utils import DNS_NAME

from newsletter.senders.smtp_line import Line


def open_line() -> Line:
    """A line on which a message can begin. It waits. Raises OSError (smtplib's errors are some) or ValueError."""
    context = _tls_context()
    client = _connect(context)
    try:
        client.ehlo_or_helo_if_needed()
        if settings.EMAIL_USE_TLS:
            client.starttls(context=context)
            client.ehlo()
        if settings.EMAIL_HOST_USER and settings.EMAIL_HOST_PASSWORD:
            client.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    except BaseException:
        client.close()
        raise
    if client.sock is None:
        raise smtplib.SMTPServerDisconnected("the mail server closed the connection")
    return Line(client.sock, client.esmtp_features)


def _connect(context: ssl.SSLContext | None) -> smtplib.SMTP:
    where = (settings.EMAIL_HOST, settings.EMAIL_PORT)
    options = {"local_hostname": DNS_NAME.get_fqdn(), "timeout": settings.EMAIL_TIMEOUT or 30}
    if settings.EMAIL_USE_SSL:
        return smtplib.SMTP_SSL(*where, context=context, **options)
    return smtplib.SMTP(*where, **options)


def _tls_context() -> ssl.SSLContext | None:
    """Certificates are checked, and names with them. None without TLS: reading all the roots costs more than a mail."""
    if not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL):
        return None
    context = ssl.create_default_context()
    if settings.EMAIL_SSL_CERTFILE or settings.EMAIL_SSL_KEYFILE:
        context.load_cert_chain(settings.EMAIL_SSL_CERTFILE or "", settings.EMAIL_SSL_KEYFILE)
    return context
