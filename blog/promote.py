"""What an editor tells search engines and social sites of an article."""

from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel

PROMOTE_PANELS: list[Panel] = [
    MultiFieldPanel(
        [
            FieldPanel("slug", help_text="The last part of the address. If you change it, the old address leads here."),
            FieldPanel("seo_title", help_text="About 60 letters show in a search result. Empty: the page's title."),
            FieldPanel(
                "search_description",
                help_text="About 155 letters show: who it is for and what it answers. Empty: the deck stands in.",
            ),
        ],
        heading="For search engines",
    ),
    MultiFieldPanel([FieldPanel("share_picture"), FieldPanel("canonical_url")], heading="Elsewhere"),
]
