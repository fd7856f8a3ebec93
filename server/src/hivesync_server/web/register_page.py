"""`/register`: a new account. Where addresses are secret, it says the same of known and unknown ones."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query
from pydantic import TypeAdapter, ValidationError
from starlette.responses import Response

from hivesync_server.auth.accounts import NewAccount
from hivesync_server.auth.errors import AccountTaken
from hivesync_server.auth.passwords import HashingBusy
from hivesync_server.auth.schemas import RegisterBody
from hivesync_server.auth.services import AccountsDep, MailedTokensDep, first_tier
from hivesync_server.http.route import ApiRoute
from hivesync_server.resources import ResourcesDep, TransactionDep
from hivesync_server.web.pages import message, page
from hivesync_server.web.sign_in_pages import Place, UserCode, address_of, please_wait

router = APIRouter(include_in_schema=False, route_class=ApiRoute)

_MISTAKES = {
    "email": "That is no email address.",
    "username": "A username has 3 to 32 of the characters a–z, 0–9, _ and -.",
    "password": "Use a password of 10 to 256 characters.",
}
_body = TypeAdapter(RegisterBody)


@router.get("/register")
async def show(
    place: Annotated[Place, Query()] = Place.DEVICE, user_code: Annotated[str, Query(max_length=32)] = ""
) -> Response:
    """Show the form."""
    return _form(place, user_code)


@router.post("/register")
async def register(
    accounts: AccountsDep,
    mails: MailedTokensDep,
    resources: ResourcesDep,
    transaction: TransactionDep,
    email: Annotated[str, Form(max_length=320)] = "",
    username: Annotated[str, Form(max_length=64)] = "",
    password: Annotated[str, Form(max_length=1024)] = "",
    place: Annotated[Place, Form()] = Place.DEVICE,
    user_code: UserCode = "",
) -> Response:
    """Make the account. It knows no cookie, and signs nobody in: a form sent from elsewhere gains nothing."""
    typed = {"email": email, "username": username.strip().lower(), "password": password}
    try:
        body = _body.validate_python(typed)
        account = NewAccount(body.email, body.username, body.password, first_tier(resources.settings))
        await accounts.register(account, transaction, mails)
    except ValidationError as error:
        wrong = {str(entry["loc"][0]) for entry in error.errors()}
        texts = [text for name, text in _MISTAKES.items() if name in wrong]
        return _form(place, user_code, email, username, " ".join(texts), 422)
    except AccountTaken as error:
        await transaction.session.rollback()  # of two at once the later one has failed halfway
        return _form(place, user_code, email, username, error.detail, error.status)
    except HashingBusy as error:
        return please_wait(error)
    onward = (address_of(place, user_code), "Sign in")
    if accounts.confirmed_only:
        text = (
            f"We have sent a mail to {body.email}. Open its link to confirm the address, then sign in here."
        )
        return message("Look into your mail", text, onward=onward)
    return message("Your account is ready", f"You can sign in as {body.username} now.", onward=onward)


def _form(
    place: Place, user_code: str, email: str = "", username: str = "", error: str = "", status: int = 200
) -> Response:
    values = {"place": place.value, "user_code": user_code, "email": email, "username": username}
    return page("register.html", status, error=error, sign_in=address_of(place, user_code), **values)
