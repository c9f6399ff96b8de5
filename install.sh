#!/bin/sh
# Installs leakwatch and, unless told otherwise, its boot watcher; run again, it upgrades.
#
#   install.sh [options]
#     --prefix DIR     install below DIR (default: /usr/local)
#     --binary FILE    install this file (default: leakwatch, leakwatch-VERSION-linux-MACHINE or dist/leakwatch beside this
#                      script, else it is built)
#     --no-service     only the program, its manual page and completions
#     --no-start       the service starts at the next boot, not now
#     --uninstall      remove all of it; logs stay
#     --purge          with --uninstall: the logs, too
#     --dry-run        say what would be done, do nothing
#
# Where FILE.sha256 or SHA256SUMS lies beside the file, it must hold its checksum. Logs, of which none is ever touched here without --purge, are in
# /var/log/boot-diagnostics and /var/log/memory-monitor. From a pipe (`sh -s -- --prefix DIR <install.sh`) it looks for the
# program in the current folder.
set -eu

prefix=/usr/local binary='' service=yes start=yes action=install purge=no dry=no
unit=/etc/systemd/system/boot-diagnostics.service
openrc=/etc/init.d/boot-diagnostics
logs="/var/log/boot-diagnostics /var/log/memory-monitor"

say() { echo "install.sh: $*"; }
die() {
  echo "install.sh: $*" >&2
  exit 1
}
usage() {
  [ -f "$0" ] || die "--help needs the file: download install.sh, then: sh install.sh --help"
  sed -n '2,/^set -eu/{s/^# \{0,1\}//;/^set -eu/!p;}' "$0"
}

while [ $# -gt 0 ]; do
  case $1 in
    --prefix | --binary)
      [ $# -gt 1 ] || die "$1 needs a value"
      if [ "$1" = --prefix ]; then prefix=$2; else binary=$2; fi
      shift
      ;;
    --prefix=*) prefix=${1#*=} ;;
    --binary=*) binary=${1#*=} ;;
    --no-service) service=no ;;
    --no-start) start=no ;;
    --uninstall) action=uninstall ;;
    --purge) purge=yes ;;
    --dry-run) dry=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      echo "install.sh: unknown option $1; see install.sh --help" >&2
      exit 2
      ;;
  esac
  shift
done
case $prefix in
  /*) ;;
  *) prefix=$PWD/$prefix ;;
esac
here=$PWD # where sh reads this from a pipe
[ ! -f "$0" ] || here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
case $binary in
  '' | */*) ;;
  *) binary=./$binary ;; # not one of that name on PATH
esac
program=$prefix/bin/leakwatch
manual=$prefix/share/man/man1/leakwatch.1
bash_completion=$prefix/share/bash-completion/completions/leakwatch
zsh_completion=$prefix/share/zsh/site-functions/_leakwatch
fish_completion=$prefix/share/fish/vendor_completions.d/leakwatch.fish

# run COMMAND...: every change goes through here, so that --dry-run shows all of them.
run() {
  if [ "$dry" = yes ]; then echo "would run: $*"; else "$@"; fi
}

is_root() { [ "$(id -u)" = 0 ]; }
init_system() {
  if [ -d /run/systemd/system ]; then
    echo systemd
  elif [ -d /run/openrc ]; then
    echo openrc
  fi
}

# Can a file be made in DIR, or in the nearest folder above it that exists?
can_write() {
  dir=$1
  while [ ! -d "$dir" ]; do dir=$(dirname "$dir"); done
  [ -w "$dir" ]
}

has_glibc() {
  for loader in /lib64/ld-linux-* /lib/ld-linux-*; do [ ! -e "$loader" ] || return 0; done
  return 1
}

check_machine() {
  [ "$(uname -s)" = Linux ] || die "leakwatch reads Linux kernels; this is $(uname -s)"
  case $(uname -m) in
    x86_64 | aarch64) ;;
    *) die "no leakwatch for $(uname -m): there is one for x86_64 and one for aarch64" ;;
  esac
  # Deno's releases are linked to glibc; musl's loader gives such a program "not found" and nothing else.
  if ! has_glibc; then
    die "this system has musl or another C library; leakwatch needs glibc (on Alpine: run it in a Debian container with --pid=host)"
  fi
}

check_rights() {
  [ "$dry" = yes ] || is_root || [ "$service" = no ] ||
    die "the service needs root: run with sudo, or with --no-service and a --prefix of yours"
  [ "$dry" = yes ] || can_write "$prefix/bin" || die "cannot write to $prefix: run with sudo, or with --prefix and --no-service"
}

