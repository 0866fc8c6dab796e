"""The addresses of the desk that belong to everybody's house: start, sign-in, people, agencies, audit."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as directory
from django.urls import URLPattern, URLResolver, path, re_path

from daybreak.accounts.guard import open_to_all, signed_in
from daybreak.accounts.views import agencies, arriving, audit, people, start

# Names that begin with account_ and mfa_ are those by which django-allauth finds its own pages.
urlpatterns: list[URLPattern | URLResolver] = [
    path("", open_to_all(start.start), name="desk"),
    path("sign-in", open_to_all(account.login), name="account_login"),
    path("sign-in/code", open_to_all(factors.authenticate), name="mfa_authenticate"),
    path("sign-in/passkey", open_to_all(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("sign-in/again", signed_in(account.reauthenticate), name="account_reauthenticate"),
    path("sign-in/again/code", signed_in(factors.reauthenticate), name="mfa_reauthenticate"),
    path(
        "sign-in/again/passkey",
        signed_in(passkeys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("sign-in/<slug:provider_id>/go", open_to_all(directory.login), name="openid_connect_login"),
    path("sign-in/<slug:provider_id>/back", open_to_all(directory.callback), name="openid_connect_callback"),
    path("sign-in/cancelled", open_to_all(social.login_cancelled), name="socialaccount_login_cancelled"),
    path("sign-in/failed", open_to_all(social.login_error), name="socialaccount_login_error"),
    path("sign-in/unknown", open_to_all(social.signup), name="socialaccount_signup"),
    path("sign-out", open_to_all(account.logout), name="account_logout"),
    path("suspended", open_to_all(account.account_inactive), name="account_inactive"),
    path("password", signed_in(account.password_change), name="account_change_password"),
    path("password/first", signed_in(account.password_set), name="account_set_password"),
    path("password/forgotten", open_to_all(account.password_reset), name="account_reset_password"),
    path(
        "password/forgotten/sent",
        open_to_all(account.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)$",
        open_to_all(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/changed",
        open_to_all(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("second-factor", signed_in(factors.index), name="mfa_index"),
    path("second-factor/app", signed_in(totp.activate_totp), name="mfa_activate_totp"),
    path("second-factor/app/remove", signed_in(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("second-factor/passkeys", signed_in(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("second-factor/passkeys/add", signed_in(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path(
        "second-factor/passkeys/<int:pk>/remove",
        signed_in(passkeys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path("second-factor/codes", signed_in(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "second-factor/codes/new",
        signed_in(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("invitation", open_to_all(arriving.arrive), name="desk_arrive"),
    path("people", people.list_people, name="desk_people"),
    path("people/invite", people.invite, name="desk_invite"),
    path("people/<uuid:person>", people.one_person, name="desk_person"),
    path("people/<uuid:person>/<slug:step>", people.change_person, name="desk_person_change"),
    path("agencies", agencies.list_agencies, name="desk_agencies"),
    path("agencies/add", agencies.add_agency, name="desk_agency_add"),
    path("agencies/<slug:slug>", agencies.one_agency, name="desk_agency"),
    path("agencies/<slug:slug>/agreement", agencies.write_agreement, name="desk_agreement_write"),
    path("agencies/<slug:slug>/<slug:step>", agencies.change_agency, name="desk_agency_change"),
    path("agreements/<uuid:agreement>/end", agencies.end_agreement, name="desk_agreement_end"),
    path("audit", audit.show_audit, name="desk_audit"),
]
