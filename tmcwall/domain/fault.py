"""What can go wrong in the world (`Fault`) or in the input (`DomainError`). Anything else is a bug.

The codes are the program's; the sentences an officer reads stand in `tmcwall.texts.faults`.
"""

from enum import StrEnum


class FaultCode(StrEnum):
    """Every expected fault of the world: cameras, networks, disks, servers, other programs."""

    # The way to a camera
    CONNECTION_REFUSED = "connection_refused"
    HOST_UNREACHABLE = "host_unreachable"
    HOST_UNKNOWN = "host_unknown"
    NO_ANSWER = "no_answer"
    CONNECTION_LOST = "connection_lost"
    ADDRESS_FORBIDDEN = "address_forbidden"
    REDIRECT_REFUSED = "redirect_refused"
    TLS_UNTRUSTED = "tls_untrusted"
    # What a camera answers
    UNAUTHORIZED = "unauthorized"
    BASIC_AUTH_REFUSED = "basic_auth_refused"
    CREDENTIAL_TOO_LONG = "credential_too_long"
    STREAM_NOT_FOUND = "stream_not_found"
    CAMERA_BUSY = "camera_busy"
    CAMERA_PREPARING = "camera_preparing"
    TRANSPORT_REFUSED = "transport_refused"
    NOT_A_CAMERA = "not_a_camera"
    PROTOCOL_BROKEN = "protocol_broken"
    NO_VIDEO = "no_video"
    CODEC_UNSUPPORTED = "codec_unsupported"
    PICTURE_TOO_LARGE = "picture_too_large"
    # What comes, or does not
    NO_MEDIA = "no_media"
    STREAM_STALLED = "stream_stalled"
    NO_KEY_FRAME = "no_key_frame"
    STREAM_ENDED = "stream_ended"
    STREAM_BROKEN = "stream_broken"
    FILE_UNREADABLE = "file_unreadable"
    FILE_UNWRITABLE = "file_unwritable"
    # Our own processes
    DECODER_LOST = "decoder_lost"
    MACHINE_BUSY = "machine_busy"
    DECODER_CRASHED = "decoder_crashed"
    ENGINE_LOST = "engine_lost"
    PICTURE_MEMORY_FULL = "picture_memory_full"
    # The disk
    DISK_FULL = "disk_full"
    DISK_READ_ONLY = "disk_read_only"
    FOLDER_FORBIDDEN = "folder_forbidden"
    DISK_FAILED = "disk_failed"
    # Recording and clips
    FOOTAGE_MISSING = "footage_missing"
    CLIP_FAILED = "clip_failed"
    # Evidence packages
    CLIP_ALTERED = "clip_altered"
    FILE_TOO_LARGE = "file_too_large"
    EXPORT_CANCELLED = "export_cancelled"
    CHECK_CANCELLED = "check_cancelled"
    TIME_STAMP_FAILED = "time_stamp_failed"
    RECEIPT_UNTRUSTED = "receipt_untrusted"
    COPY_FAILED = "copy_failed"
    LETTER_FAILED = "letter_failed"
    # The store of this workstation
    STORE_LOCKED = "store_locked"
    STORE_CORRUPT = "store_corrupt"
    STORE_NEWER = "store_newer"
    STORE_UNWRITABLE = "store_unwritable"
    CLOCK_WRONG = "clock_wrong"
    """The clock of this machine shows a time that nobody takes."""
    MESSAGE_UNSENDABLE = "message_unsendable"
    """What this workstation itself has made, and its own protocol does not take."""
    # The central server
    SERVER_UNREACHABLE = "server_unreachable"
    SERVER_REFUSED = "server_refused"
    SERVER_INCOMPATIBLE = "server_incompatible"
    WORKSTATION_COPIED = "workstation_copied"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGN_IN_EXPIRED = "sign_in_expired"
    SIGN_IN_DELAYED = "sign_in_delayed"
    SIGN_IN_WITHDRAWN = "sign_in_withdrawn"
    ACCOUNT_DISABLED = "account_disabled"
    PASSWORD_DUE = "password_due"  # noqa: S105 - a code, not a secret
    ROLES_UNTRUSTED = "roles_untrusted"
    PROVIDER_UNREACHABLE = "provider_unreachable"
    PROVIDER_REFUSED = "provider_refused"
    IDENTITY_UNKNOWN = "identity_unknown"
    BROWSER_ABANDONED = "browser_abandoned"
    DEVICE_NOT_ENROLLED = "device_not_enrolled"
    DEVICE_REVOKED = "device_revoked"
    ENROLMENT_REFUSED = "enrolment_refused"
    SERVER_KEY_CHANGED = "server_key_changed"
    # Where the central server runs
    SERVER_MISSING = "server_missing"
    DATABASE_UNREACHABLE = "database_unreachable"
    DATABASE_FOREIGN = "database_foreign"
    BLOBS_UNREACHABLE = "blobs_unreachable"
    SERVER_RUNS_ALREADY = "server_runs_already"
    SERVER_KEY_LOST = "server_key_lost"
    # This machine
    PORT_IN_USE = "port_in_use"
    PORT_FORBIDDEN = "port_forbidden"
    NO_DISPLAY = "no_display"
    SETTINGS_UNREADABLE = "settings_unreadable"
    CERTIFICATE_UNREADABLE = "certificate_unreadable"
    VAULT_UNAVAILABLE = "vault_unavailable"
    VAULT_LOST = "vault_lost"
    ALREADY_RUNNING = "already_running"
    PROGRAM_SILENT = "program_silent"
    COMPONENT_MISSING = "component_missing"
    LIBRARY_MISSING = "library_missing"


