#!/bin/bash
# A throw-away machine that boots a real systemd (of this machine's own Debian release). Root is needed.
#
#   machine.sh up NAME [--qemu] [--bind SOURCE[:TARGET[:ro]]] ...   boot, wait until it is up
#   machine.sh exec NAME COMMAND [ARG...]     run inside; output and status are passed on (qemu: without stdin)
#   machine.sh reboot NAME [--hard]           reboot, or cut the power and boot; wait until it is up
#   machine.sh log NAME                       the console of all boots so far
#   machine.sh down NAME                      destroy it, its disk too
#   machine.sh build [--qemu]                 only download and unpack
#
# Without --qemu it is a systemd-nspawn container; with it a kernel of its own in software emulation. Status 125 is the
# lab's own failure, also where the machine goes away during exec.
set -u -o pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
# shellcheck source-path=SCRIPTDIR source=guest.sh
. "$LAB_SCRIPTS/guest.sh"

ROOTFS=$LAB_HOME/rootfs     # a Debian with systemd, never written to
NSPAWN=$LAB_HOME/nspawn     # systemd-nspawn and what it needs
MACHINES=$LAB_HOME/machines # one directory each: conf, console.log, pid, overlay or disk
PACKAGES=systemd,systemd-sysv,dbus,procps,iproute2

# The release and mirror that this machine itself uses.
suite() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; }
mirror() {
  sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\).*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -1
}

build_rootfs() {
  local dir=$1 unit
  unpack "$dir.tools" debootstrap || return 1
  DEBOOTSTRAP_DIR=$dir.tools/usr/share/debootstrap "$dir.tools/usr/sbin/debootstrap" --variant=minbase \
    --include="$PACKAGES" "$(suite)" "$dir" "$(mirror)" || return 1
  rm -rf "$dir.tools" "$dir"/var/cache/apt/* "$dir"/var/lib/apt/lists/* "$dir/etc/resolv.conf"
  echo labmachine >"$dir/etc/hostname"
  [ -s "$dir/etc/machine-id" ] || tr -d - </proc/sys/kernel/random/uuid >"$dir/etc/machine-id"
  mkdir -p "$dir/var/log/journal" "$dir/.lab" # the journal outlives a boot
  # No login prompts, and no timers that fire in the middle of a test.
  for unit in console-getty.service serial-getty@.service getty@.service apt-daily.timer apt-daily-upgrade.timer \
    dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer dev-hugepages.mount; do
    ln -sf /dev/null "$dir/etc/systemd/system/$unit"
  done
  cp "$LAB_SCRIPTS/agent.sh" "$dir/usr/local/lib/lab-agent"
  cat >"$dir/etc/systemd/system/lab-agent.service" <<'END'
[Unit]
Description=Takes commands from the host (qemu only)
ConditionVirtualization=vm
[Service]
# Each command gets a unit of its own, as a login would give it.
ExecStart=/usr/local/lib/lab-agent systemd-run --quiet --wait --pipe --collect -E HOME=/root
END
  mkdir -p "$dir/etc/systemd/system/multi-user.target.wants"
  ln -s ../lab-agent.service "$dir/etc/systemd/system/multi-user.target.wants/"
}
build_nspawn() { unpack "$1" systemd-container systemd; }

build() {
  once "$ROOTFS" build_rootfs
  if [ "${1:-}" = --qemu ]; then once "$GUEST" build_guest; else once "$NSPAWN" build_nspawn; fi
}

# Sets `dir`, `kind` and `binds` of a machine that exists.
load() {
  dir=$MACHINES/${1:?which machine}
  [ -f "$dir/conf" ] || die "no machine '$1'"
  mapfile -t binds <"$dir/conf"
  kind=${binds[0]} binds=("${binds[@]:1}")
}

# The machine's cgroups, so that two machines do not share the names that nspawn gives to their parts.
cgroups() {
  local tree
  for tree in /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do [ -d "$tree" ] && echo "$tree/lab-$1"; done
  [ ! -f /sys/fs/cgroup/cgroup.procs ] || echo "/sys/fs/cgroup/lab-$1"
}

# The machine's first process as this machine counts, nspawn only: the one whose number in the innermost namespace is 1.
leader() {
  local pid=$1 child
  # shellcheck disable=SC2013 # the kernel separates them by spaces
  for child in $(cat /proc/"$pid"/task/*/children 2>/dev/null); do
    if [ "$(cat "/proc/$child/comm" 2>/dev/null)" = systemd ] && grep -q '^NSpid:.*[[:space:]]1$' "/proc/$child/status" 2>/dev/null; then
      echo "$child"
    else
      leader "$child"
    fi
  done
}

