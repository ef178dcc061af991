"""RTSP, SDP, RTP and RTCP without I/O: bytes in, events out. Parsers raise nothing but `Fault`."""
