"""The words beside the sign-up button, as they are recorded with every consent."""

from newsletter.models import ConsentWording

FIRST_WORDING = (
    "First we email you a link. The letter starts only once you press it. "
    "We use your address for this and nothing else, and every issue has a link to leave."
)


def current_wording() -> ConsentWording:
    """The newest wording; a new installation's first one is written down when it is first needed."""
    newest = ConsentWording.objects.order_by("-pk").first()
    return newest or ConsentWording.objects.create(text=FIRST_WORDING)


def shown_wording(pk: int | None) -> ConsentWording:
    """The wording that stood on the page the form came from, which a cache may have kept; else the newest."""
    shown = ConsentWording.objects.filter(pk=pk).first() if pk else None
    return shown or current_wording()
