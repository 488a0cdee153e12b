"""Every letter whose words editors may change: what it is for, what it may hold, the words it has by default.

A new kind is one entry here and one function in `newsletter.letters`; a row to edit appears with the next migration.
"""

from dataclasses import dataclass

# What may stand in curly brackets, with what a preview shows for it.
SAMPLES = {
    "name": "Margaret",
    "newsletter": "Meadowsweet",
    "ebook": "A calmer day with pain",
    "about_book": "Small, practical ideas for hard days.",
    "days": "seven",
    "downloads": "five",
    "edition": "Second edition",
    "changes": "What is new: six ideas for the night.",
    "hours": "24",
    "masked": "m…t@example.com",
    "follow": "new articles by Tomas Vetch",
    "follows": "new articles by Tomas Vetch",
    "headline": "New: Sleeping when it hurts",
}
EVERYWHERE = ("name", "newsletter")
OF_A_BOOK = ("ebook", "about_book", "days", "downloads")

_BOOK_LINK = "The link is for you alone. It works for {days} days and {downloads} downloads"
_NOT_YOU = (
    "The button opens a page of ours. Press the button there as well, so that we know it was you. The link works for "
    "{days} days. If this was not you, do nothing: you will not be on any list, and we delete your address within two "
    "weeks."
)
_NOT_YET = "You are not on any list yet. We write nothing else to you before you confirm."
_SPAM_FOLDER = (
    "From now on you get one issue a month. If it does not arrive, look in the spam folder and mark it as safe."
)


@dataclass(frozen=True, slots=True)
class LetterKind:
    """One letter. `before` and `after` the button are paragraphs, with an empty line between two.

    `button` and `foot` are not for editing: what a button does and why somebody is written to must stay true. An empty
    `foot` says that the reader joined, and has the link to leave.
    """

    label: str
    when: str
    subject: str
    preview_line: str
    heading: str
    before: str
    button: str = ""
    after: str = ""
    foot: str = ""
    has_articles: bool = False  # what is new stands below the words
    fields: tuple[str, ...] = EVERYWHERE


