"""The vocabulary of the site: every word of what is published, so that a slip can be told from a rare word."""

from typing import ClassVar

from django.db import models

LONGEST = 40  # letters; what is longer is no word


class SearchWord(models.Model):
    """One word in lower case. New ones come with each publishing; once a day the table is counted anew."""

    text = models.CharField(max_length=LONGEST, unique=True)
    key = models.CharField(max_length=LONGEST, help_text="Without accents.")
    size = models.PositiveSmallIntegerField(help_text="Letters of the key.")
    uses = models.PositiveIntegerField(default=1, help_text="In how many articles, as of the last counting.")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["key"], name="search_word_key"),
            models.Index(fields=["size", "key"], name="search_word_size"),
        ]

    def __str__(self) -> str:
        return self.text
