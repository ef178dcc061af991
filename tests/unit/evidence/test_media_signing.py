"""A camera's signatures over its video: what holds, what was done to it, and whose they are."""

import os
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.media_signer import CAMERA, ROOT, Signer, authority
from tmcwall.containers.annex_b import length_prefixed
from tmcwall.containers.mp4_reader import Mp4Reader
from tmcwall.evidence.media_signing import (
    AccessUnitBytes,
    access_units,
    verify_media_signing,
)
from tmcwall.evidence.signing_certificates import Provenance
from tmcwall.evidence.signing_findings import Authenticity, FindingKind, MediaSigningResult
from tmcwall.evidence.signing_message import AXIS_SIGNED_VIDEO, MEDIA_SIGNING, sei_uuid

RSA_KEY = rsa.generate_private_key(65537, 2048)
VECTORS = Path(os.environ.get("TMCWALL_TEST_VECTORS", "no-vectors")) / "media-signing"
needs_vectors = pytest.mark.skipif(not VECTORS.is_dir(), reason="TMCWALL_TEST_VECTORS does not lead to media-signing")

Film = list[AccessUnitBytes]


def verify(film: Film, *, codec: str = "h264", trusted=(ROOT[0],)) -> MediaSigningResult:
    return verify_media_signing(film, codec, trusted=trusted)


def kinds(result: MediaSigningResult) -> set[FindingKind]:
    return {finding.kind for finding in result.findings}


def without_messages(unit: AccessUnitBytes, codec: str = "h264") -> AccessUnitBytes:
    return unit._replace(nal_units=[one for one in unit.nal_units if sei_uuid(one, codec) != MEDIA_SIGNING])


def with_flipped_bit(film: Film, picture: int, *, nal: int = 0, at: int = 9) -> Film:
    unit = film[picture]
    data = bytearray(unit.nal_units[nal])
    data[at] ^= 4
    nals = [bytes(data) if index == nal else one for index, one in enumerate(unit.nal_units)]
    return [*film[:picture], unit._replace(nal_units=nals), *film[picture + 1 :]]


@pytest.mark.parametrize(
    "signer",
    [
        Signer(),
        Signer(codec="hevc"),
        Signer(slices=3),
        Signer(hash_name="sha384"),
        Signer(hash_name="sha512", codec="hevc", slices=2),
        Signer(certificate=authority("RSA camera", of=ROOT, key=RSA_KEY, may_issue=False)[0], key=RSA_KEY),
        Signer(hashed_escaped=True),
        Signer(escaped=False),
        Signer(tag_version=1),
        Signer(with_list=False),
        Signer(certificates_once=True),
        Signer(part_units=3),
        Signer(part_units=3, codec="hevc", slices=2),
        Signer(sign_every=2, part_units=4),
        Signer(sign_every=2),
        Signer(sign_every=3, slices=2),
        Signer(sign_every=2, hashed_escaped=True),
    ],
    ids=lambda signer: f"{signer.codec}-{signer.seed}",
)
def test_what_a_camera_signed_and_nobody_touched_is_ok(signer):
    result = verify(signer.film(gops=7), codec=signer.codec)
    assert (result.authenticity, result.provenance, result.findings) == (Authenticity.OK, Provenance.OK, ())
    assert result.verified_from_s == 0
    assert (result.verified_until_s or 0) > 3
    assert result.units_pending < result.units_verified


def test_the_camera_and_the_time_by_its_clock_are_told():
    result = verify(Signer().film())
    assert [one.subject for one in result.certificates] == ["CN=Test camera"]
    assert result.certificates[0].serial_number == "7"
    assert result.signed_from == datetime(2026, 11, 30, 1, 0, 0, 800_000, tzinfo=UTC)
    assert (result.vendor.firmware, result.vendor.serial_number, result.vendor.manufacturer) == ("1a", "S-9", "Maker")


def test_video_without_messages_is_not_signed():
    result = verify([without_messages(unit) for unit in Signer().film()])
    assert (result.authenticity, result.provenance) == (Authenticity.NOT_SIGNED, Provenance.NOT_FEASIBLE)


def test_a_clip_that_was_cut_out_of_the_middle_is_ok_up_to_its_dangling_end():
    result = verify(Signer().film(gops=6, cut_gops=2))
    assert result.authenticity is Authenticity.OK
    assert (result.verified_from_s, result.verified_until_s) == (1.6, 3.9)


