import hashlib

import pytest

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.net.trust import check_certificate
from tmcwall.video.ipc.messages import Live, StreamUrl
from tmcwall.video.ipc.pinning import pinned

CERTIFICATE = b"a certificate"
FINGERPRINT = hashlib.sha256(CERTIFICATE).hexdigest()


def test_a_fingerprint_may_be_written_as_tools_print_it():
    printed = ":".join(FINGERPRINT.upper()[place : place + 2] for place in range(0, 64, 2))
    check_certificate(CERTIFICATE, printed)


@pytest.mark.parametrize("certificate", [b"another", None])
def test_another_certificate_or_none_is_refused_for_good(certificate):
    with pytest.raises(Fault) as caught:
        check_certificate(certificate, FINGERPRINT)
    assert (caught.value.code, caught.value.retryable) == (FaultCode.TLS_UNTRUSTED, False)


def test_a_fingerprint_counts_for_its_host_and_port_only_and_only_over_tls():
    known = {"10.1.2.3:322": FINGERPRINT}
    camera = Live(camera="cam", main=StreamUrl("rtsps://10.1.2.3/main"), sub=StreamUrl("rtsp://10.1.2.3/sub"))
    found = pinned(camera, known)
    assert (found.main.fingerprint, found.sub.fingerprint) == (FINGERPRINT, "")
    elsewhere = Live(camera="cam", main=StreamUrl("rtsps://10.1.2.3:8322/main"))
    assert pinned(elsewhere, known).main.fingerprint == ""


def test_a_fingerprint_counts_for_cameras_on_the_web_too():
    camera = Live(camera="cam", main=StreamUrl("https://10.1.2.3:8086/camera/Simpang.flv"))
    assert pinned(camera, {"10.1.2.3:8086": FINGERPRINT}).main.fingerprint == FINGERPRINT
