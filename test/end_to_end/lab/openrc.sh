#!/bin/bash
# A throw-away machine that OpenRC boots: Debian's openrc package as the first process of namespaces of its own, on the root
# file system of machine.sh. Root is needed.
#
#   openrc.sh up NAME [--bind SOURCE:/mnt:ro]   boot, wait until the default runlevel is reached
#   openrc.sh exec NAME COMMAND [ARG...] run inside; its status is ours
#   openrc.sh down NAME                  destroy it
#
# There is no Alpine to be had from Debian's archive, so this shows the init system, not musl. Status 125 is the lab's own.
set -u -o pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"

ROOTFS=$LAB_HOME/rootfs
PACKAGES=$LAB_HOME/openrc # downloaded, not unpacked

build_packages() { (cd "$1" && apt-get -qq -o APT::Sandbox::User=root download openrc libeinfo1 librc1 insserv); }

# The first process: what OpenRC starts from.
boot() {
  local dir=$1 source=$2 root=$1/root deb node
  mount -t overlay -o "lowerdir=$ROOTFS,upperdir=$dir/upper,workdir=$dir/work" overlay "$root" || exit 1
  for deb in "$PACKAGES"/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$root" || exit 1
  done
  mount -t proc proc "$root/proc" && mount -t sysfs -o ro sysfs "$root/sys" && mount -t tmpfs -o mode=755 tmpfs "$root/run" || exit 1
  mount -t tmpfs -o mode=755 tmpfs "$root/dev" && mkdir "$root/dev/shm" "$root/dev/pts"
  for node in null zero random urandom tty; do
    : >"$root/dev/$node" && mount --bind "/dev/$node" "$root/dev/$node"
  done
  [ -z "$source" ] || mount --bind -o ro "$source" "$root/mnt" || exit 1
  exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin /sbin/openrc-init
}

# openrc-init as this machine counts: the child of the unshare whose number is kept.
first() { tr -d ' ' <"/proc/$1/task/$1/children" 2>/dev/null; }
inside() {
  local pid
  pid=$(first "$(pid_in "$dir/pid")") && [ -n "$pid" ] || return 125
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    nsenter --target "$pid" --mount --uts --ipc --net --pid --root --wd -- "$@"
}
is_up() { inside rc-status --runlevel 2>/dev/null | grep -qx default; }

up() {
  local source=''
  need_root
  [ "${1:-}" != --bind ] || source=${2%%:*}
  "$LAB_SCRIPTS/machine.sh" build
  once "$PACKAGES" build_packages
  [ ! -e "$dir" ] || die "machine '$name' exists (openrc.sh down $name)"
  mkdir -p "$dir"/{upper,work,root}
  setsid unshare --mount --pid --uts --ipc --net --fork --kill-child --propagation private \
    "$LAB_SCRIPTS/openrc.sh" _boot "$dir" "$source" </dev/null >"$dir/console.log" 2>&1 &
  remember $! "$dir/pid"
  wait_until 60 is_up || { tail -15 "$dir/console.log" >&2; down; die "$name does not boot"; }
}

down() {
  # The end of unshare ends its child, and with the first process of its namespace all others.
  is_alive "$dir/pid" && kill -KILL "$(pid_in "$dir/pid")"
  wait_until 10 not is_alive "$dir/pid"
  wait_until 10 rm -rf "$dir"
}

command=${1:-help} name=${2:-}
dir=$LAB_HOME/machines/openrc-$name
case $command in
  up) up "${@:3}" ;;
  exec) inside "${@:3}" ;;
  down) down ;;
  _boot) boot "$2" "$3" ;;
  *)
    sed -n '2,/^set -u/p' "$0" | sed '$d; s/^# \{0,1\}//'
    exit 2
    ;;
esac
