"""The panel on the admin's first page that says: somebody bombs people through the sign-up form."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from newsletter.actions import sign_up_alarm


class SignUpAlarmPanel(Component):
    """While the forms are flooded and for a day after the last alarm; nothing at all otherwise."""

    name = "sign_up_alarm"
    template_name = "newsletter/admin/alarm_panel.html"
    order = 70

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """`is_flooded` now, `unconfirmed` of the last hour, `last_alarm`."""
        is_flooded, last_alarm = sign_up_alarm.is_flooded(), sign_up_alarm.last_alarm()
        unconfirmed = sign_up_alarm.count_unconfirmed() if is_flooded or last_alarm else 0
        return {"is_flooded": is_flooded, "last_alarm": last_alarm, "unconfirmed": unconfirmed}


def add_alarm_panel(request: HttpRequest, panels: list[Any]) -> None:
    """For those who look after the list, and nobody else."""
    if request.user.has_perm(sign_up_alarm.RIGHT):
        panels.append(SignUpAlarmPanel())
