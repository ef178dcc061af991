"""What is wrong with the settings, and where; the sentences stand in `tmcwall.texts.settings`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tmcwall.domain.fault import Fault, FaultCode


class SettingReason(StrEnum):
    # The file
    NOT_TOML = "not_toml"
    NOT_UTF8 = "not_utf8"
    NUMBER_TOO_LONG = "number_too_long"
    FILE_UNREADABLE = "file_unreadable"
    # One setting
    UNKNOWN = "unknown"
    NOT_JSON = "not_json"
    NOT_TEXT = "not_text"
    NOT_A_WHOLE_NUMBER = "not_a_whole_number"
    NOT_A_NUMBER = "not_a_number"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    NOT_TRUE_OR_FALSE = "not_true_or_false"
    NOT_A_PATH = "not_a_path"
    NOT_ABSOLUTE = "not_absolute"
    NOT_A_LIST = "not_a_list"
    LIST_TOO_LONG = "list_too_long"
    LIST_TOO_SHORT = "list_too_short"
    NOT_A_NETWORK = "not_a_network"
    NOT_ONE_OF = "not_one_of"
    NOT_A_FINGERPRINT = "not_a_fingerprint"
    SERVER_URL_MALFORMED = "server_url_malformed"
    SERVER_URL_PASSWORD = "server_url_password"  # noqa: S105 - a reason, not a secret
    SERVER_URL_PLAIN = "server_url_plain"
    RELAY_ADDRESS_MALFORMED = "relay_address_malformed"
    NOT_A_GATE = "not_a_gate"
    NOT_A_LINK = "not_a_link"
    RESPONSE_TARGET = "response_target"
    LETTER_NUMBER_FORMAT = "letter_number_format"
    NOT_ACCEPTED = "not_accepted"
    """Of a kind that has no sentence of its own."""


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """A reason with its place: a line of a file, or the variable of the environment that overrides it.

    `limit` is what would be right; never the value that stands there, which may be a secret.
    """

    reason: SettingReason
    file: str = ""
    line: int | None = None
    setting: str = ""
    variable: str = ""
    limit: str = ""


class SettingsFault(Fault):
    """Settings that cannot be used. `last_good`: the last good copy of the file is in use instead."""

    def __init__(self, problem: SettingProblem, detail: str, *, last_good: bool = False) -> None:
        super().__init__(FaultCode.SETTINGS_UNREADABLE, detail, retryable=False)
        self.problem = problem
        self.last_good = last_good
