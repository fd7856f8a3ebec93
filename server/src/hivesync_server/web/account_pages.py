"""The pages that links in our mails open. Opening one changes nothing, since mail scanners open links, too.

The token is in the fragment of the link; a small script of ours puts it into the form. These pages know no
cookie: who has the token may act, and nobody else, so a form sent from elsewhere gains nothing.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from hivesync_server.auth.credentials.service import Credentials, CredentialsDep
from hivesync_server.auth.errors import MailedTokenUnknown, TooManyMails
from hivesync_server.auth.schemas import Email, NewPassword
from hivesync_server.http.route import ApiRoute
from hivesync_server.http.security_headers import PAGE_POLICY
from hivesync_server.web.pages import message, page

router = APIRouter(prefix="/account", include_in_schema=False, route_class=ApiRoute)

_TITLES = {
    "verify": ("Confirm your email address", "Confirm"),
    "revert": ("Take your email address back", "Take it back and end all sessions"),
    "reset": ("Choose a new password", "Set the password"),
    "forgot": ("Forgot your password?", "Mail me a link"),
}
_DONE = {
    "verify": ("Address confirmed", "You can sign in now."),
    "revert": ("Address restored", "All sessions were ended. We have mailed you a link to a new password."),
    "reset": ("Password set", "All sessions and API keys were ended. You can sign in with the new password."),
    "forgot": ("Look into your mail", "If the address has an account, a link is on its way to it."),
}
_email, _new_password = TypeAdapter(Email), TypeAdapter(NewPassword)


@router.get("/{act}")
async def show(act: str) -> Response:
    """Show the form of a link."""
    return _form(act)


@router.post("/{act}")
async def send(
    act: str,
    credentials: CredentialsDep,
    token: Annotated[str, Form(max_length=512)] = "",
    email: Annotated[str, Form(max_length=320)] = "",
    password: Annotated[str, Form(max_length=1024)] = "",
) -> Response:
    """Do what the mail was about."""
    if act not in _TITLES:
        raise HTTPException(404)
    try:
        await _act(act, credentials, token, email, password)
    except ValidationError:
        wrong = "That is no email address." if act == "forgot" else "Use 10 to 256 characters."
        return _form(act, wrong, token, 422)
    except (MailedTokenUnknown, TooManyMails) as error:  # raised before anything was changed
        return message("That did not work", error.detail, error.status)
    onward = ("/invites", "See who has invited you") if act == "verify" else None
    return message(*_DONE[act], onward=onward)


async def _act(act: str, credentials: Credentials, token: str, email: str, password: str) -> None:
    match act:
        case "verify":
            await credentials.verify(token)
        case "revert":
            await credentials.revert(token)
        case "reset":
            await credentials.reset(token, _new_password.validate_python(password))
        case _:
            await credentials.forgot(_email.validate_python(email))


def _form(act: str, error: str = "", token: str = "", status: int = 200) -> Response:
    if act not in _TITLES:
        raise HTTPException(404)
    title, button = _TITLES[act]
    values = {"act": act, "title": title, "button": button, "error": error, "token": token}
    response = page("account_link.html", status, **values)
    response.headers["Content-Security-Policy"] = f"{PAGE_POLICY}; script-src 'self'"
    return response
