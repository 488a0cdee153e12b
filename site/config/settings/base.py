"""What holds everywhere. Whatever differs between installations comes from the environment (`config.environment`)."""

from pathlib import Path

from config.environment import (
    access_key,
    cache,
    celery_broker,
    database,
    env,
    folder,
    mail,
    mail_address,
    one_of,
    service_address,
    time_zone,
    web_address,
    whole_number,
    yes_or_no,
)
from config.mail_environment import dkim, domain, esp, returned_mail
from config.mailchimp_environment import mailchimp

BASE_DIR = Path(__file__).resolve().parents[3]
VAR = folder("WELLPRESS_VAR", BASE_DIR / "var")  # everything that is written at run time

INSTALLED_APPS = [
    "home",
    "newsletter",
    "blog",
    "letters",
    "guard",
    "inbox",
    "pagecache",
    "images",
    "users",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pagecache.middleware.SharedPagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "blog.old_addresses.OldAddressMiddleware",
    "home.reading.ReadingSettingsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
            "builtins": ["django.templatetags.static", "wagtail.templatetags.wagtailcore_tags"],
        },
    },
]

DATABASES = {"default": database(f"sqlite:///{VAR / 'wellpress.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": cache("locmemcache://wellpress"),
    # A cut that another process has replaced must not live on in the memory of this one.
    "renditions": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
# Log-ins survive a restart and are the same for all processes, whatever CACHE_URL says.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "sessionid"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True

# Who sends one of these gets pages of their own, which no cache may share (docs/cacheable-pages.md).
PAGECACHE_PERSONAL_COOKIES = [SESSION_COOKIE_NAME, "text", "colours"]
# Apps and models that no reader's page shows: saving one of their rows begins no new generation.
PAGECACHE_UNSEEN = {
    *("pagecache", "guard", "letters", "users", "auth", "sessions", "contenttypes", "wagtailusers", "wagtailadmin"),
    *("wagtailsearch", "wagtailembeds", "images.siterendition", "wagtailimages.rendition"),
    *(f"wagtailcore.{name}" for name in ("revision", "referenceindex", "modellogentry", "pagelogentry", "task")),
    *(f"wagtailcore.{name}" for name in ("taskstate", "workflow", "workflowstate", "workflowtask", "workflowpage")),
    *(f"wagtailcore.{name}" for name in ("workflowcontenttype", "groupapprovaltask", "comment", "commentreply")),
    *(f"wagtailcore.{name}" for name in ("pagesubscription", "uploadedfile", "apitoken", "grouppagepermission")),
    *(f"wagtailcore.{name}" for name in ("groupcollectionpermission", "groupsitepermission")),
    *("home.searchword", "blog.importeditem", "blog.outwardlink", "blog.reviewreminder", "blog.medicalreviewtask"),
    *(f"blog.{name}" for name in ("commenter", "commentreport", "helpfulvote", "ban", "refusalreason", "savedreply")),
    *(f"blog.{name}" for name in ("akismetcheck", "akismetfeedback", "akismetstatus", "learntword")),
    *(f"newsletter.{name}" for name in ("subscriber", "consent", "suppression", "dispatch", "chunk", "slot")),
    *(f"newsletter.{name}" for name in ("delivery", "ebookgrant", "subscriberimport", "importline", "segment")),
    *("newsletter.signuprequest", "newsletter.consentorigin", "newsletter.editionnotice"),
    *(f"newsletter.{name}" for name in ("offercode", "redemption", "addresschange", "leaverequest", "mailevent")),
    *(
        f"newsletter.{name}"
        for name in ("lettertext", "welcomestep", "seriesletter", "draftschedule", "draftrun", "checkrun", "approval")
    ),
    *(f"newsletter.{name}" for name in ("follow", "follownews", "follownotice")),
    *(f"newsletter.{name}" for name in ("issuelink", "click", "departure", "keptnews")),
    *(f"newsletter.{name}" for name in ("mailchimpstep", "campaign", "campaigntrial")),
    *(f"newsletter.mailchimp{name}" for name in ("connection", "health", "line", "errand", "member", "event", "walk")),
}

AUTH_USER_MODEL = "users.User"
LOGIN_URL = "wagtailadmin_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = time_zone("Europe/London")
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "site" / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Files that only a signed link may reach: no public address leads here.
    "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR / "private"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SITE_URL = web_address("SITE_URL", "http://127.0.0.1:8000")  # links in mails come from here, never from a request
SENDING_ENABLED_FOR = env.str("SENDING_ENABLED_FOR", default="")
DEFAULT_FROM_EMAIL = mail_address("DEFAULT_FROM_EMAIL", "Wellpress <letters@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
globals().update(mail("smtp://127.0.0.1:1025"))
EMAIL_TIMEOUT = 30

DKIM = dkim()  # what is handed to a mail server is signed here, where it does not sign itself
RETURN_PATH_DOMAIN = domain("RETURN_PATH_DOMAIN")  # mail comes back to an address of its own there
RETURNED_MAIL_URL = returned_mail()  # the mailbox of what came back

NEWSLETTER_SENDER = "newsletter.senders.mail.MailSender"
LETTERS_BY_ESP = False
ESP = ESP_STREAM = ESP_WEBHOOK_SECRET = ""
globals().update(esp())  # a provider of mail instead of a mail server
NEWSLETTER_CONNECTIONS = whole_number("NEWSLETTER_CONNECTIONS", 16, least=1)  # open to the mail server, in one run
NEWSLETTER_PROCESSES = whole_number("NEWSLETTER_PROCESSES", 1, least=1)  # runs of one dispatch at the same time
NEWSLETTER_LEASE_SECONDS = whole_number("NEWSLETTER_LEASE_SECONDS", 30, least=1)  # until a dead one's readers go on
# When nobody can say whether a message was handed over: send it once more, or hold it for a person.
NEWSLETTER_UNKNOWN_POLICY = one_of("NEWSLETTER_UNKNOWN_POLICY", ("resend", "hold"))

# How many proxies of our own stand in front, each adding to X-Forwarded-For; 0: that header is not believed.
TRUSTED_PROXIES = whole_number("TRUSTED_PROXIES", 0)

LINK_CHECKS = yes_or_no("LINK_CHECKS", default=True)  # whether the worker asks other servers about links in articles
LINK_CHECKS_MAY_REACH_LOOPBACK = False  # for the tests' own servers alone: no variable opens it

# Asked about comments where our own check is unsure and the site's comment settings say so (docs/akismet.md).
AKISMET_API_KEY = access_key("AKISMET_API_KEY")
AKISMET_API_URL = service_address("AKISMET_API_URL", "https://rest.akismet.com")
globals().update(mailchimp())  # MAILCHIMP_… (docs/mailchimp.md)

WAGTAIL_SITE_NAME = "Wellpress"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILIMAGES_IMAGE_MODEL = "images.SiteImage"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000
WAGTAILIMAGES_JPEG_QUALITY = 75  # what mails show; pages take AVIF or WebP where the browser can
WAGTAILIMAGES_WEBP_QUALITY = 75
WAGTAILIMAGES_AVIF_QUALITY = 55
WAGTAILDOCS_EXTENSIONS = ["pdf"]
# Words as they stand, whatever language the database server takes for its own: plurals are the search page's matter.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "simple"}}
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
# The admin asks nobody outside.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False

CELERY_BROKER_URL = celery_broker(f"sqlite:///{VAR / 'broker.sqlite3'}")
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "polling_interval": 0.5}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "celerybeat-schedule")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"tokens": {"()": "config.logs.HideTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["tokens"]}},
    "root": {"handlers": ["console"], "level": one_of("LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR"))},
    # Two lines for each saved page, one for each question to Akismet, and one for each entry of the history that the
    # admin shows anyway.
    # Of answers, those of 500 and above: a form that is sent back and a page that is missing are no faults of the site.
    "loggers": {
        "django_tasks": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},  # would write down all headers
        "wagtail": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}