# Straight into the container's namespaces, no matter how far its boot is.
inside() {
  local pid
  pid=$(leader "$(pid_in "$dir/pid")" 2>/dev/null | head -1) && [ -n "$pid" ] || return 125
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    nsenter --target "$pid" --mount --uts --ipc --net --pid --cgroup --root --wd -- "$@"
}

run_inside() {
  if [ "$kind" = qemu ]; then guest_exec "$dir" "$@"; else
    # A transient unit gives the command the machine's own cgroup, capabilities and environment.
    inside systemd-run --quiet --wait --pipe --collect -E HOME=/root -- "$@"
  fi
}
boot_count() { cat "$dir/boots" 2>/dev/null || echo 0; }
is_up() {
  [ "$(boot_count)" -gt "$1" ] || return 1
  case $([ "$kind" = qemu ] || inside systemctl is-system-running 2>/dev/null) in
    running | degraded) return 0 ;;
  esac
  [ "$kind" = qemu ] && [ -n "$(guest_boot "$dir")" ] &&
    guest_exec "$dir" systemctl is-system-running --wait 2>/dev/null | grep -qE 'running|degraded'
}
wait_up() { wait_until "$([ "$kind" = qemu ] && echo 400 || echo 60)" is_up_or_dead "$1" && is_alive "$dir/pid"; }
is_up_or_dead() { is_up "$1" || ! is_alive "$dir/pid"; }

start() {
  mkdir -p "$dir"/{upper,work,root}
  [ "$kind" != qemu ] || guest_prepare "$dir"
  setsid --fork "$LAB_SCRIPTS/machine.sh" _supervise "$1" </dev/null >>"$dir/console.log" 2>&1
  wait_until 5 test -s "$dir/pid" && wait_up 0
}

up() {
  local name=$1 kind=nspawn dir=$MACHINES/$1 binds=() source target mode try
  shift
  need_root
  [[ $name =~ ^[a-z0-9][a-z0-9-]{0,40}$ ]] || die "bad name '$name': a-z, 0-9 and -"
  while [ $# -gt 0 ]; do
    case $1 in
      --qemu) kind=qemu ;;
      --bind)
        IFS=: read -r source target mode <<<"$2"
        source=$(readlink -e "$source") || die "no $2"
        binds+=("$source:${target:-$source}:${mode:-rw}")
        shift
        ;;
      *) die "unknown option $1" ;;
    esac
    shift
  done
  build "$([ "$kind" != qemu ] || echo --qemu)"
  [ ! -e "$dir" ] || die "machine '$name' exists (machine.sh down $name)"
  for try in 1 2; do
    mkdir -p "$dir" && printf '%s\n' "$kind" "${binds[@]}" | sed '/^$/d' >"$dir/conf"
    start "$name" && return 0
    tail -15 "$dir/console.log" >&2
    down "$name"
    [ "$try" = 2 ] || say "$name did not boot, once more"
  done
  die "$name does not boot"
}

# Keeps the machine going from boot to boot. A private pid namespace: killing its first process takes everything along.
supervise() {
  local tree
  load "$1"
  for tree in $(cgroups "$1"); do mkdir -p "$tree" && echo $$ >"$tree/cgroup.procs"; done
  unshare --pid --mount --fork --kill-child --mount-proc --propagation private "$LAB_SCRIPTS/machine.sh" _boot "$1" &
  remember $! "$dir/pid"
  wait $!
}

