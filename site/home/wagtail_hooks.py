"""What the whole site adds to the admin."""

from wagtail import hooks

from home import ready_panel

hooks.register("construct_homepage_panels", ready_panel.add_panel)
