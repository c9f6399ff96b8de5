#!/bin/sh
# leakwatch @VERSION@ for @TARGET@, one self-extracting file: this script, then the program and the Deno runtime,
# both compressed. The first start unpacks them into a private directory; every start checks them and hands over.
set -eu
PATH=${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}
export PATH

program_offset=@PROGRAM_OFFSET@ program_size=@PROGRAM_SIZE@ program_sha256=@PROGRAM_SHA256@
runtime_offset=@RUNTIME_OFFSET@ runtime_sha256=@RUNTIME_SHA256@
name=@NAME@

die() {
  echo "leakwatch: $*" >&2
  exit 1
}
sum() {
  sum=$(sha256sum <"$1") && echo "${sum%% *}"
}

# A real directory of our own that nobody else may enter, on a file system that lets programs run.
private() {
  (umask 077 && mkdir -p "$1") 2>/dev/null || return 1
  [ ! -L "$1" ] && [ "$(stat -c '%u %a' "$1")" = "$user 700" ] || return 1
  probe=$1/.probe.$$
  (umask 077 && : >"$probe" && chmod 700 "$probe") 2>/dev/null || return 1
  runs=no
  [ -x "$probe" ] && runs=yes # access(2) says no where the mount is noexec
  rm -f "$probe"
  [ "$runs" = yes ]
}

# Both files are what was packed. The runtime is large: one that has not changed since it was last checked is not read
# again. The seal holds the change time, which nobody can set back; who may write here is the same user anyway.
intact() {
  [ -x "$1/leakwatch" ] && [ -f "$1/program.js" ] || return 1
  [ "$(sum "$1/program.js")" = "$program_sha256" ] || return 1
  seal=$(stat -c '%i %s %Z' "$1/leakwatch") || return 1
  [ -f "$1/seal" ] && [ "$(cat "$1/seal")" = "$seal" ] && return 0
  [ "$(sum "$1/leakwatch")" = "$runtime_sha256" ] || return 1
  echo "$seal" >"$1/seal.$$" && mv -f "$1/seal.$$" "$1/seal"
}

# Starts at the same time each unpack for themselves; the renames make every moment whole.
unpack() {
  fresh=$1/.fresh.$$
  (
    umask 077
    mkdir -p "$1" "$fresh"
    tail -c "+$program_offset" "$self" | head -c "$program_size" | gzip -dc >"$fresh/program.js"
    tail -c "+$runtime_offset" "$self" | gzip -dc >"$fresh/leakwatch"
    chmod 700 "$fresh/leakwatch"
    [ "$(sum "$fresh/program.js")" = "$program_sha256" ] && [ "$(sum "$fresh/leakwatch")" = "$runtime_sha256" ] &&
      mv -f "$fresh/program.js" "$1/program.js" && mv -f "$fresh/leakwatch" "$1/leakwatch"
  ) 2>/dev/null && unpacked=0 || unpacked=1
  rm -rf "$fresh"
  rmdir "$1" 2>/dev/null || : # stays where it holds the files
  return "$unpacked"
}

for tool in sha256sum stat gzip tail head; do
  command -v "$tool" >/dev/null || die "cannot unpack: this machine has no $tool; install coreutils and gzip"
done
self=$(command -v -- "$0") || self=$0
case $self in /*) ;; *) self=$PWD/$self ;; esac
[ -r "$self" ] || die "cannot read $self, which holds the program; allow reading it"
user=$(id -u)

# Sets `cache` and `home` to the first place that can hold the unpacked files and holds them unharmed. Root goes where
# only root can write, so that a HOME kept by sudo is not trusted.
settle() {
  system=
  [ "$user" = 0 ] && system=/var/cache
  for parent in "${CACHE_DIRECTORY:-}" "$system" "${XDG_CACHE_HOME:-}" "${HOME:+$HOME/.cache}" \
    "${XDG_RUNTIME_DIR:-}" "${TMPDIR:-}" /var/tmp /tmp /dev/shm; do
    case $parent in /*) ;; *) continue ;; esac
    cache=$parent/leakwatch-$user
    home=$cache/$name
    private "$cache" && { intact "$home" || { unpack "$home" && intact "$home"; }; } && return 0
  done
  return 1
}
settle || die "cannot unpack: no private directory with 150 MB free where programs may run (set TMPDIR to one)," \
  "or this file is damaged (copy it again)"
# Runtimes of other versions, unpacked over a month ago; one that is still in use unpacks itself again.
find "$cache" -mindepth 1 -maxdepth 1 -type d ! -name "$name" ! -name deno -mtime +30 -exec rm -rf {} + 2>/dev/null || :

LEAKWATCH_EXECUTABLE=$self DENO_DIR=$cache/deno DENO_NO_UPDATE_CHECK=1
export LEAKWATCH_EXECUTABLE DENO_DIR DENO_NO_UPDATE_CHECK
exec "$home/leakwatch" run --quiet --allow-all --no-config --no-lock --no-remote --no-npm --no-prompt --unstable-net \
  "$home/program.js" "$@"