class DomainCode(StrEnum):
    """Every kind of wrong input."""

    URL_MALFORMED = "url_malformed"
    URL_SCHEME = "url_scheme"
    URL_PASSWORD_RAW = "url_password_raw"  # noqa: S105 - a code, not a secret
    URL_WITH_PASSWORD = "url_with_password"  # noqa: S105 - a code, not a secret
    SOURCE_MISSING = "source_missing"
    SOURCE_UNKNOWN = "source_unknown"
    TEST_URL_WITH_PASSWORD = "test_url_with_password"  # noqa: S105 - a code, not a secret
    SERVER_URL_MALFORMED = "server_url_malformed"
    SERVER_URL_PLAIN = "server_url_plain"
    SERVER_URL_PASSWORD = "server_url_password"  # noqa: S105 - a code, not a secret
    ENROLMENT_CODE = "enrolment_code"
    GRID_MALFORMED = "grid_malformed"
    SIZE_MALFORMED = "size_malformed"
    LIST_UNREADABLE = "list_unreadable"
    LIST_COLUMNS = "list_columns"
    LIST_EMPTY = "list_empty"
    LIST_KIND = "list_kind"
    LIST_NO_PLACES = "list_no_places"
    CALIBRATION_DEGENERATE = "calibration_degenerate"
    CAMERA_FIELD = "camera_field"
    CAMERA_OUT_OF_USE = "camera_out_of_use"
    RELAY_UNSET = "relay_unset"
    RELAY_LOGIN_UNSET = "relay_login_unset"
    RELAY_PASSWORD_SHORT = "relay_password_short"  # noqa: S105 - a code, not a secret
    FIELD_MISSING = "field_missing"
    FIELD_INVALID = "field_invalid"
    CHOICE_UNKNOWN = "choice_unknown"
    NUMBER_OUT_OF_RANGE = "number_out_of_range"
    NETWORK_MALFORMED = "network_malformed"
    INPUT_UNREADABLE = "input_unreadable"
    OUTPUT_REFUSED = "output_refused"
    PICTURE_FORMAT = "picture_format"
    PICTURE_OF_ONE = "picture_of_one"
    DUPLICATE_ID = "duplicate_id"
    LP_REJECTED = "lp_rejected"
    RANGE_EMPTY = "range_empty"
    RANGE_TOO_LONG = "range_too_long"
    TRANSITION_REFUSED = "transition_refused"
    NOT_ALLOWED = "not_allowed"
    NOT_ON_DUTY = "not_on_duty"
    ROLES_OUTDATED = "roles_outdated"
    NOT_FOUND = "not_found"
    WITHOUT_EFFECT = "without_effect"
    COMPACTED = "compacted"
    REPORTER_NEEDED = "reporter_needed"
    FAULT_UNKNOWN = "fault_unknown"
    LAYOUT_UNKNOWN = "layout_unknown"
    PASSWORD_WEAK = "password_weak"  # noqa: S105 - a code, not a secret
    PASSWORD_UNCHANGED = "password_unchanged"  # noqa: S105 - a code, not a secret
    ACCOUNT_EXISTS = "account_exists"
    ACCOUNT_OF_SERVER = "account_of_server"
    OWN_ACCOUNT = "own_account"
    LAST_ADMIN = "last_admin"
    SECRET_SHORT = "secret_short"  # noqa: S105 - a code, not a secret
    NAME_TAKEN = "name_taken"
    DATABASE_URL = "database_url"
    DATABASE_NOT_SQLITE = "database_not_sqlite"
    DATABASE_NOT_SHARED = "database_not_shared"
    """Several server processes on a database of one."""
    DATABASE_URL_PASSWORD = "database_url_password"  # noqa: S105 - a code, not a secret
    BLOBS_URL = "blobs_url"
    CLEAR_TEXT = "clear_text"
    TLS_INCOMPLETE = "tls_incomplete"
    PROVIDER_SETTINGS = "provider_settings"
    FOLDER_NOT_EMPTY = "folder_not_empty"
    OUTPUT_EXISTS = "output_exists"
    REDACTION_EMPTY = "redaction_empty"
    COPY_NOT_WATCHED = "copy_not_watched"
    COPY_CHANGED = "copy_changed"
    PASSPHRASE_SHORT = "passphrase_short"  # noqa: S105 - a code, not a secret
    PASSPHRASE_DIFFERS = "passphrase_differs"  # noqa: S105 - a code, not a secret
    EXPORT_PASSPHRASE = "export_passphrase"  # noqa: S105 - a code, not a secret
    EXPORT_DAMAGED = "export_damaged"
    WORKSTATION_IN_PLACE = "workstation_in_place"
    CASE_UNKNOWN = "case_unknown"
    CASE_WITHOUT_CLIPS = "case_without_clips"
    LETTER_INCOMPLETE = "letter_incomplete"
    LETTER_NAMES = "letter_names"
    LETTER_TEMPLATE = "letter_template"
    LETTER_NUMBER_TAKEN = "letter_number_taken"
    LETTER_NOT_A_PDF = "letter_not_a_pdf"
    BASIS_MISSING = "basis_missing"
    NO_PACKAGE_THERE = "no_package_there"
    SIGNING_KEY_UNFIT = "signing_key_unfit"
    SIGNING_KEY_LOCKED = "signing_key_locked"
    SIGNERS_UNREADABLE = "signers_unreadable"
    CAMERA_AUTHORITIES_UNREADABLE = "camera_authorities_unreadable"


class Fault(Exception):
    """An expected fault of the world. `detail` is for the log and never holds a secret.

    `retry_after_s`: when the other side itself wants to be asked again; 0 where it does not say.
    """

    def __init__(
        self, code: FaultCode, detail: str = "", *, retryable: bool = True, retry_after_s: float = 0.0
    ) -> None:
        super().__init__(code, detail, retryable)
        self.code = code
        self.detail = detail
        self.retryable = retryable
        self.retry_after_s = retry_after_s

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else str(self.code)


class DomainError(Exception):
    """Wrong input. `detail` names the offending part and never holds a secret."""

    def __init__(self, code: DomainCode, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else str(self.code)
