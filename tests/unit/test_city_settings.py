"""The settings of gates and of links to other services."""

import pytest
from pydantic import ValidationError

from tmcwall.domain.one_way import OneWayRule
from tmcwall.settings import Settings


def test_gates_and_links_are_read() -> None:
    settings = Settings(
        one_way_gates=("KLK", "BYM >= 2000 2 3000"), service_links=("SINAR SIM https://contoh.example/sinar",)
    )  # fmt: skip
    assert settings.gates() == {"KLK": OneWayRule(), "BYM": OneWayRule(2000, 2, 3000)}
    assert settings.links() == (("SINAR SIM", "https://contoh.example/sinar"),)


@pytest.mark.parametrize(
    "link",
    ["SINAR", "https://contoh.example", "A http://contoh.example", "A https://u:p@contoh.example", "A https://["],
)
def test_a_link_is_a_name_and_an_https_address(link: str) -> None:
    with pytest.raises(ValidationError):
        Settings(service_links=(link,))


def test_a_gate_that_makes_no_rule_is_refused() -> None:
    with pytest.raises(ValidationError):
        Settings(one_way_gates=("KLK >= 3000",))
