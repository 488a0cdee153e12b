"""What must not stand in a log: the tokens of private links, which are as good as keys."""

import logging
import re

_PRIVATE = re.compile(r"(/(?:comments(?:/[a-z-]+)?|newsletter(?:/[a-z-]+)+)/)[A-Za-z0-9_:.~-]{16,}")


class HideTokens(logging.Filter):
    """Blanks the tokens of private links in every line, whoever writes it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without tokens."""
        message = record.getMessage()
        hidden = _PRIVATE.sub(r"\1[hidden]", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True
