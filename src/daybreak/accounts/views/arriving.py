"""Coming in with an invitation."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from daybreak.accounts.actions import NotPossible, accept_invitation
from daybreak.accounts.actions.invitations import open_invitation
from daybreak.accounts.forms import ArrivalForm


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def arrive(request: HttpRequest) -> HttpResponse:
    """Choose a name and a password, and be signed in. The key stands in the query, which no log keeps."""
    at = timezone.now()
    key = request.GET.get("key", "")[:200]
    invitation = open_invitation(key=key, at=at)
    if invitation is None:
        return render(request, "accounts/arrive.html", {"invitation": None, "form": None}, status=404)
    form = ArrivalForm(request.POST or None, initial={"name": invitation.user.name})
    if request.method == "POST" and form.is_valid():
        try:
            person = accept_invitation(key=key, at=at, **form.cleaned_data)
        except NotPossible as wrong:
            form.add_error("password", str(wrong))
        else:
            logout(request)  # somebody else may have sat here
            credentials = {"email": person.email, "password": form.cleaned_data["password"]}
            answer: HttpResponse = perform_password_login(
                request, credentials, Login(user=person, email=person.email)
            )
            return answer
    return render(request, "accounts/arrive.html", {"invitation": invitation, "form": form})
