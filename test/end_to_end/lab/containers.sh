#!/bin/bash
# Real container engines with leaking and steady containers, on a Debian machine without any of them. Root is needed.
#
#   containers.sh up [podman] [docker]     engines on this kernel, whatever its cgroup version is (default: both)
#   containers.sh down                     stop and remove all of it
#   containers.sh engine podman|docker ... the engine's own command line
#   containers.sh engines                  unpack the engines, start nothing
#   containers.sh guest-up [podman] [docker]   the same in a qemu guest with a pure cgroup v2 (under a minute)
#   containers.sh guest-exec COMMAND ...   run a command in that guest; output and status come back
#   containers.sh guest-rootless           rootless.sh up in that guest; rootless.sh prepare first
#   containers.sh guest-down
#
# `up` prints one line for each socket (socket ENGINE PATH) and container (container ENGINE NAME ID). It may be repeated:
# what runs is kept. Containers: lab-leaker (1 MiB per second up to 256 MiB, then its limit kills it), lab-steady (20 MiB,
# flat), lab-cache (page cache only), lab-thrash (reads more than its limit holds: pressure), lab-nolimit, lab-oomed (exited
# with 137). In the guest every path of this machine is there, read-only beneath an overlay; what the guest writes is lost.
#
# Environment: LAB_HOME; LEAK_KB (1024), LEAK_SECONDS (1), LEAK_LIMIT_MIB (256), LEAK_RESTART (no): the leaker's step, limit and
# restart policy; LAB_SYSTEM_SOCKETS=1: also link the engines' usual sockets, where those are free.
set -u -o pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"
# shellcheck source-path=SCRIPTDIR source=guest.sh
. "$LAB_SCRIPTS/guest.sh"

ENGINES=$LAB_HOME/engines                 # unpacked packages
STATE=${LAB_STATE:-$LAB_HOME/containers}  # everything that runs
IMAGE=localhost/lab/busybox:latest        # fully qualified, so that podman asks no short-name table
GUEST_DIR=$LAB_HOME/container-guest
declare -A USUAL_SOCKET=([podman]=/run/podman/podman.sock [docker]=/run/docker.sock)

build_engines() {
  # Of two ways to run containers podman takes crun, which refuses hybrid cgroups: runc is named beside it.
  unpack "$1" podman conmon runc containerd docker.io tini busybox-static patchelf golang-github-containers-common \
    golang-github-containers-image || return 1
  # conmon calls podman again with an environment of its own, so the library path goes into the program.
  "$1/usr/bin/patchelf" --set-rpath "$ENGINES/usr/lib/x86_64-linux-gnu" "$1/usr/bin/podman"
}

# Limits below what this machine's root may set: the engines' own defaults exceed a hard limit without CAP_SYS_RESOURCE.
at_most_4096() { if [ "$1" = unlimited ] || [ "$1" -gt 4096 ]; then echo 4096; else echo "$1"; fi; }

