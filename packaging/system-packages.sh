#!/bin/sh
# Installs the system packages that tmcwall needs on Debian and Ubuntu when it may, else names them in one sentence.
# usage: system-packages.sh desktop|test|bundle
set -eu

desktop="libegl1 libgl1 libopengl0 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libglib2.0-0 libxcb-cursor0
 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1
 libxcb-xfixes0 libxcb-xinerama0 libxcb-xkb1"
test="$desktop ffmpeg gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-bad gstreamer1.0-plugins-base
 gstreamer1.0-plugins-good gstreamer1.0-tools mpv openssh-client postgresql python3-gi strace xauth xvfb"

bundle="$desktop binutils"
# Debian keeps the shared interpreter, which a bundle carries, in a package of its own.
if [ "$(readlink -f "$(command -v "${PYTHON:-python3}")" | cut -d/ -f1-3)" = /usr/bin ]; then
    bundle="$bundle libpython$("${PYTHON:-python3}" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
fi

case "${1:-}" in
    desktop) wanted=$desktop ;;
    test) wanted=$test ;;
    bundle) wanted=$bundle ;;
    *) echo "usage: $0 desktop|test|bundle" >&2; exit 2 ;;
esac

command -v dpkg-query >/dev/null 2>&1 || exit 0
missing=""
for package in $wanted; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root="sudo -n"
else
    echo "Paket sistem belum lengkap; jalankan: sudo apt install -y$missing" >&2
    exit 3
fi
echo "Memasang paket sistem:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086 -- a list of package names
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
