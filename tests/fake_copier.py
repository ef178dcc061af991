"""A copier without a process: it decodes nothing, and gives back a picture for each that it gets."""

from __future__ import annotations

from tests.integration.video.fake_camera import PPS, SPS
from tmcwall.domain.derived_copy import PNG, CodedPicture, CopiedPictures, CopyJob
from tmcwall.domain.fault import Fault, FaultCode

KEY = b"".join(b"\0\0\0\1" + nal for nal in (SPS, PPS, b"\x65\x88picture"))


class Copier:
    """Gives back what it gets; asked to, it fails after some pictures."""

    def __init__(self, *, fails_after: int | None = None) -> None:
        self.jobs: list[CopyJob] = []
        self._fails_after = fails_after

    def __call__(self, job, pictures, *, cancelled):
        self.jobs.append(job)
        count = 0
        for one in pictures():
            if count == self._fails_after:
                raise Fault(FaultCode.COPY_FAILED, "cancelled")
            count += 1
            if job.still_at_s is None:
                yield CodedPicture("h264", one.at_s, one.key, KEY)
        if job.still_at_s is not None:
            yield CodedPicture(PNG, 0.5, True, b"first ")
            yield CodedPicture(PNG, 0.5, True, b"second")
        yield CopiedPictures(640, 400, count, 0)