@pytest.mark.parametrize("picture", [0, 3, 9, 16, 30])
def test_a_bit_in_any_picture_is_found_with_its_second(picture):
    result = verify(with_flipped_bit(Signer().film(), picture))
    assert result.authenticity is Authenticity.NOT_OK
    assert result.first_altered_s == pytest.approx(picture / 10 if picture % 8 else picture // 8 * 0.8)


def test_a_bit_in_a_picture_is_found_without_a_list_of_hashes():
    result = verify(with_flipped_bit(Signer(with_list=False).film(), 12))
    assert result.authenticity is Authenticity.NOT_OK
    assert result.first_altered_s == pytest.approx(0.8)


def test_an_altered_picture_under_a_later_signature_is_found():
    result = verify(with_flipped_bit(Signer(sign_every=3).film(gops=8), 3))
    assert result.authenticity is Authenticity.NOT_OK
    assert result.first_altered_s == pytest.approx(0.3)


@pytest.mark.parametrize("part_units", [0, 3])
def test_pictures_that_are_left_out_are_missing_and_the_rest_holds(part_units):
    film = Signer(part_units=part_units).film()
    result = verify([*film[:9], *film[11:]])
    assert result.authenticity is Authenticity.OK_WITH_MISSING_INFO
    assert sum(finding.units for finding in result.findings if finding.kind is FindingKind.MISSING) == 2
    assert result.first_altered_s is None


def test_a_picture_that_was_put_in_is_found():
    film = Signer().film()
    foreign = AccessUnitBytes(1.15, [b"\x41\x9a" + bytes(range(1, 40)) + b"\x80"])
    result = verify([*film[:12], foreign, *film[12:]])
    assert (result.authenticity, result.first_altered_s) == (Authenticity.NOT_OK, 1.15)


def test_pictures_that_change_places_are_found():
    film = Signer().film()
    result = verify([*film[:10], film[12], film[11], film[10], *film[13:]])
    assert result.authenticity is Authenticity.NOT_OK


def test_gops_that_change_places_are_found():
    film = Signer().film()
    assert verify([*film[:8], *film[16:24], *film[8:16], *film[24:]]).authenticity is Authenticity.NOT_OK


def test_gops_that_change_places_with_their_messages_are_found():
    signer = Signer(gop_pictures=4, part_units=4)
    film = signer.film(gops=8)
    assert verify([*film[:9], *film[17:25], *film[9:17], *film[25:]]).authenticity is Authenticity.NOT_OK


def test_a_gop_that_was_taken_out_with_its_message_is_found():
    film = Signer().film(gops=7)
    result = verify([*film[:17], *film[25:]])
    assert result.authenticity is Authenticity.NOT_OK


def test_a_message_that_was_taken_out_is_found():
    film = Signer().film(gops=7)
    film[16] = without_messages(film[16])
    result = verify(film)
    assert (result.authenticity, result.first_altered_s) == (Authenticity.NOT_OK, 0.8)
    assert FindingKind.SIGNATURE_LOST in kinds(result)


def test_messages_that_were_taken_out_at_the_end_are_found():
    film = Signer().film(gops=8)
    result = verify([*film[:24], *map(without_messages, film[24:])])
    assert (result.authenticity, result.first_altered_s) == (Authenticity.NOT_OK, 1.6)


@pytest.mark.parametrize("at", [40, 300, -20])
def test_a_bit_in_a_message_is_found(at):
    film = Signer().film()
    length = len(film[16].nal_units[1])
    assert verify(with_flipped_bit(film, 16, nal=1, at=at % length)).authenticity is not Authenticity.OK


def test_a_message_of_another_key_is_found():
    film, other = Signer().film(), authority("Another", of=ROOT)
    film[24] = Signer(certificate=other[0], key=other[1]).film()[24]
    result = verify(film)
    assert result.authenticity is Authenticity.NOT_OK
    assert FindingKind.KEY_CHANGED in kinds(result)


def test_a_message_that_was_sent_twice_does_no_harm():
    film = Signer().film()
    film[16] = film[16]._replace(nal_units=[*film[16].nal_units, film[16].nal_units[1]])
    assert verify(film).authenticity is Authenticity.OK


def test_parameter_sets_and_other_messages_are_not_signed_and_do_no_harm():
    film = Signer().film()
    extra = [b"\x67\x64\x00\x1f", b"\x68\xee\x3c\x80", b"\x06\x05\x10" + b"x" * 16 + b"\x80", b"\x09\xf0", b""]
    film[8] = film[8]._replace(nal_units=[*extra, *film[8].nal_units])
    assert verify(film).authenticity is Authenticity.OK


def test_slices_that_media_signing_does_not_protect_are_counted():
    film = Signer(codec="hevc").film()
    film[3] = film[3]._replace(nal_units=[*film[3].nal_units, b"\x04\x02\xd0" + b"y" * 30 + b"\x80"])
    result = verify(film, codec="hevc")
    assert (result.authenticity, kinds(result)) == (Authenticity.OK_WITH_MISSING_INFO, {FindingKind.UNPROTECTED})


def test_zeros_behind_a_slice_belong_to_nothing():
    film = [unit._replace(nal_units=[one + b"\0\0" for one in unit.nal_units]) for unit in Signer().film()]
    assert verify(film).authenticity is Authenticity.OK


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_messages_without_emulation_prevention_survive_a_recording_that_cuts_at_start_codes(codec):
    film = Signer(codec=codec, escaped=False, seed=3).film(gops=4)
    assert any(b"\0\0\1" in nal_unit for unit in film for nal_unit in unit.nal_units)
    assert verify(as_recorded(film), codec=codec).authenticity is Authenticity.OK


def as_recorded(film: Film) -> Film:
    """Through a stream of bytes with start codes, as the recorder keeps it, into samples, as a clip has them."""
    recorded: Film = []
    for unit in film:
        sample, nal_units = length_prefixed(b"".join(b"\0\0\0\1" + one for one in unit.nal_units)), []
        while sample:
            size = int.from_bytes(sample[:4])
            nal_units.append(sample[4 : 4 + size])
            sample = sample[4 + size :]
        recorded.append(unit._replace(nal_units=nal_units))
    return recorded


def test_signing_that_begins_anew_is_said():
    first, second = Signer(seed=1).film(), Signer(seed=2).film()
    moved = [unit._replace(at_s=unit.at_s + 4) for unit in second]
    result = verify([*first, *moved])
    assert result.authenticity is Authenticity.NOT_OK


def test_rules_that_are_later_than_ours_are_a_version_mismatch():
    assert verify(Signer(version=(99, 1, 0)).film()).authenticity is Authenticity.VERSION_MISMATCH


def test_without_any_certificate_nothing_can_be_verified():
    film = Signer(certificates_once=True).film()
    film[0] = film[0]._replace(nal_units=film[0].nal_units[1:])
    result = verify(film)
    assert (result.authenticity, result.provenance) == (Authenticity.NOT_FEASIBLE, Provenance.NOT_FEASIBLE)


def test_provenance_and_authenticity_are_told_apart():
    film = Signer().film()
    assert verify(film, trusted=()).provenance is Provenance.FEASIBLE_WITHOUT_TRUSTED
    stranger = verify(film, trusted=(authority("Stranger")[0],))
    assert (stranger.authenticity, stranger.provenance) == (Authenticity.OK, Provenance.NOT_OK)
    altered = verify(with_flipped_bit(film, 9))
    assert (altered.authenticity, altered.provenance) == (Authenticity.NOT_OK, Provenance.OK)


def test_a_chain_leads_over_an_authority_between():
    between = authority("Between", of=ROOT)
    camera = authority("Far camera", of=between, may_issue=False)
    film = Signer(certificate=camera[0], key=camera[1], chain=(between[0],)).film()
    result = verify(film)
    assert (result.provenance, len(result.certificates)) == (Provenance.OK, 2)


def test_a_camera_vouches_for_no_other():
    forged = authority("Forged camera", of=CAMERA, may_issue=False)
    film = Signer(certificate=forged[0], key=forged[1], chain=(CAMERA[0],)).film()
    assert verify(film).provenance is Provenance.NOT_OK


def test_a_certificate_that_was_not_valid_when_the_video_was_made_is_not_ok():
    assert verify(Signer(started=datetime(2027, 3, 1, tzinfo=UTC)).film()).provenance is Provenance.NOT_OK
    assert verify(Signer(started=None).film()).provenance is Provenance.OK


def test_axis_signed_video_is_recognised_and_not_verified():
    film = [without_messages(unit) for unit in Signer().film()]
    message = b"\x06\x05\x20" + AXIS_SIGNED_VIDEO + b"z" * 16 + b"\x80"
    film[0] = film[0]._replace(nal_units=[message, *film[0].nal_units])
    result = verify(film)
    assert (result.axis_signed, result.authenticity) == (True, Authenticity.NOT_SIGNED)


def test_a_long_video_without_messages_costs_no_memory():
    picture = Signer().film()[1]
    result = verify([Signer().film()[0], *([without_messages(picture)] * 25_000)])
    assert result.authenticity is Authenticity.NOT_SIGNED
    assert result.units_pending <= 20_000


def test_messages_without_any_signature_for_ever_cost_no_memory_and_are_not_ok():
    signer = Signer(gop_pictures=1, sign_every=100_000, certificates_once=True, with_list=False)
    result = verify(signer.film(gops=1500))
    assert result.authenticity is Authenticity.NOT_OK
    assert FindingKind.SIGNATURE_LOST in kinds(result)


FILM = Signer(slices=2, sign_every=2, part_units=5).film(gops=4)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_the_bytes_are_there_is_an_answer_and_it_is_not_green(data):
    film = list(FILM)
    picture = data.draw(st.integers(8, 20))
    nals = list(film[picture].nal_units)
    nal = data.draw(st.integers(0, len(nals) - 1))
    signature = 80 if sei_uuid(nals[nal], "h264") else 0  # what stands beside the signature in its place is nobody's
    at = data.draw(st.integers(0, len(nals[nal]) - 1 - signature))
    put_in, taken_out = data.draw(st.binary(min_size=1, max_size=40)), data.draw(st.integers(0, 3))
    nals[nal] = nals[nal][:at] + put_in + nals[nal][at + taken_out :]
    altered = [*film[:picture], film[picture]._replace(nal_units=nals), *film[picture + 1 :]]
    same = altered[picture].nal_units == FILM[picture].nal_units
    assert verify(altered).authenticity is not Authenticity.OK or same


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.lists(st.binary(max_size=200).map(lambda data: b"\x06\x05\xff\x10" + MEDIA_SIGNING + data), max_size=3),
        max_size=4,
    )
)
def test_invented_messages_are_never_ok(messages):
    film = [AccessUnitBytes(number, one) for number, one in enumerate(messages)]
    result = verify(film)
    assert result.authenticity in {Authenticity.NOT_SIGNED, Authenticity.NOT_FEASIBLE, Authenticity.VERSION_MISMATCH}


