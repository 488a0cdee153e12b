"""Pictures, and videos that ask before anything is loaded from elsewhere."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.images.blocks import ImageBlock, ImageChooserBlock

from blog.videos import Video, read_video

from .words import TEXT_FEATURES


class PictureBlock(blocks.StructBlock):
    """A picture with its caption; Wagtail's ImageBlock asks for alternative text or "decorative"."""

    image = ImageBlock()
    caption = blocks.CharBlock(required=False, max_length=250)

    class Meta:
        icon = "image"
        template = "blog/blocks/picture.html"
        label_format = "{caption}"
        description = "A picture, with words for those who cannot see it, and a caption."


class VideoValue(blocks.StructValue):
    """A video with what its address means."""

    @property
    def video(self) -> Video | None:
        """The video behind the address; None if no provider that we know has it."""
        return read_video(self.get("address") or "")


class VideoBlock(blocks.StructBlock):
    """A video at YouTube or Vimeo. Nothing is asked of them before the reader presses."""

    title = blocks.CharBlock(max_length=160, help_text="What the video shows.")
    address = blocks.URLBlock(help_text="Of the video at YouTube or Vimeo.")
    minutes = blocks.IntegerBlock(required=False, min_value=1, max_value=600, help_text="How long it takes to watch.")
    picture = ImageChooserBlock(required=False, help_text="Of our own, shown until the reader presses play.")
    transcript = blocks.RichTextBlock(
        required=False, features=TEXT_FEATURES, help_text="What is said and shown, for those who read or cannot hear."
    )

    def clean(self, value: Any) -> Any:
        """Refuse an address in which no video of a known provider can be found."""
        cleaned = super().clean(value)
        if cleaned["address"] and cleaned.video is None:
            words = "Paste the address of one video at YouTube or Vimeo: https://www.youtube.com/watch?v=…"
            raise blocks.StructBlockValidationError({"address": ValidationError(words)})
        return cleaned

    class Meta:
        icon = "media"
        template = "blog/blocks/video.html"
        value_class = VideoValue
        label_format = "{title}"
        description = "A video at YouTube or Vimeo that is loaded only when the reader presses play."
        preview_value: ClassVar[dict[str, Any]] = {
            "title": "Getting up from the floor",
            "address": "https://vimeo.com/76979871",
            "minutes": 4,
            "picture": None,
            "transcript": "<p>Turn to your side first.</p>",
        }