configure() {
  local files processes applet
  mkdir -p "$STATE"/{etc/cni,home/.config/containers,image/{bin,tmp,proc,sys,dev,etc}}
  cp "$ENGINES/etc/containers/policy.json" "$STATE/home/.config/containers/policy.json"
  files=$(at_most_4096 "$(ulimit -Hn)") processes=$(at_most_4096 "$(ulimit -Hu)")
  cat >"$STATE/etc/containers.conf" <<END
[containers]
default_ulimits = ["nofile=$files:$files", "nproc=$processes:$processes"]
seccomp_profile = "$ENGINES/usr/share/containers/seccomp.json"
netns = "none"
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
conmon_path = ["$ENGINES/usr/bin/conmon"]
static_dir = "$STATE/podman/static"
tmp_dir = "$STATE/podman/tmp"
volume_path = "$STATE/podman/volumes"
[engine.runtimes]
runc = ["$ENGINES/usr/sbin/runc"]
[network]
network_config_dir = "$STATE/etc/cni"
END
  cat >"$STATE/etc/storage.conf" <<END
[storage]
driver = "vfs"
graphroot = "$STATE/podman/storage"
runroot = "$STATE/podman/run"
END
  cat >"$STATE/etc/daemon.json" <<END
{ "data-root": "$STATE/docker/data", "exec-root": "$STATE/docker/exec", "pidfile": "$STATE/docker.lock",
  "hosts": ["unix://$STATE/docker.sock"], "storage-driver": "vfs", "exec-opts": ["native.cgroupdriver=cgroupfs"],
  "iptables": false, "ip6tables": false, "bridge": "none", "ip-forward": false, "ip-masq": false,
  "oom-score-adjust": 0, "log-level": "warn" }
END
  cp "$ENGINES/bin/busybox" "$STATE/image/bin/"
  for applet in sh awk sleep cat dd; do ln -sf busybox "$STATE/image/bin/$applet"; done
  echo 'root:x:0:0:root:/:/bin/sh' >"$STATE/image/etc/passwd"
  write_programs
}

# engine PROGRAM ARG...: in a directory of the lab, because conmon leaves a file `oom` where it was called.
engine() (
  unset XDG_RUNTIME_DIR XDG_CONFIG_HOME DOCKER_CONTEXT DOCKER_TLS_VERIFY LD_LIBRARY_PATH
  export HOME=$STATE/home CONTAINERS_CONF=$STATE/etc/containers.conf CONTAINERS_STORAGE_CONF=$STATE/etc/storage.conf
  export DOCKER_HOST=unix://$STATE/docker.sock PATH=$ENGINES/usr/bin:$ENGINES/usr/sbin:$PATH
  cd "$HOME" && exec "$@"
)

# api ENGINE METHOD PATH [CURL-ARG...]: Docker's HTTP interface, which both speak. In the guest a start of the command
# line programs takes seconds.
api() {
  local name=$1 method=$2 path=$3
  shift 3
  curl -sS --fail -m 60 --unix-socket "$STATE/$name.sock" -X "$method" "http://engine/v1.41$path" "$@"
}
answers() { curl -sf -m 5 -o /dev/null --unix-socket "$STATE/$1.sock" http://engine/_ping; }

# serve ENGINE COMMAND...: its daemon, unless it answers already.
serve() {
  local name=$1
  shift
  answers "$name" && return 0
  stop_process "$STATE/$name.pid"
  rm -f "$STATE/$name.sock" "$STATE/$name.lock" "$STATE/$name.number"
  # shellcheck disable=SC2016 # the inner shell expands them: it becomes the daemon, so the number is its own
  engine setsid --fork sh -c 'echo $$ >"$0" && exec "$@"' "$STATE/$name.number" "$@" </dev/null >"$STATE/$name.log" 2>&1
  wait_until 5 test -s "$STATE/$name.number" && remember "$(cat "$STATE/$name.number")" "$STATE/$name.pid"
  wait_until 60 answers "$name" || { tail -5 "$STATE/$name.log" >&2; return 1; }
}
start_daemon() {
  case $1 in
    podman) serve podman podman system service -t 0 "unix://$STATE/podman.sock" ;;
    docker) serve docker dockerd --config-file "$STATE/etc/daemon.json" ;;
    *) die "no engine '$1': podman, docker" ;;
  esac
}

start_engine() {
  local name=$1
  start_daemon "$name" || { say "$name did not start, once more"; start_daemon "$name"; } || die "$name does not start"
  if ! api "$name" GET "/images/$IMAGE/json" >/dev/null 2>&1; then
    tar -C "$STATE/image" -c . |
      api "$name" POST "/images/create?fromSrc=-&repo=${IMAGE%:*}&tag=${IMAGE##*:}" -H 'Content-Type: application/x-tar' \
        --data-binary @- >/dev/null || die "$name cannot import an image"
  fi
  if [ "${LAB_SYSTEM_SOCKETS:-}" = 1 ] && [ ! -e "${USUAL_SOCKET[$name]}" ]; then
    mkdir -p "$(dirname "${USUAL_SOCKET[$name]}")" && ln -s "$STATE/$name.sock" "${USUAL_SOCKET[$name]}"
  fi
  echo "socket $name $STATE/$name.sock"
  start_containers "$name"
}

