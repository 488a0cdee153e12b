"""The outline icons of the site: 24 px, drawn in the colour of the text around them."""

from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_CLOCK = '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.2l3.4 2"/>'

ICONS = {
    "arrow": '<path d="M5 12h14M13 6l6 6-6 6"/>',
    "back": '<path d="M19 12H5M11 6l-6 6 6 6"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "clock": _CLOCK,
    "close": '<path d="M6 6l12 12M18 6 6 18"/>',
    "comment": '<path d="M4 5.5h16v10h-9L6.5 19v-3.5H4Z"/>',
    "download": '<path d="M12 4v11M7 11l5 5 5-5M5 20h14"/>',
    "error": '<circle cx="12" cy="12" r="9"/><path d="M12 7v6M12 16.4v.1"/>',
    "gift": '<path d="M4 11h16v9H4zM3 7.5h18V11H3zM12 7.5V20M12 7.5c-1-4-6-4.5-6-1.5 0 1.5 2.5 1.5 6 1.5Zm0 0c1-4 '
    '6-4.5 6-1.5 0 1.5-2.5 1.5-6 1.5Z"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.5v.1"/>',
    "leaf": '<path d="M5 19c0-8 5-13 14-14 0 9-5 14-12 14M5 19c2-4 5-7 9-9"/>',
    "mail": '<rect x="3.5" y="5.5" width="17" height="13" rx="2"/><path d="m4 7 8 6 8-6"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "pencil": '<path d="m5 19 1-4L16 5l3 3L9 18l-4 1ZM13.5 7.5l3 3"/>',
    "print": '<path d="M7 9V4h10v5M7 17H4v-7h16v7h-3M7 14h10v6H7z"/>',
    "reply": '<path d="M10 6 4 12l6 6M4 12h9c4 0 7 2 7 6"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5 5"/>',
    "link": '<path d="M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7L12 7M14 10a4 4 0 0 0-6-.4l-3 3A4 4 0 0 0 10.7 18.3'
    'L12 17"/>',
    "play": '<path d="M8 5.5v13l11-6.5Z"/>',
    "up": '<path d="M12 19V5M6 11l6-6 6 6"/>',
    "umbel": '<path d="M12 21v-6M12 15 4.5 10M12 15 8 6.5M12 15l4-8.5M12 15l7.5-5M12 15V5"/>'
    '<circle cx="4" cy="9.5" r="1.4"/><circle cx="7.7" cy="5.7" r="1.4"/><circle cx="12" cy="4" r="1.4"/>'
    '<circle cx="16.3" cy="5.7" r="1.4"/><circle cx="20" cy="9.5" r="1.4"/>',
    # The styles of a callout
    "note": '<path d="M12 11v6M12 7.2v.1"/>',
    "tip": '<path d="M5 19c0-8 5-13 14-14 0 9-5 14-12 14M5 19c2-4 5-7 9-9"/>',
    "caution": '<path d="M12 7v6M12 16.8v.1"/>',
    "urgent": '<path d="M6 4h3.5l1.5 4.5L8.8 10a11 11 0 0 0 5.2 5.2l1.5-2.2 4.5 1.5V18a2 2 0 0 1-2.2 2A16 16 0 0 1 4 '
    '6.2 2 2 0 0 1 6 4Z"/>',
    "reviewer": '<path d="M6 4v5a4 4 0 0 0 8 0V4M6 4H4.5M14 4h1.5M10 13v3a4 4 0 0 0 8 0v-2"/>'
    '<circle cx="18" cy="12" r="2"/>',
    # The style of a reusable note that no callout has
    "evidence": '<path d="M12 4v16M8 20h8M5 7h14M5 7l-2.5 6h5ZM19 7l-2.5 6h5Z"/>',
    # The topics (Topic.Icon)
    "pain": '<circle cx="12" cy="12" r="2"/><circle cx="12" cy="12" r="5.5"/><circle cx="12" cy="12" r="9"/>',
    "sleep": '<path d="M19.5 14.5A8 8 0 1 1 10 4.5a6.5 6.5 0 0 0 9.5 10Z"/>',
    "heart": '<path d="M12 20S4 15 4 9.3A4.3 4.3 0 0 1 12 7a4.3 4.3 0 0 1 8 2.3C20 15 12 20 12 20Z"/>',
    "mind": '<circle cx="9" cy="12" r="5.5"/><circle cx="15" cy="12" r="5.5"/>',
    "movement": '<path d="M5 20c0-5 14-4 14-9 0-4-9-3-9-7M5 20h.1M10 4h.1"/>',
    "food": '<path d="M4 12h16a8 8 0 0 1-16 0ZM9 9c0-3 2-3 2-5M14 9c0-2 1.5-2.5 1.5-4"/>',
    "medicines": '<rect x="2.8" y="8" width="18.4" height="8" rx="4" transform="rotate(-38 12 12)"/>'
    '<path d="m9.6 8.9 4.9 6.2"/>',
    "ageing": '<path d="M12 3.5c5 0 8.5 3.5 8.5 8.5S17 20.5 12 20.5 3.5 17 3.5 12 7 3.5 12 3.5ZM12 7.5c2.7 0 4.5 1.8 '
    '4.5 4.5s-1.8 4.5-4.5 4.5S7.5 14.7 7.5 12 9.3 7.5 12 7.5ZM12 11v2"/>',
}


@cache  # a page draws the same few again and again
def draw_icon(name: str, *, small: bool = False) -> SafeString:
    """The inline SVG of the icon `name` (a key of `ICONS`; KeyError for others), hidden from assistive technology."""
    size = " icon--s" if small else ""
    shape = mark_safe(ICONS[name])  # our own constant
    return format_html('<svg class="icon{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', size, shape)
