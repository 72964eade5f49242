#!/bin/sh
# Tries what people install: unpacks the tar on what looks like a machine without Java, and keeps, sends and restores a folder with it;
# installs the Debian package into a layer over this machine's files, uses it, removes it, and looks at what is left. Both happen in
# mounts of their own, which are gone with this script: this machine stays as it was. Needs root and Linux; skipped with a message
# where that is lacking.
#
#   sh test.sh TARGET VERSION
set -eu

target=$1
version=$2

say() { printf 'dist: %s\n' "$*"; }
fail() { printf 'dist: FAILED: %s\n' "$*" >&2; exit 1; }

if [ "${3:-}" != inside ]; then
    if [ "$(id -u)" != 0 ] || ! unshare -m true 2>/dev/null; then
        say "skipped: mounts of its own need root"
        exit 0
    fi
    exec unshare -m --propagation private sh "$0" "$target" "$version" inside
fi

# ---- a machine without Java, whose every change lands in memory -----------------------------------------------------

scratch=$(mktemp -d)
trap 'umount -l "$scratch" 2>/dev/null; rmdir "$scratch"' EXIT
mount -t tmpfs -o size=1g none "$scratch"
mkdir "$scratch/changes" "$scratch/work" "$scratch/root"
if ! mount -t overlay -o "lowerdir=/,upperdir=$scratch/changes,workdir=$scratch/work" overlay "$scratch/root" 2>/dev/null; then
    say "skipped: this machine allows no overlay over its files"
    exit 0
fi
root=$scratch/root
mount --bind /proc "$root/proc"
mount --bind /dev "$root/dev"
mount -t tmpfs none "$root/tmp"
mount -t tmpfs none "$root/run"
for jdks in "$root"/usr/lib/jvm "$root"/usr/lib64/jvm "$root"/usr/java "$root"/opt; do
    [ ! -d "$jdks" ] || mount -t tmpfs none "$jdks"
