#!/bin/sh
# leakwatch @VERSION@ for @TARGET@, one self-extracting file: this script, then the program and the Deno runtime,
# both compressed. The first start unpacks them into a private directory; every start checks them and hands over.
set -eu
trap '' USR1 # the runtime would open a debugger at it; cli/no_debugger.ts
case $0 in */*) self=$0 ;; *) self=$(command -v -- "$0") || self=$0 ;; esac
case $self in /*) ;; *) self=$PWD/$self ;; esac
# The tools that check and unpack are the system's own, whatever the caller's PATH says. The program gets the caller's.
callers_path=${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin # the last is NixOS
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

modules() {
  sum=$(LC_ALL=C && cat "$1"/program/* | sha256sum) && echo "${sum%% *}"
}

# Nobody but root and this user can put something else in the place of DIR (a path without links): it and every folder
# above it belong to one of the two, and where others may write, only the owner of an entry may rename it (sticky).
# In a user namespace root may have another number; the owner of / is that.
guarded() {
  folder=$1
  set -- /
  while [ -n "$folder" ]; do
    set -- "$@" "$folder"
    folder=${folder%/*}
  done
  folders=$(stat -c '%u:%a' "$@") || return 1
  root=${folders%%:*}
  for folder in $folders; do
    owner=${folder%:*}
    [ "$owner" = 0 ] || [ "$owner" = "$user" ] || [ "$owner" = "$root" ] || return 1
    case ${folder#*:} in
      [1357][0-7][0-7][0-7]) ;;
      *[2367] | *[2367]?) return 1 ;;
    esac
  done
}

# Sets `cache` to a directory in PARENT that nobody else may enter or replace, on a file system that lets programs run.
private() {
  parent=$1
  if [ ! -d "$parent" ]; then # as ~/.cache of a new user
    guarded "$(cd -P -- "${parent%/*}/" && pwd)" && mkdir -m 700 "$parent" || return 1
  fi
  parent=$(cd -P -- "$parent" && pwd) && guarded "$parent" || return 1
  cache=${parent%/}/leakwatch-$user
  [ -d "$cache" ] || mkdir -m 700 "$cache" || [ -d "$cache" ] || return 1
  [ ! -L "$cache" ] && [ "$(stat -c '%u %a' "$cache")" = "$user 700" ] || return 1
  probe=$cache/.probe.$$
  (umask 077 && : >"$probe" && chmod 700 "$probe") || return 1
  runs=no
  [ -x "$probe" ] && runs=yes # access(2) says no where the mount is noexec
  rm -f "$probe"
  [ "$runs" = yes ]
}

# Runtime and modules are what was packed. The runtime is large: one that has not changed since it was last checked is not read
# again. The seal holds the change time, which nobody can set back; who may write here is the same user anyway.
intact() {
  [ -x "$1/leakwatch" ] && [ -f "$1/program/main.js" ] || return 1
  [ "$(modules "$1")" = "$program_sha256" ] || return 1
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
    mkdir -p "$1" "$fresh/program"
    tail -c "+$program_offset" "$self" | head -c "$program_size" | gzip -dc | tar -xof - -C "$fresh/program"
    tail -c "+$runtime_offset" "$self" | gzip -dc >"$fresh/leakwatch"
    chmod 700 "$fresh/leakwatch"
    mkdir -p "$1/program"
    for file in "$1"/program/*; do [ -e "$fresh/program/${file##*/}" ] || rm -rf "$file"; done
    [ "$(modules "$fresh")" = "$program_sha256" ] && [ "$(sum "$fresh/leakwatch")" = "$runtime_sha256" ] &&
      mv -f "$fresh"/program/* "$1/program" && mv -f "$fresh/leakwatch" "$1/leakwatch"
  ) 2>/dev/null && unpacked=0 || unpacked=1
  rm -rf "$fresh"
  rmdir "$1/program" "$1" 2>/dev/null || : # stays where it holds the files
  return "$unpacked"
}

for tool in sha256sum stat gzip tar tail head; do
  command -v "$tool" >/dev/null || die "cannot unpack: this machine has no $tool; install coreutils, gzip and tar"
done
[ -r "$self" ] || die "cannot read $self, which holds the program; allow reading it"
user=$(id -u)

# Sets `cache` and `home` to the first place that can hold the unpacked files and holds them unharmed. Root goes where
# only root can write and nowhere else: neither to a HOME kept by sudo nor to a folder that all share.
settle() {
  if [ "$user" = 0 ]; then
    set -- "${CACHE_DIRECTORY:-}" /var/cache
  else
    set -- "${CACHE_DIRECTORY:-}" "${XDG_CACHE_HOME:-}" "${HOME:+$HOME/.cache}" "${XDG_RUNTIME_DIR:-}" "${TMPDIR:-}" \
      /var/tmp /tmp /dev/shm
  fi
  for parent; do
    case $parent in /*) ;; *) continue ;; esac
    private "$parent" 2>/dev/null || continue
    home=$cache/$name
    intact "$home" || { unpack "$home" && intact "$home"; } || continue
    return 0
  done
  return 1
}
settle || die "cannot unpack: no folder with 150 MB free where programs may run and only its user may write (name one in" \
  "CACHE_DIRECTORY), or this file is damaged (copy it again)"
# Runtimes of other versions, unpacked over a month ago; one that is still in use unpacks itself again.
find "$cache" -mindepth 1 -maxdepth 1 -type d ! -name "$name" ! -name deno -mtime +30 -exec rm -rf {} + 2>/dev/null || :

# What the caller's environment says to Deno is not for this program, except which certificate authorities to trust.
for variable in $(env | sed -n 's/^\(DENO_[A-Za-z0-9_]*\)=.*/\1/p'); do
  case $variable in DENO_TLS_CA_STORE | DENO_CERT) ;; *) unset "$variable" ;; esac
done
unset NODE_OPTIONS OTEL_DENO
LEAKWATCH_EXECUTABLE=$self DENO_DIR=$cache/deno DENO_NO_UPDATE_CHECK=1
export LEAKWATCH_EXECUTABLE DENO_DIR DENO_NO_UPDATE_CHECK
set -- "$home/leakwatch" run --quiet --allow-all --no-config --no-lock --no-remote --no-npm --no-prompt --unstable-net \
  --v8-flags=--max-semi-space-size=1 "$home/program/main.js" "$@"
# A blocked signal stays blocked in every thread of the runtime; one that is merely ignored is only until it listens.
if env --block-signal=USR1 true 2>/dev/null; then set -- "$(command -v env)" --block-signal=USR1 "$@"; fi # coreutils 8.31
PATH=$callers_path
exec "$@"
