"""Failures of team work. None of them tells a stranger, or an owner, who has an account."""

from __future__ import annotations

from hivesync_contract.errors import ErrorCode, FieldError, HiveSyncError


class MemberUnknown(HiveSyncError):
    """The project has no such member."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such member.")


class NewOwnerUnknown(HiveSyncError):
    """A project can only be given to one of its members."""

    code = ErrorCode.VALIDATION_ERROR

    def __init__(self) -> None:
        field = FieldError("user_id", "must be a member of the project")
        super().__init__("Only a member can become the owner; invite that person first.", errors=[field])


class OwnerStays(HiveSyncError):
    """A project can't be without an owner."""

    code = ErrorCode.CONFLICT

    def __init__(self) -> None:
        super().__init__("The owner can't leave. Transfer the project to another member first, or delete it.")


class InviteUnknown(HiveSyncError):
    """There is no such invite, or it is for someone else: the answer is the same."""

    code = ErrorCode.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("There is no such invite.")


class InviteSettled(HiveSyncError):
    """It was answered, revoked, or has expired."""

    code = ErrorCode.CONFLICT


class AlreadyMember(HiveSyncError):
    """The person needs no invite."""

    code = ErrorCode.CONFLICT

    def __init__(self) -> None:
        super().__init__("That user is in the team already.")


class TooManyInvites(HiveSyncError):
    """So many are waiting that more would be a mailing."""

    code = ErrorCode.CONFLICT

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} invites wait for an answer. Revoke some, or wait until they are answered.")
