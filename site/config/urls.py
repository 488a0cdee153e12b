"""All addresses of the site."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail import views as wagtail_views
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from pagecache.views import shared

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("home.urls")),
    path("", include("blog.urls")),
    path("newsletter/", include("newsletter.urls")),
]

if getattr(settings, "INBOX_FOLDER", None):
    urlpatterns.append(path("mail/", include("inbox.urls")))
if getattr(settings, "SERVE_MEDIA", False):  # a laptop; on a server the front server or the storage does it
    urlpatterns.append(path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}))

shared(wagtail_views.serve)  # every page of the tree that is open to all
urlpatterns.append(path("", include(wagtail_urls)))

handler404 = "home.views.page_not_found"
handler500 = "home.views.server_error"
