#!/bin/sh
# What Debian or Ubuntu must have for tmcwall: installed where we may, else said in one sentence.
# usage: system-packages.sh python|desktop|test|bundle        GOAL: what was asked of make, to be named in advice
#        system-packages.sh install PACKAGE...              as root; the others do it by root's rights or sudo
set -eu

desktop="libegl1 libgl1 libopengl0 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libglib2.0-0 libgssapi-krb5-2
 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1
 libxcb-xfixes0 libxcb-xinerama0 libxcb-xkb1"
test="$desktop binutils ffmpeg gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-bad gstreamer1.0-plugins-base
 gstreamer1.0-plugins-good gstreamer1.0-tools mpv openssh-client postgresql python3-gi strace xauth xvfb"
bundle="$desktop binutils"

python=${PYTHON:-python3}

fail() {
    echo "$1" >&2
    exit 3
}

# The names of all installed packages and of what they provide: releases rename libraries and provide the old name.
present() {
    dpkg-query -W -f='${db:Status-Abbrev}\t${Architecture}\t${Package}, ${Provides}\n' |
        awk -F '\t' -v native="$(dpkg --print-architecture)" '
            substr($1, 2, 1) == "i" && ($2 == native || $2 == "all") {
                gsub(/ *\([^)]*\)/, "", $3); gsub(/, */, "\n", $3); print $3
            }'
}

# The name under which apt has it: its own, else that of a package which provides it, else (apt knows nothing yet) its own.
# Of several that provide it the one that has the name in its own: libasound2t64, and not an emulation of it.
installable() {
    apt-cache showpkg "$1" 2>/dev/null | awk -v name="$1" '
        /^[A-Z][A-Za-z ]*:/ { section = $0; next }
        section ~ /^Versions/ && NF { real = 1 }
        section ~ /^Reverse Provides/ && $1 !~ /:$/ && index(provider, name) != 1 &&
            (provider == "" || index($1, name) == 1) { provider = $1 }
        END { print (real || provider == "") ? name : provider }'
}

# With an older Python nothing can be installed; which command helps depends on what is here and on what apt has.
refuse_old_python() {
    case $1 in desktop) goal=demo ;; python) goal=setup ;; *) goal=$1 ;; esac
    goal=${GOAL:-$goal}
    found=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    need="tmcwall memerlukan Python 3.11 atau lebih baru, sedangkan $python di sini $found"
    for minor in 14 13 12 11; do
        "python3.$minor" -c 'import ensurepip, venv' 2>/dev/null && fail "$need; jalankan: make PYTHON=python3.$minor $goal"
    done
    newer=$(apt-cache pkgnames python3. 2>/dev/null | grep -E '^python3\.1[1-9]-venv$' | sort -V | tail -n 1)
    [ -z "$newer" ] || fail "$need; jalankan: sudo apt-get install -y $newer && make PYTHON=${newer%-venv} $goal"
    fail "$need dan apt tidak punya yang baru; pakai Debian 12, Ubuntu 24.04, atau yang lebih baru."
}

python_lacks() {
    if ! command -v "$python" >/dev/null; then
        echo python3-venv
    elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
    fi
}

install_packages() {
    echo "Memasang paket sistem: $*"
    log=$(mktemp)
    cluster=""
    service=""
    trap 'rm -f "$log" ${cluster:+"$cluster"}' EXIT
    case " $* " in *" postgresql "*)
        # The tests start servers of their own; the package's would run on this machine from every boot on.
        cluster=/etc/postgresql-common/createcluster.d/tmcwall-tests.conf
        mkdir -p "${cluster%/*}"
        echo "create_main_cluster = false" >"$cluster"
        present | grep -qxF postgresql-common || service=postgresql ;;
    esac
    apt="apt-get -qq -o DPkg::Lock::Timeout=120 -o Acquire::Retries=1 -o Acquire::http::Timeout=20"
    export DEBIAN_FRONTEND=noninteractive
    $apt update >"$log" 2>&1 || true
    if ! $apt install -y --no-install-recommends "$@" >>"$log" 2>&1; then
        cause=$(grep '^E: ' "$log" | tail -n 1)
        fail "Paket sistem tidak dapat dipasang; periksa jaringan, lalu ulangi perintah yang sama (${cause:-apt})."
    fi
    if [ -n "$service" ]; then
        update-rc.d "$service" disable >"$log" 2>&1 || fail "Layanan $service tetap menyala saat boot: $(tail -n 1 "$log")"
        echo "PostgreSQL hanya untuk pengujian: tanpa klaster, tidak berjalan, dan tidak dinyalakan saat boot."
    fi
}

case "${1:-}" in
    python) wanted="" ;;
    desktop) wanted=$desktop ;;
    test) wanted=$test ;;
    bundle)
        wanted=$bundle
        # Debian keeps the shared interpreter, which a bundle carries, in a package of its own.
        if [ "$(readlink -f "$(command -v "$python")" | cut -d/ -f1-3)" = /usr/bin ]; then
            wanted="$wanted libpython$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
        fi ;;
    install) shift; install_packages "$@"; exit 0 ;;
    *) echo "usage: $0 python|desktop|test|bundle | install PACKAGE..." >&2; exit 2 ;;
esac

if command -v "$python" >/dev/null && ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    refuse_old_python "$1"
fi
missing=$(python_lacks)
if ! command -v dpkg-query >/dev/null; then
    [ -z "$missing" ] || fail "Python 3.11 atau lebih baru dengan modul venv belum ada; pasang lebih dahulu."
    exit 0
fi
if [ -n "$wanted" ]; then
    here=$(present)
    # shellcheck disable=SC2086  # a list of package names
    for name in $(printf '%s\n' $wanted | grep -vxF "$here"); do
        missing="$missing $(installable "$name")"
    done
fi
[ -n "$missing" ] || exit 0

# shellcheck disable=SC2086  # a list of package names
set -- install $missing
if [ "$(id -u)" = 0 ]; then
    exec "$0" "$@"
elif ! command -v sudo >/dev/null; then
    fail "Paket sistem belum lengkap; jalankan: su -c '$0 $*'"
elif sudo -n true 2>/dev/null; then
    exec sudo -n "$0" "$@"
elif [ -t 0 ] && [ -t 2 ]; then
    echo "Paket sistem belum lengkap; sudo meminta kata sandi Anda untuk memasangnya."
    sudo "$0" "$@" && exit 0
fi
fail "Paket sistem belum lengkap; jalankan: sudo $0 $*"
