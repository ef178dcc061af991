"""The settings of what is known of the city besides incidents, and of links to other services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, field_validator
from pydantic_core import PydanticCustomError

from tmcwall.domain.fault import DomainError
from tmcwall.domain.one_way import OneWayRule, parse_gate
from tmcwall.domain.settings_fault import SettingReason
from tmcwall.setting_help import SettingHelp


class CitySettings(BaseModel):
    """A part of `Settings`."""

    one_way_gates: Annotated[
        tuple[str, ...],
        Field(max_length=64),
        SettingHelp(
            'Pencacah yang diberi indikator satu arah lokal: "KLK", atau dengan ambangnya sendiri "KLK >= 3000 3 4000"'
            " (kendaraan per jam, selama berapa jam berturut-turut, atau sekali sekian; >= atau >). Indikator, bukan"
            " keputusan.",
            'Counters with an indicator of local one-way traffic: "KLK", or with thresholds of its own "KLK >= 3000 3'
            ' 4000" (vehicles an hour, for how many hours running, or once so many; >= or >). An indicator, not a'
            " decision.",
        ),
    ] = ()
    service_links: Annotated[
        tuple[str, ...],
        Field(max_length=32),
        SettingHelp(
            'Menu Layanan: tautan ke layanan lain, misalnya "SINAR https://contoh.example/sinar". Hanya https.',
            'Menu of services: links to others, for example "SINAR https://contoh.example/sinar". Only https.',
        ),
    ] = ()

    @field_validator("one_way_gates")
    @classmethod
    def _gates_are_well_formed(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        try:
            for entry in entries:
                parse_gate(entry)
        except DomainError:
            raise PydanticCustomError(SettingReason.NOT_A_GATE.value, "must be like KLK >= 3000 3 4000") from None
        return entries

    @field_validator("service_links")
    @classmethod
    def _links_are_https(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        for entry in entries:
            name, _, url = entry.strip().rpartition(" ")
            try:
                parts = urlsplit(url)
                right = bool(name.strip()) and parts.scheme == "https" and bool(parts.hostname)
                right = right and parts.username is None and entry.isprintable()
            except ValueError:
                right = False
            if not right:
                raise PydanticCustomError(SettingReason.NOT_A_LINK.value, "must be a name and an https address")
        return entries

    def gates(self) -> Mapping[str, OneWayRule]:
        """By the counter's place."""
        return dict(map(parse_gate, self.one_way_gates))

    def links(self) -> tuple[tuple[str, str], ...]:
        """Names and addresses, in their order."""
        split = (entry.strip().rpartition(" ") for entry in self.service_links)
        return tuple((name.strip(), url) for name, _, url in split)
