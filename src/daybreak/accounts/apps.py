"""Registers the room accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The people who work with Daybreak, their agencies and their roles."""

    name = "daybreak.accounts"

    def ready(self) -> None:
        """Listen for what people do at django-allauth's pages."""
        from allauth.account import signals as account
        from allauth.mfa import signals as factors

        from daybreak.accounts.actions import signing_in as told

        for signal, told_by in (
            (account.user_logged_in, told.note_sign_in),
            (account.password_changed, told.note_password),
            (account.password_set, told.note_password),
            (account.password_reset, told.note_password),
            (factors.authenticator_added, told.note_enrolment),
            (factors.authenticator_removed, told.note_removal),
        ):
            signal.connect(told_by, dispatch_uid=f"daybreak-{told_by.__name__}")
