# shellcheck shell=bash
# What both labs share: where things lie, how packages come without being installed, how processes are known again.
# Sourced, not run. LAB_HOME may be set; all that the labs make lies below it.
# shellcheck disable=SC2034 # used by those who source it
LAB_HOME=${LAB_HOME:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/leakwatch-lab}
LAB_SCRIPTS=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
export LAB_HOME LC_ALL=C

say() { printf 'lab: %s\n' "$*" >&2; }
# 125: the lab's own failure, not that of a command run inside.
die() { say "$*"; exit 125; }

need_root() { [ "$(id -u)" = 0 ] || die "needs root"; }

# once DIR FUNCTION: runs FUNCTION with a fresh directory that becomes DIR when it succeeds; others who want it wait.
once() {
  local dir=$1 build=$2
  mkdir -p "$LAB_HOME"
  (
    flock 9
    [ -d "$dir" ] && exit 0
    rm -rf "$dir.new" && mkdir -p "$dir.new" || exit 1
    "$build" "$dir.new" >"$dir.log" 2>&1 || { tail -5 "$dir.log" >&2; exit 1; }
    mv "$dir.new" "$dir"
  ) 9>"$dir.lock" || die "cannot build $dir (log: $dir.log)"
}

# unpack DIR PACKAGE...: Debian packages, and what they need that this machine lacks, unpacked below DIR. Nothing is
# installed: no service starts, dpkg knows nothing of it.
unpack() {
  local dir=$1 try deb
  shift
  mkdir -p "$dir/debs/partial"
  for try in 1 2 3; do
    apt-get -qq -y --no-install-recommends --reinstall --download-only -o APT::Sandbox::User=root \
      -o Debug::NoLocking=1 -o Dir::Cache::archives="$dir/debs" install "$@" && break
    [ "$try" -lt 3 ] && apt-get -qq update || return 1
  done
  for deb in "$dir"/debs/*.deb; do dpkg-deb -x "$deb" "$dir" || return 1; done
  rm -rf "$dir/debs"
}

# The start time of a live process, so that a reused number is not taken for it; nothing for a dead one or a zombie.
start_of() { sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" && $1 != "X" { print $20 }'; }

# remember PID FILE and is_alive FILE: a process is known again by number and start time.
remember() { printf '%s %s\n' "$1" "$(start_of "$1")" >"$2.new" && mv "$2.new" "$2"; }
is_alive() {
  local pid start
  read -r pid start 2>/dev/null <"$1" && [ -n "$start" ] && [ "$(start_of "$pid")" = "$start" ]
}
pid_in() { cut -d' ' -f1 "$1"; }

# wait_until SECONDS COMMAND...: tries every 0.1 s.
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}

# stop_process FILE [SECONDS]: asks it to end, insists after a while.
stop_process() {
  is_alive "$1" || { rm -f "$1"; return 0; }
  kill -TERM "$(pid_in "$1")" 2>/dev/null
  wait_until "${2:-15}" not is_alive "$1" || kill -KILL "$(pid_in "$1")" 2>/dev/null
  rm -f "$1"
}
not() { ! "$@"; }