boot() {
  local status
  load "$1"
  if [ "$kind" = nspawn ]; then
    mount -t tmpfs -o mode=755 tmpfs /run # what nspawn leaves in /run/systemd/nspawn stays here
    mount -t overlay -o "lowerdir=$ROOTFS,upperdir=$dir/upper,workdir=$dir/work" overlay "$dir/root" || exit 1
  fi
  while :; do
    echo "=== boot $(($(boot_count) + 1))"
    echo $(($(boot_count) + 1)) >"$dir/boots"
    rm -f "$dir/power-cut"
    if [ "$kind" = nspawn ]; then boot_nspawn "$1"; else guest_run "$dir" "$ROOTFS" /lib/systemd/systemd 2048 "${binds[@]}"; fi
    status=$?
    echo "=== ended with status $status"
    # 133: a container asked to be booted again. qemu runs with -no-reboot, so the console tells.
    [ "$status" = 133 ] || [ -e "$dir/power-cut" ] || tail -5 "$dir/console.log" | grep -aq 'reboot: Restarting' || exit "$status"
  done
}
boot_nspawn() {
  local bind source target mode options=() libraries=$NSPAWN/usr/lib/x86_64-linux-gnu
  for bind in "${binds[@]}"; do
    IFS=: read -r source target mode <<<"$bind"
    if [ "$mode" = ro ]; then options+=(--bind-ro="$source:$target"); else options+=(--bind="$source:$target"); fi
  done
  SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 LD_LIBRARY_PATH=$libraries:$libraries/systemd:$NSPAWN/lib/x86_64-linux-gnu \
    "$NSPAWN/usr/bin/systemd-nspawn" --quiet --boot --register=no --keep-unit --settings=no --link-journal=no \
    --timezone=off --console=pipe --private-network --resolv-conf=off --machine="$1" --directory="$dir/root" \
    "${options[@]}" </dev/null
}

reboot() {
  local name='' hard='' word boots process
  for word in "$@"; do if [ "$word" = --hard ]; then hard=1; else name=$word; fi; done
  load "$name"
  boots=$(boot_count)
  if [ -z "$hard" ]; then
    run_inside systemctl --no-block reboot >/dev/null 2>&1
  else # no shutdown at all
    touch "$dir/power-cut"
    process=$(leader "$(pid_in "$dir/pid")" | head -1)
    [ "$kind" = nspawn ] || process=$(grep -lx qemu-system-x86 /proc/[0-9]*/comm | while IFS=/ read -r _ _ word _; do
      tr '\0' '\n' <"/proc/$word/cmdline" | grep -qF "file=$dir/disk," && echo "$word"
    done)
    kill -KILL "$process"
  fi
  wait_up "$boots" || { tail -15 "$dir/console.log" >&2; die "$name did not boot again"; }
}

emptied() {
  [ ! -d "$1" ] || find "$1" -depth -type d -exec rmdir {} \; 2>/dev/null
  [ ! -d "$1" ]
}
down() {
  local name=$1 dir=$MACHINES/$1 tree
  is_alive "$dir/pid" && kill -KILL "$(pid_in "$dir/pid")"
  wait_until 10 not is_alive "$dir/pid"
  for tree in $(cgroups "$name"); do
    wait_until 30 emptied "$tree"
  done
  rm -rf "$dir"
}

command=${1:-help}
[ $# = 0 ] || shift
case $command in
  up | down | build | reboot) "$command" "$@" ;;
  exec)
    load "${1:?which machine}"
    run_inside "${@:2}"
    ;;
  log) load "${1:?which machine}" && cat "$dir/console.log" ;;
  _supervise) supervise "$1" ;;
  _boot) boot "$1" ;;
  *)
    sed -n '2,/^set -u/p' "$0" | sed '$d; s/^# \{0,1\}//'
    exit 2
    ;;
esac
