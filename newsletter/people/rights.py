"""Who may do what with the list."""

MENU_HOOK = "register_people_menu_item"  # of the menu “Subscribers”
SEE, IMPORT, SUPPRESS = "newsletter.view_subscriber", "newsletter.add_subscriberimport", "newsletter.add_suppression"
ERASE = SUPPRESS  # it keeps the mailbox off the list as well
LIFT = "newsletter.delete_suppression"
SEGMENT = "newsletter.change_segment"
