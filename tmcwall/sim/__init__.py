"""The synthetic city: RTSP cameras with faults on command, for the demo, for training and for tests."""
