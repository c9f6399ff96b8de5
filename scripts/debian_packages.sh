#!/bin/sh
# Downloads Debian packages of any architecture, of the release that this machine has; installs nothing, and leaves this
# machine's own package lists alone. Needs apt-get.
#
#   debian_packages.sh ARCHITECTURE DIRECTORY PACKAGE...
set -eu

architecture=$1 directory=$2
shift 2
state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$directory"
: >"$state/status" # nothing is installed there

get() {
  apt-get -qq -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" -o APT::Sandbox::User=root \
    -o Dir::State::Lists="$state/lists" -o Dir::State::Status="$state/status" -o Dir::Cache="$state/cache" \
    -o Debug::NoLocking=1 "$@"
}

cd "$directory"
for try in 1 2 3; do
  if get update && get download "$@"; then exit 0; fi
  sleep "$try"
done
echo "debian_packages.sh: cannot download $* for $architecture" >&2
exit 1