done
mkdir "$root/tmp/home" "$root/tmp/in"
cp "$target"/cairn-"$version"-linux-*.tar.gz "$target"/*.deb "$root/tmp/in/" 2>/dev/null || true

# Runs in that machine, as a person with an empty home.
there() { chroot "$root" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/tmp/home "$@"; }

there true || fail "no program runs there"
! there sh -c 'command -v java && java -version' >/dev/null 2>&1 || fail "there is a Java on the machine that should have none"

# From a first snapshot to a restore from a replica, with the program $1 and the server's data in $2.
round_trip() {
    cairn=$1
    there sh -euc '
        cairn=$1
        served=$2
        cd "$HOME"
        mkdir -p papers/deep
        seq 1 200000 >papers/deep/numbers
        ln -s deep/numbers papers/link
        "$cairn" snapshot papers --tag first
        "$cairn" serve --data "$served" --listen 127.0.0.1:0 --json >announced 2>server.log &
        server=$!
        trap "kill $server" EXIT
        i=0
        while ! grep -q fingerprint announced; do
            i=$((i + 1))
            [ "$i" -lt 300 ] || { cat server.log >&2; exit 1; }
            sleep 0.1
        done
        field() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/" announced; }
        url="$(field url)/default/mine#$(field fingerprint)"
        "$cairn" remote add origin "$url" --enrol "$(field enrolmentCode)"
        "$cairn" push
        "$cairn" clone "$url" "$HOME/replica"
        "$cairn" -r "$HOME/replica" verify --data
        "$cairn" -r "$HOME/replica" restore main --target "$HOME/restored"
        diff -r --no-dereference papers restored
        "$cairn" export main -o all.zip
        "$cairn" import all.zip --branch again
        "$cairn" complete branches | grep -x again
        "$cairn" stats --json >/dev/null
        "$cairn" rdiff signature papers/deep/numbers signature
        kill $server
        wait $server || { echo "the server ended with $?" >&2; exit 1; }
        trap - EXIT
    ' sh "$cairn" "$2" >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; fail "the round trip of $cairn"; }
}

# Whether the JVM of the installation in $1 takes its cache $2: with this option it stops if it cannot.
takes_cache() {
    access=$(sed -n "s/^access='\(.*\)'$/\1/p" "$root$1/bin/cairn")
    there "$1/lib/runtime/bin/java" -XX:+UseSerialGC --sun-misc-unsafe-memory-access=allow -XX:AOTMode=on "-XX:AOTCache=$2" $access \
        -cp "$1/bin/../lib/cairn.jar" dev.cairn.cli.Main version >/dev/null || fail "the JVM refuses $2"
}

caches() {
    ls "$root$1"/lib/*.log >/dev/null 2>&1 && fail "logs of the build are in $1/lib"
    for cache in "$root$1"/lib/*.aot; do
        [ ! -e "$cache" ] || takes_cache "$1" "${cache#"$root"}"
    done
}

# ---- the tar --------------------------------------------------------------------------------------------------------

there sh -euc 'cd /tmp && tar -xzf /tmp/in/cairn-*.tar.gz' || fail "the tar cannot be unpacked"
home=/tmp/cairn-$version
there "$home/bin/cairn" version | grep -q "^cairn $version " || fail "the tar's cairn does not tell its version"
caches "$home"
round_trip "$home/bin/cairn" /tmp/home/served
chmod -R a-w "$root$home"
there "$home/bin/cairn" completion zsh | grep '^#compdef cairn' >/dev/null || fail "no completion from a folder that cannot be written"
say "the tar works without Java: snapshot, push, clone, verify, restore"

# ---- the Debian package ---------------------------------------------------------------------------------------------

deb=$(find "$root/tmp/in" -name '*.deb' | head -n 1)
if [ -z "$deb" ] || ! command -v dpkg >/dev/null 2>&1; then
    say "skipped: no Debian package was made, or there is no dpkg"
    exit 0
fi
deb=${deb#"$root"}
rm -rf "$root$home" "$root/tmp/home"
mkdir "$root/tmp/home"

changed() { (cd "$scratch/changes" && find . \( -type f -o -type l \) | sort); }
changed >"$scratch/before"
there sh -c 'PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive dpkg --force-depends -i "$1"' sh "$deb" >"$scratch/log" 2>&1 ||
    { cat "$scratch/log" >&2; fail "dpkg -i"; }
there cairn version | grep -q "^cairn $version " || fail "/usr/bin/cairn does not tell its version"
caches /usr/lib/cairn
there sh -c 'getent passwd cairn' >/dev/null || fail "the package made no user for the server"
for file in /usr/share/man/man1/cairn.1.gz /usr/share/man/man1/cairn-snapshot.1.gz /usr/share/bash-completion/completions/cairn \
    /usr/share/zsh/vendor-completions/_cairn /usr/share/fish/vendor_completions.d/cairn.fish \
    /usr/lib/systemd/system/cairn-server.service /etc/default/cairn-server; do
    [ -f "$root$file" ] || fail "the package does not bring $file"
done
round_trip /usr/bin/cairn /tmp/home/served
if command -v systemd-analyze >/dev/null 2>&1; then
    there systemd-analyze verify /usr/lib/systemd/system/cairn-server.service >"$scratch/log" 2>&1 || true
    ! grep cairn "$scratch/log" >&2 || fail "systemd-analyze verify has something against the unit"
fi

# What the server keeps must outlive the package.
mkdir -p "$root/var/lib/cairn"
echo data >"$root/var/lib/cairn/kept"
there sh -c 'PATH=/usr/sbin:/usr/bin:/sbin:/bin dpkg --purge cairn' >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; fail "dpkg --purge"; }
[ -f "$root/var/lib/cairn/kept" ] || fail "removal took the data away"
# Beside what the package system and the list of users keep for themselves.
changed | comm -13 "$scratch/before" - |
    grep -v -e '^\./var/lib/dpkg/' -e '^\./var/log/dpkg\.log$' -e '^\./var/lib/cairn/kept$' -e '^\./var/cache/man/' \
        -e '^\./etc/\(passwd\|group\|shadow\|gshadow\)-\{0,1\}$' -e '^\./etc/\.pwd\.lock$' >"$scratch/left" || true
while IFS= read -r left; do
    # A file of the machine that was only written anew, or taken away, is none that was left.
    [ ! -e "$root/${left#./}" ] || [ -e "/${left#./}" ] || { cat "$scratch/left" >&2; fail "removal left $left"; }
done <"$scratch/left"
say "the Debian package installs, works, and leaves nothing but the data"