# container ENGINE NAME LIMIT_MIB RESTART COMMAND [ARG]: keeps one that runs (or is meant to have ended), else makes it
# anew. A limit of 0 is none.
container() {
  local name=$1 container=$2 limit=$(($3 * 1048576)) restart=$4 command state id
  shift 4
  state=$(api "$name" GET "/containers/$container/json" 2>/dev/null)
  if [[ $state == *'"Running":true'* ]] || { [ -n "$state" ] && [ "$container" = lab-oomed ]; }; then
    id=$(id_in "$state")
  else
    [ -z "$state" ] || api "$name" DELETE "/containers/$container?force=true" >/dev/null
    command=$(printf ', "%s"' "$@")
    # shellcheck disable=SC2015 # either may fail
    id=$(id_in "$(api "$name" POST "/containers/create?name=$container" -H 'Content-Type: application/json' -d "{
      \"Image\": \"$IMAGE\", \"Cmd\": [${command#, }], \"Labels\": {\"lab\": \"1\"},
      \"HostConfig\": {\"NetworkMode\": \"none\", \"Memory\": $limit, \"MemorySwap\": $limit,
        \"RestartPolicy\": {\"Name\": \"$restart\"}}}")") &&
      api "$name" POST "/containers/$container/start" || die "$name cannot run $container"
  fi
  echo "container $name $container $id"
}
id_in() { [[ $1 =~ \"Id\":\ ?\"([0-9a-f]{64}) ]] && echo "${BASH_REMATCH[1]}"; }

# What the containers run, as programs of the image.
# shellcheck disable=SC2016 # they expand inside
write_programs() {
  write_program leak 'exec awk "BEGIN { for (;;) { a[i++] = sprintf(\"%$((1024 * $1))s\", \"x\"); system(\"sleep $2\") } }"'
  write_program steady 'exec awk "BEGIN { while (i < 20) a[i++] = sprintf(\"%1048576s\", \"x\"); for (;;) system(\"sleep 5\") }"'
  write_program cache 'while :; do dd if=/dev/zero of=/tmp/f bs=1M count=80 2>/dev/null; cat /tmp/f >/dev/null; sleep 10; done'
  write_program thrash 'dd if=/dev/zero of=/tmp/f bs=1M count=80 2>/dev/null; while :; do cat /tmp/f >/dev/null; sleep 2; done'
}
write_program() { printf '#!/bin/sh\n%s\n' "$2" >"$STATE/image/bin/$1" && chmod 755 "$STATE/image/bin/$1"; }

start_containers() {
  container "$1" lab-steady 64 no steady
  container "$1" lab-cache 128 no cache
  container "$1" lab-thrash 48 no thrash
  container "$1" lab-nolimit 0 no sleep 1000000
  container "$1" lab-oomed 16 no leak 1024 0
  # The last: it lives only until it meets its limit.
  container "$1" lab-leaker "${LEAK_LIMIT_MIB:-256}" "${LEAK_RESTART:-no}" leak "${LEAK_KB:-1024}" "${LEAK_SECONDS:-1}"
}

up() {
  local name
  need_root
  command -v curl >/dev/null || die "needs curl"
  once "$ENGINES" build_engines
  configure
  [ $# -gt 0 ] || set -- podman docker
  for name in "$@"; do start_engine "$name"; done
}

# Places that the engines make outside of $STATE, whatever they are told; only empty ones go.
STRAY="/dev/shm/libpod_lock /run/containerd /run/runc /run/crun /run/podman /run/libpod /var/lib/containers /var/cache/containers"

down() {
  local name ids path
  need_root
  for name in podman docker; do
    if answers "$name"; then
      ids=$(engine "$name" ps -aq --filter label=lab=1)
      # shellcheck disable=SC2086
      [ -z "$ids" ] || { engine "$name" kill $ids; engine "$name" rm -f $ids; } >/dev/null 2>&1
    fi
    stop_process "$STATE/$name.pid"
    path=${USUAL_SOCKET[$name]}
    [ "$(readlink "$path")" != "$STATE/$name.sock" ] || rm -f "$path"
  done
  awk -v below="$STATE/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
    while read -r path; do umount "$path" 2>/dev/null || umount -l "$path"; done
  find /sys/fs/cgroup -depth -type d \( -path '*/docker*' -o -path '*/libpod_parent*' \) -exec rmdir {} \; 2>/dev/null
  for path in $STRAY; do find "$path" -depth -type d -empty -delete 2>/dev/null; done
  rm -rf "$STATE"
}

guest_up() {
  need_root
  once "$ENGINES" build_engines
  guest_start "$@" || { say "the guest did not start, once more"; guest_down; guest_start "$@"; } ||
    { tail -15 "$GUEST_DIR/console.log" >&2; die "the guest does not start"; }
}
guest_start() {
  is_alive "$GUEST_DIR/pid" || guest_begin || return 1
  GUEST_SECONDS=240 guest_exec "$GUEST_DIR" env LAB_HOME="$LAB_HOME" LAB_STATE=/var/lib/leakwatch-lab LAB_SYSTEM_SOCKETS=1 \
    LEAK_KB="${LEAK_KB:-1024}" LEAK_SECONDS="${LEAK_SECONDS:-1}" LEAK_LIMIT_MIB="${LEAK_LIMIT_MIB:-256}" \
    LEAK_RESTART="${LEAK_RESTART:-no}" "$LAB_SCRIPTS/containers.sh" up "$@"
}
guest_rootless() {
  GUEST_SECONDS=240 guest_exec "$GUEST_DIR" env LAB_HOME="$LAB_HOME" LAB_STATE=/var/lib/leakwatch-rootless LAB_SECONDS=120 \
    LEAK_KB="${LEAK_KB:-1024}" LEAK_SECONDS="${LEAK_SECONDS:-1}" "$LAB_SCRIPTS/rootless.sh" up
}
guest_begin() {
  rm -rf "$GUEST_DIR" && mkdir -p "$GUEST_DIR" && guest_prepare "$GUEST_DIR" || return 1
  setsid "$LAB_SCRIPTS/containers.sh" guest-run </dev/null >"$GUEST_DIR/console.log" 2>&1 &
  remember $! "$GUEST_DIR/pid"
  wait_until 90 test -e "$GUEST_DIR/mail/boot"
}
guest_down() {
  # It leads a session of its own, which holds qemu and the file servers and nothing else.
  if is_alive "$GUEST_DIR/pid"; then kill -KILL -- "-$(pid_in "$GUEST_DIR/pid")"; fi
  wait_until 10 not is_alive "$GUEST_DIR/pid"
  rm -rf "$GUEST_DIR"
}

command=${1:-help}
[ $# = 0 ] || shift
case $command in
  up | down) "$command" "$@" ;;
  engine) engine "$@" ;;
  engines) once "$ENGINES" build_engines ;;
  guest-up) guest_up "$@" ;;
  guest-exec) guest_exec "$GUEST_DIR" "$@" || { status=$?; is_alive "$GUEST_DIR/pid" || say "no guest: guest-up first"; exit "$status"; } ;;
  guest-run) guest_run "$GUEST_DIR" / "$LAB_SCRIPTS/guest_init.sh" 1536 ;;
  guest-rootless) guest_rootless ;;
  guest-down) guest_down ;;
  *)
    sed -n '2,/^set -u/p' "$0" | sed -n 's/^# \{0,1\}//p'
    exit 2
    ;;
esac
