"""What a tile shows of a camera whose unit is not the officer's."""

from dataclasses import replace

from tests.fake_services import FakeCameraBook
from tests.services_stage import camera
from tmcwall.domain.health import TileState
from tmcwall.texts import Language, Translator
from tmcwall.ui.wallroom import tile_camera

SAY = Translator(Language.ID)


def test_the_tile_of_another_units_camera_names_the_unit_and_neither_camera_nor_number(qapp: object) -> None:
    book = FakeCameraBook([camera("CAM-1")])
    book.hidden = {"CAM-2": replace(camera("CAM-2", name="ATM Bank"), unit="Polsek Laweyan", number=2)}
    tile = tile_camera("CAM-2", book, translate=SAY)
    assert (tile.name, tile.withheld, tile.number) == ("Kamera satuan Polsek Laweyan", TileState.OFF, None)
    assert not tile.may_be_shown
    assert tile_camera("CAM-1", book, translate=SAY).may_be_shown
    assert not tile_camera("CAM-9", book, translate=SAY).known
