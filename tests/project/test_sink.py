"""The tests' own mail server."""

import smtplib

import pytest

from tests.fakes.smtp import Sink


def test_the_sink_counts_what_it_accepts_and_refuses_what_it_is_told_to() -> None:
    with Sink() as sink, smtplib.SMTP(sink.host, sink.port) as client:
        client.sendmail("a@example.com", ["b@example.com"], "Subject: x\r\nTo: b@example.com\r\n\r\nhello")
        sink.answer = lambda address, verb: "550 no such box" if verb == "RCPT" else None
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            client.sendmail("a@example.com", ["c@example.com"], "Subject: x\r\nTo: c@example.com\r\n\r\nhello")
        assert refused.value.recipients["c@example.com"][0] == 550
        assert sink.recipients == {"b@example.com": 1}
        assert sink.to("b@example.com")[0]["Subject"] == "x"
