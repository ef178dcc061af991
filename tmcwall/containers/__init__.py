"""What cameras on the web send, without I/O: HLS playlists, MPEG-TS, MP4 fragments and FLV; bytes in, pictures out."""