def vector(name: str) -> tuple[Film, str]:
    with (VECTORS / f"{name}.mp4").open("rb") as file:
        reader = Mp4Reader(file)
        track = reader.tracks[0]
        return list(access_units(reader, track)), track.entries[0].codec


def official_authority() -> tuple[x509.Certificate, ...]:
    return (x509.load_pem_x509_certificate((VECTORS / "ca.pem").read_bytes()),)


@needs_vectors
@pytest.mark.parametrize("name", ["test_h264", "test_h265"])
def test_official_vectors_without_signatures_are_not_signed(name):
    film, codec = vector(name)
    assert verify(film, codec=codec, trusted=official_authority()).authenticity is Authenticity.NOT_SIGNED


@needs_vectors
@pytest.mark.parametrize("name", ["test_signed_h264", "test_signed_h265"])
class TestOfficialVectors:
    def test_as_they_are_they_hold(self, name):
        film, codec = vector(name)
        result = verify(film, codec=codec, trusted=official_authority())
        assert (result.authenticity, result.provenance) == (Authenticity.OK, Provenance.OK)
        assert (result.units_pending, result.findings) == (0, ())

    def test_as_our_recorder_keeps_them_they_hold(self, name):
        film, codec = vector(name)
        result = verify(as_recorded(film), codec=codec, trusted=official_authority())
        assert (result.authenticity, result.findings) == (Authenticity.OK, ())

    def test_a_bit_in_any_of_fifty_slices_is_found_near_its_second(self, name):
        film, codec = vector(name)
        chance = random.Random(4)
        for picture in chance.sample(range(len(film) - 1), 50):
            at = chance.randrange(3, len(film[picture].nal_units[0]) - 1)
            result = verify(with_flipped_bit(film, picture, at=at), codec=codec)
            assert result.authenticity is Authenticity.NOT_OK, picture
            assert (result.first_altered_s or 0) <= film[picture].at_s

    def test_dropped_pictures_are_missing(self, name):
        film, codec = vector(name)
        result = verify([*film[:20], *film[25:]], codec=codec)
        assert result.authenticity is Authenticity.OK_WITH_MISSING_INFO
        assert sum(finding.units for finding in result.findings) == 5

    def test_swapped_gops_are_found(self, name):
        film, codec = vector(name)
        swapped = [*film[:62], *film[124:186], *film[62:124], *film[186:]]
        assert verify(swapped, codec=codec).authenticity is Authenticity.NOT_OK

    def test_one_message_that_was_taken_out_is_found(self, name):
        film, codec = vector(name)
        places = [at for at, unit in enumerate(film) if any(sei_uuid(one, codec) for one in unit.nal_units)]
        for place in places[:-1]:
            stripped = [without_messages(unit, codec) if at == place else unit for at, unit in enumerate(film)]
            assert verify(stripped, codec=codec).authenticity is Authenticity.NOT_OK, place

    def test_without_messages_they_are_not_signed(self, name):
        film, codec = vector(name)
        stripped = [without_messages(unit, codec) for unit in film]
        assert verify(stripped, codec=codec).authenticity is Authenticity.NOT_SIGNED

    def test_cut_out_of_the_middle_they_hold(self, name):
        film, codec = vector(name)
        result = verify(film[124:], codec=codec, trusted=official_authority())
        assert (result.authenticity, result.verified_from_s) == (Authenticity.OK, film[124].at_s)
