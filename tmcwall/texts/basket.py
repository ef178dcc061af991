"""The basket of a case in the review."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tmcwall.domain.basket import BasketPart
from tmcwall.texts import Text

TITLE = Text(id="Keranjang perkara ({count})", en="Basket of the case ({count})")
NOTE = Text(id="Catatan untuk isi keranjang", en="Note for the basket")
ADD = Text(id="Masukkan klip (M)", en="Put the clip in (M)")
ADD_SPAN = Text(id="Masukkan rentang (M)", en="Put the span in (M)")
ADD_SNAPSHOT = Text(id="Masukkan gambar ini (Shift+M)", en="Put this picture in (Shift+M)")
REMOVE = Text(id="Keluarkan", en="Take out")
HELP = Text(
    id="[ dan ] menandai awal dan akhir rentang. Klip asli selalu masuk paket secara utuh; catatan ikut dicatat.",
    en="[ and ] mark the start and end of a span. The original always goes in whole; notes go into the record.",
)
SPAN = Text(id="Rentang: {start} – {end}", en="Span: {start} – {end}")
EXPORTED = Text(id="sudah diekspor {time} oleh {officer}, {package}", en="exported {time} by {officer}, {package}")
PARTS: Final[Mapping[BasketPart, Text]] = {
    BasketPart.CLIP: Text(id="Seluruh klip", en="Whole clip"),
    BasketPart.SPAN: Text(id="Rentang {start} – {end}", en="Span {start} – {end}"),
    BasketPart.SNAPSHOT: Text(id="Gambar {start}", en="Picture of {start}"),
}
ONLY = Text(
    id="Hanya isi keranjang perkara ({count} klip)", en="Only what is in the basket of the case ({count} clips)"
)
IN_BASKET = Text(id="dalam keranjang", en="in the basket")