# Sets `binary` to a file whose checksum is right.
find_binary() {
  if [ -z "$binary" ]; then
    for binary in "$here/leakwatch" "$here"/leakwatch-*-linux-"$(uname -m)" "$here/dist/leakwatch"; do
      [ ! -f "$binary" ] || break
    done
    [ -f "$binary" ] || build
  fi
  [ -f "$binary" ] || { [ "$dry" = yes ] && return 0; } || die "no file $binary"
  check_sum
  [ "$dry" = yes ] || version=$(read_version) ||
    die "$binary does not run on this machine ($(uname -m)); is it the file for another one?"
}
check_sum() {
  if [ -f "$binary.sha256" ]; then
    sums=$binary.sha256
    expected=$(cut -d ' ' -f 1 "$sums")
    [ -n "$expected" ] || die "$sums is empty; fetch it again"
  else
    sums=$(dirname "$binary")/SHA256SUMS # as a release has it
    expected=$(grep -s "  ${binary##*/}\$" "$sums" | cut -d ' ' -f 1)
  fi
  if [ -z "$expected" ]; then
    say "neither $binary.sha256 nor SHA256SUMS has its checksum, so the program is installed unchecked"
    return 0
  fi
  actual=$(sha256sum <"$binary")
  [ "${actual%% *}" = "$expected" ] || die "$binary does not have the checksum in $sums; fetch both again"
}
# Of the file itself, or of a copy where it lies on a file system without programs.
read_version() {
  "$binary" --version 2>/dev/null && return 0
  copy=$(mktemp) && cp "$binary" "$copy" && chmod 700 "$copy" && "$copy" --version 2>/dev/null
  status=$?
  rm -f "$copy"
  return "$status"
}
build() {
  [ -f "$here/scripts/compile.ts" ] || die "no leakwatch in $here; name one with --binary"
  command -v npx >/dev/null || die "no built leakwatch here, and building one needs Node's npx; name one with --binary"
  say "building leakwatch"
  run sh -c 'cd "$1" && npx -y deno@2.9.6 task compile' sh "$here" >&2
  binary=$here/dist/leakwatch
}

# put FILE TARGET MODE: replaced as a whole, so that a running leakwatch keeps its own file; one that is the same stays.
put() {
  if [ -f "$2" ] && cmp -s "$1" "$2"; then
    say "$2 is up to date"
    return 0
  fi
  run mkdir -p "$(dirname "$2")"
  run cp "$1" "$2.new"
  run chmod "$3" "$2.new"
  run mv -f "$2.new" "$2"
  restore_label "$2"
}
restore_label() {
  # SELinux: the label that the policy has for this place.
  if command -v restorecon >/dev/null; then run restorecon -F "$1" || :; fi
}

# put_text TARGET ARG...: what leakwatch prints for the arguments.
put_text() {
  target=$1
  shift
  if [ "$dry" = yes ]; then
    echo "would write: $target (leakwatch $*)"
    return 0
  fi
  text=$(mktemp)
  "$program" "$@" >"$text" || die "$program $* failed"
  put "$text" "$target" 644
  rm -f "$text"
}

install_all() {
  check_machine
  check_rights
  find_binary
  put "$binary" "$program" 755
  put_text "$manual" manual
  put_text "$bash_completion" completions bash
  put_text "$zsh_completion" completions zsh
  put_text "$fish_completion" completions fish
  if [ "$service" = yes ]; then
    if [ -n "$(init_system)" ]; then
      if [ "$start" = yes ]; then run "$program" boot --install-service; else run "$program" boot --install-service --no-start; fi
    else
      say "neither systemd nor OpenRC runs here: no service; start 'leakwatch boot' from your own boot script"
    fi
  fi
  say "done: ${version:-leakwatch} in $program"
}

uninstall_all() {
  [ "$dry" = yes ] || is_root || can_write "$prefix/bin" || die "cannot change $prefix: run with sudo"
  if [ "$service" = yes ] && { [ -e "$unit" ] || [ -e "$openrc" ]; }; then
    [ "$dry" = yes ] || is_root || die "removing the service needs root: run with sudo"
    if [ -x "$program" ]; then run "$program" boot --uninstall-service --quiet; else remove_service; fi
  fi
  for file in "$program" "$manual" "$bash_completion" "$zsh_completion" "$fish_completion"; do
    [ ! -e "$file" ] || run rm -f "$file"
  done
  # What a self-extracting leakwatch unpacked for root, and what the service kept.
  [ "$service" = no ] || ! is_root || run rm -rf /var/cache/leakwatch-0 /var/cache/leakwatch /var/lib/leakwatch
  # What the runtime of a compiled one keeps, under the name of the program.
  [ "$dry" = yes ] || ! is_root || rm -f /tmp/deno-compile-leakwatch.cache || :
  if [ "$purge" = yes ]; then
    # shellcheck disable=SC2086 # two folders
    run rm -rf $logs
    if id leakwatch >/dev/null 2>&1; then run userdel leakwatch || :; fi
    say "leakwatch and its logs are removed"
  else
    say "leakwatch is removed; its logs stay in $logs (--purge takes them)"
  fi
}
# Where the program itself is gone already.
remove_service() {
  if [ -e "$unit" ]; then
    run systemctl disable --now boot-diagnostics.service || :
    run rm -f "$unit"
    run systemctl daemon-reload || :
  fi
  if [ -e "$openrc" ]; then
    run rc-service boot-diagnostics stop || :
    run rc-update del boot-diagnostics || :
    run rm -f "$openrc"
  fi
}

case $action in
  install) install_all ;;
  uninstall) uninstall_all ;;
esac