LETTER_KINDS: dict[str, LetterKind] = {
    "confirm": LetterKind(
        label="Confirmation, with an e-book on offer",
        when="Somebody entered an address in a form.",
        subject="Please confirm your address: then the e-book is yours",
        preview_line="One press here, one on our page, then the e-book and the first letter.",
        heading="Two presses, and the book is yours",
        before=(
            "Hello {name},\n\nSomebody, we hope you, asked for our monthly letter and the free e-book “{ebook}” at "
            "this address."
        ),
        button="Yes, send me the e-book",
        after=_NOT_YOU,
        foot=_NOT_YET,
        fields=(*EVERYWHERE, "ebook", "about_book", "days"),
    ),
    "confirm_plain": LetterKind(
        label="Confirmation, without an e-book",
        when="Somebody entered an address in a form, and no e-book is on offer.",
        subject="Please confirm your address",
        preview_line="One press here, one on our page, then the first letter.",
        heading="Two presses, and you are on the list",
        before="Hello {name},\n\nSomebody, we hope you, asked for our monthly letter at this address.",
        button="Yes, send me the letter",
        after=_NOT_YOU,
        foot=_NOT_YET,
        fields=(*EVERYWHERE, "days"),
    ),
    "confirm_follow": LetterKind(
        label="Confirmation, for somebody who wants to follow something",
        when="Somebody entered an address to follow an author, a topic or an article, and is not on the list.",
        subject="Please confirm your address",
        preview_line="One press here, one on our page; then we tell you of {follow}.",
        heading="Two presses, and we tell you",
        before=(
            "Hello {name},\n\nSomebody, we hope you, asked us to write to this address of {follow}. Our monthly letter "
            "comes with it."
        ),
        button="Yes, tell me",
        after=_NOT_YOU,
        foot=_NOT_YET,
        fields=(*EVERYWHERE, "follow", "ebook", "days"),
    ),
    "welcome": LetterKind(
        label="Welcome, with the e-book",
        when="Somebody confirmed the address.",
        subject="Your e-book: {ebook}",
        preview_line="The link to your book, and what happens next.",
        heading="Thank you. Here is your book",
        before="Hello {name},\n\n“{ebook}” is yours to keep and to print. {about_book}",
        button="Download the e-book",
        after=f"{_BOOK_LINK}; after that its page sends you a new one.\n\n{_SPAM_FOLDER}",
        fields=(*EVERYWHERE, *OF_A_BOOK),
    ),
    "welcome_plain": LetterKind(
        label="Welcome, without an e-book",
        when="Somebody confirmed the address, and no e-book is on offer.",
        subject="You are on the list",
        preview_line="What happens next.",
        heading="Thank you. You are on the list",
        before=f"Hello {{name}},\n\n{_SPAM_FOLDER}",
    ),
    "already_subscribed": LetterKind(
        label="Already on the list",
        when="An address that is on the list was entered again. Once a day at most.",
        subject="You are already on the list",
        preview_line="Nothing to do: the next issue comes to you.",
        heading="You are already on the list",
        before=(
            "Hello {name},\n\nSomebody, perhaps you, has just asked for our monthly letter at this address. You "
            "joined some time ago, so there is nothing to do: the next issue comes to you as usual.\n\nIf issues do "
            "not arrive, look in the spam folder and mark one as safe."
        ),
    ),
    "ebook_link": LetterKind(
        label="A new link to the e-book",
        when="A reader’s link to a book was used up, and they asked for a new one.",
        subject="A new link to your e-book",
        preview_line="It works for {days} days.",
        heading="A new link to your book",
        before="Hello {name},\n\nHere is a new link to “{ebook}”, because the old one was used up.",
        button="Download the e-book",
        after=f"{_BOOK_LINK}.",
        foot="You get this because a new link was asked for on our site.",
        fields=(*EVERYWHERE, *OF_A_BOOK),
    ),
    "follow": LetterKind(
        label="The link to follow something",
        when="An address that is on the list was entered to follow an author, a topic or an article.",
        subject="Shall we tell you of {follow}?",
        preview_line="One press on the page that the button opens.",
        heading="Shall we tell you?",
        before="Hello {name},\n\nSomebody, we hope you, asked us to write to this address of {follow}.",
        button="Yes, tell me",
        after=(
            "The button opens a page that asks once more; the link works for {days} days. If this was not you, do "
            "nothing: all stays as it is."
        ),
        fields=(*EVERYWHERE, "follow", "days"),
    ),
    "followed": LetterKind(
        label="News of what somebody follows",
        when="An article came out, or was changed in substance, that a reader follows. Once a day at most.",
        subject="{headline}",
        preview_line="You asked us to tell you of {follows}.",
        heading="What is new for you",
        before="Hello {name},\n\nYou asked us to tell you of {follows}.",
        has_articles=True,
        fields=(*EVERYWHERE, "headline", "follows"),
    ),
    "new_edition": LetterKind(
        label="A new edition of an e-book",
        when="An editor has the earlier readers of a book told of its new edition.",
        subject="A new edition of “{ebook}”",
        preview_line="It is yours as the first one was.",
        heading="A new edition of your book",
        before=("Hello {name},\n\nYou were given “{ebook}” by us. There is a new edition now: {edition}.\n\n{changes}"),
        button="Download the new edition",
        after=f"{_BOOK_LINK}; after that its page sends you a new one.",
        fields=(*EVERYWHERE, "ebook", "about_book", "edition", "changes", "days", "downloads"),
    ),
    "goodbye": LetterKind(
        label="Goodbye",
        when="Somebody left the list.",
        subject="You have left the list",
        preview_line="No issue comes to you any more. This is the last letter.",
        heading="Goodbye, and thank you for reading",
        before=(
            "Hello {name},\n\nYou are off our list, and no issue comes to you any more. One that was on its way this "
            "very minute may still arrive."
        ),
        button="That was a slip: put me back",
        after=(
            "The button opens a page that puts you back, within 24 hours. After that, please sign up again as on the "
            "first day: you are welcome at any time."
        ),
        foot="You get this because somebody, we hope you, left our list. Nothing else follows.",
    ),
    "mailchimp_form": LetterKind(
        label="One more form, at Mailchimp",
        when=(
            "Somebody confirmed here whom Mailchimp takes back by its own form alone: they left, bounced or were "
            "deleted there once."
        ),
        subject="One more form before issues reach you",
        preview_line="Our mail service asks you once itself.",
        heading="One more form, please",
        before=(
            "Hello {name},\n\nThank you for coming back. You are on our list. Mailchimp, the service that sends our "
            "issues, had noted that this address must not be mailed, and only you can change that: by its own form.\n\n"
            "The button opens that form. Enter this address there. Until then you get our letters, but not the issues "
            "that Mailchimp sends."
        ),
        button="Open the form",
    ),
    "leave_link": LetterKind(
        label="The link to leave",
        when="Somebody who is on the list entered their address on the page for leaving.",
        subject="Your link to leave the list",
        preview_line="One press on the page that it opens.",
        heading="Your link to leave the list",
        before="Hello {name},\n\nSomebody, we hope you, asked on our site to leave the list with this address.",
        button="Leave the list",
        after="The button opens a page that asks once more. If this was not you, do nothing: you stay on the list.",
        foot="You get this because this address was entered on our page for leaving.",
    ),
    "own_link": LetterKind(
        label="The link to everything of one’s own",
        when="A subscriber asked on their own page for the link that also changes the address, downloads and erases.",
        subject="The link to your own page",
        preview_line="To change your address, to take a copy of everything we keep, or to have it erased.",
        heading="Your own page, all of it",
        before=(
            "Hello {name},\n\nSomebody, we hope you, asked for this link. With it you can change your address, take a "
            "copy of everything that we keep about you, or have it erased."
        ),
        button="Open my page",
        after=(
            "The link works for {hours} hours. Do not pass this letter on: whoever has the link can do all that. If it "
            "was not you who asked, do nothing."
        ),
        foot="You get this because this link was asked for on your own page.",
        fields=(*EVERYWHERE, "hours"),
    ),
    "new_address": LetterKind(
        label="Change of address: to the new one",
        when="A subscriber wants the letter at another address.",
        subject="Is this your new address?",
        preview_line="One press on our page, and our letter comes here.",
        heading="Is this your new address?",
        before=("Hello,\n\nSomebody who gets our monthly letter, we hope you, wants it at this address from now on."),
        button="Yes, send it here",
        after=(
            "The button opens a page of ours. Press the button there as well, so that we know it was you. The link "
            "works for {days} days. If this was not you, do nothing: this address then gets nothing more."
        ),
        foot="You get this because this address was given as a subscriber’s new one. You are not on any list by that.",
        fields=(*EVERYWHERE, "days"),
    ),
    "address_changed": LetterKind(
        label="Change of address: to the old one",
        when="A subscriber’s address was changed. It goes to the one before.",
        subject="Our letter goes to another address now",
        preview_line="If this was not you, one press puts it back.",
        heading="Your address was changed",
        before=(
            "Hello {name},\n\nOur monthly letter goes to another address from now on: {masked}. Both ends have agreed "
            "to it: a link that we had mailed here, and a button in a letter to the new address.\n\nIf that was you, "
            "there is nothing to do, and we write to this address no more."
        ),
        button="This was not me: put it back",
        after="The link works for {days} days. It opens a page that asks once more.",
        foot="You get this because this was the address of a subscriber until today.",
        fields=(*EVERYWHERE, "masked", "days"),
    ),
    "still_reading": LetterKind(
        label="Do you still read us?",
        when="A subscriber has shown no sign of life for as many months as the newsletter’s page says. Once.",
        subject="Shall we go on writing to you?",
        preview_line="One press, and the letter keeps coming.",
        heading="Do you still read us?",
        before=(
            "Hello {name},\n\nOur letter has come to you for a long time, and we cannot know whether you still read "
            "it. We would rather not fill an inbox in which nobody looks."
        ),
        button="Yes, keep it coming",
        after=(
            "The button opens a page of ours with one more button. If we hear nothing within {days} days, we take you "
            "off the list and write no more. You can come back at any time."
        ),
        fields=(*EVERYWHERE, "days"),
    ),
}
