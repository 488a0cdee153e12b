"""`{% keep "name" what else it depends on %} … {% endkeep %}`: a part of a page that is drawn once a generation."""

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.utils.safestring import SafeString

from pagecache.keeping import kept_today

register = template.Library()


class KeepNode(Node):
    """Draws its inside, or gives what an earlier request of this generation drew."""

    def __init__(self, inside: NodeList, depends_on: list[FilterExpression]) -> None:
        self.nodelist = inside
        self.depends_on = depends_on

    def render(self, context: template.Context) -> SafeString:
        """The site and the day are always part of the key. A preview shows what is not saved: it is drawn each time."""
        request = context.get("request")
        if request is None or getattr(request, "is_preview", False):
            return self.nodelist.render(context)
        key = ("part", *(str(expression.resolve(context)) for expression in self.depends_on))
        return kept_today(request, key, lambda: self.nodelist.render(context))


@register.tag
def keep(parser: Parser, token: Token) -> KeepNode:
    """Keep what stands between this and `endkeep` until readers would see something else.

    The first value names the part; the others are everything that the inside depends on besides rows of the database,
    the site and the day: a key, a path. The inside may not depend on who reads, and what it sets with `as` is not
    known outside.
    """
    depends_on = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    if not depends_on:
        raise template.TemplateSyntaxError("“keep” needs a name")
    inside = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeepNode(inside, depends_on)
