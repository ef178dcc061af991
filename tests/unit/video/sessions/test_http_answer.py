"""What a web server says of a file."""

from collections import Counter
from typing import Any, Final

import pytest

from tmcwall.rtsp.messages import Headers
from tmcwall.video.sessions.http_client import Answer

NO_CONNECTION: Final[Any] = None
"""A header is read without one."""
WRITTEN = "Fri, 28 Mar 2025 07:03:22 GMT"


def age_s(date):
    headers = Headers([("Last-Modified", WRITTEN), ("Date", date)])
    return Answer("http://127.0.0.1/a", headers, NO_CONNECTION, part=None, oddities=Counter()).age_s


def test_the_age_of_a_file_is_by_the_servers_own_clock():
    assert age_s("Fri, 28 Mar 2025 07:03:32 GMT") == 10


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Fri, 28 Mar 99999999999999999999 07:03:32 GMT",
        "Fri, 28 Mar 2025 07:03:32 +99999999999999999999",
    ],
)
def test_a_date_that_is_none_says_no_age(date):
    assert age_s(date) is None
