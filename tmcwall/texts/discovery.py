"""What `tmcwall camera discover` says."""

from __future__ import annotations

from tmcwall.texts import Text

NOBODY = Text(
    id="tidak ada kamera ONVIF yang menjawab; kamera di jaringan lain dicari dengan --subnet, misalnya "
    "--subnet 10.1.2.0/24",
    en="no ONVIF camera answered; those on other networks are looked for by --subnet, such as --subnet 10.1.2.0/24",
)
GARBLED = Text(
    id="dari {count} alamat datang sesuatu yang bukan jawaban",
    en="something that is no answer came from {count} addresses",
)
SAVED = Text(id="{count} perangkat disimpan di {file}", en="{count} devices saved in {file}")
