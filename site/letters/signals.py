"""What others may listen to."""

from django.dispatch import Signal

# A mail server refused the address of a letter for good. `letter`; `reply`: its words, without the code.
letter_refused = Signal()
