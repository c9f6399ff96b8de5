#!/bin/bash
# A podman that runs for an unprivileged user, with its socket in /run/user, and one leaking container in it.
#
#   rootless.sh up [delegated|plain]   delegated (default): the user owns a cgroup and the container gets one of its own;
#                                      plain: the container shares its cgroup with all others, as on cgroup v1 without systemd
#   rootless.sh down
#   rootless.sh prepare                    unpack what it needs, start nothing: before a guest that is to use it starts
#
# `up` prints socket and container lines as containers.sh does, whose engines it uses. The user exists in a mount namespace
# alone: the machine's /etc stays as it is. Environment: LAB_HOME, LAB_STATE, LEAK_KB (1024), LEAK_SECONDS (1).
set -u -o pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"

ENGINES=$LAB_HOME/engines
UIDMAP=$LAB_HOME/uidmap # newuidmap and newgidmap, which map a user's subordinate numbers
STATE=${LAB_STATE:-$LAB_HOME/rootless}
NUMBER=4242
RUNTIME=/run/user/$NUMBER
SOCKET=$RUNTIME/podman/podman.sock
IMAGE=localhost/lab/busybox:latest
SESSION=user.slice/user-$NUMBER.slice/user@$NUMBER.service/session.scope

build_uidmap() { unpack "$1" uidmap; }

configure() {
  local applet
  mkdir -p "$STATE"/home/.config/containers "$STATE"/image/{bin,tmp,proc,sys,dev,etc} "$RUNTIME/podman"
  cp -a /etc "$STATE/etc"
  echo "labuser:x:$NUMBER:$NUMBER::$STATE/home:/bin/sh" >>"$STATE/etc/passwd"
  echo "labuser:x:$NUMBER:" >>"$STATE/etc/group"
  echo 'labuser:100000:65536' | tee "$STATE/etc/subuid" >"$STATE/etc/subgid"
  cp "$ENGINES/etc/containers/policy.json" "$STATE/home/.config/containers/policy.json"
  cat >"$STATE/home/containers.conf" <<END
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
seccomp_profile = "$ENGINES/usr/share/containers/seccomp.json"
netns = "none"
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
conmon_path = ["$ENGINES/usr/bin/conmon"]
[engine.runtimes]
runc = ["$ENGINES/usr/sbin/runc"]
END
  printf '[storage]\ndriver = "vfs"\n' >"$STATE/home/storage.conf"
  cp "$ENGINES/bin/busybox" "$STATE/image/bin/"
  for applet in sh awk sleep; do ln -sf busybox "$STATE/image/bin/$applet"; done
  chmod 755 "$STATE"
  chmod 700 "$RUNTIME"
  chown -R "$NUMBER:$NUMBER" "$STATE/home" "$RUNTIME"
}

# join: from here on this shell runs in the user's session, a cgroup that the user owns, as systemd would have it.
join() {
  local tree directory
  for tree in /sys/fs/cgroup /sys/fs/cgroup/{memory,pids,systemd}; do
    [ -e "$tree/cgroup.procs" ] || continue
    directory=$tree/$SESSION
    mkdir -p "$directory" || return 1
    if [ -e "$tree/cgroup.controllers" ]; then
      # Version 2 hands controllers down level by level, and only where no process lives.
      local level=$tree part parts
      IFS=/ read -ra parts <<<"${SESSION%/*}"
      for part in "" "${parts[@]}"; do
        level=$level${part:+/$part}
        echo "+memory +pids" >"$level/cgroup.subtree_control" || return 1
      done
    fi
    chown -R "$NUMBER:$NUMBER" "${directory%/*}"
    echo "$BASHPID" >"$directory/cgroup.procs" || return 1
  done
}

# inside COMMAND...: as the user, in a mount namespace where it has a name and may read the lab.
inside() {
  local above=$LAB_HOME
  { mount --make-rprivate / && mount --bind "$STATE/etc" /etc; } || die "no mount namespace"
  while [ "$above" != / ] && [ $((0$(stat -c %a "$above") & 1)) = 1 ]; do above=$(dirname "$above"); done
  if [ "$above" != / ]; then
    { mount --bind "$LAB_HOME" /mnt && mount -t tmpfs -o mode=755 lab "$above" && mkdir -p "$LAB_HOME" &&
      mount --move /mnt "$LAB_HOME"; } || die "cannot show $LAB_HOME to the user"
  fi
  cd "$STATE/home" && exec setpriv --reuid "$NUMBER" --regid "$NUMBER" --clear-groups env -i HOME="$STATE/home" \
    XDG_RUNTIME_DIR="$RUNTIME" CONTAINERS_CONF="$STATE/home/containers.conf" \
    CONTAINERS_STORAGE_CONF="$STATE/home/storage.conf" \
    PATH="$UIDMAP/usr/bin:$ENGINES/usr/bin:$ENGINES/usr/sbin:/usr/bin:/usr/sbin:/bin:/sbin" "$@"
}

api() {
  local method=$1 path=$2
  shift 2
  curl -sS --fail -m 60 --unix-socket "$SOCKET" -X "$method" "http://engine/v1.41$path" "$@"
}
answers() { curl -sf -m 5 -o /dev/null --unix-socket "$SOCKET" http://engine/_ping; }

up() {
  local id leak
  need_root
  command -v curl >/dev/null || die "needs curl"
  [ -d "$ENGINES" ] || die "no engines: containers.sh up first"
  ! getent passwd "$NUMBER" >/dev/null || die "user $NUMBER is somebody else's here"
  once "$UIDMAP" build_uidmap
  configure
  # shellcheck disable=SC2016 # the inner shell expands it: it becomes the service, so the number is its own
  (
    [ "${1:-delegated}" = plain ] || join || die "cannot hand a cgroup to the user"
    exec setsid --fork sh -c 'echo $$ >"$0" && exec "$@"' "$STATE/number" unshare --mount "$0" inside \
      podman system service -t 0 "unix://$SOCKET" </dev/null >"$STATE/log" 2>&1
  )
  wait_until 5 test -s "$STATE/number" && remember "$(cat "$STATE/number")" "$STATE/pid"
  wait_until "${LAB_SECONDS:-60}" answers || { tail -5 "$STATE/log" >&2; die "rootless podman does not start"; }
  tar -C "$STATE/image" -c . |
    api POST "/images/create?fromSrc=-&repo=${IMAGE%:*}&tag=${IMAGE##*:}" -H 'Content-Type: application/x-tar' \
      --data-binary @- >/dev/null || die "cannot import an image"
  leak="BEGIN { for (;;) { a[i++] = sprintf(\\\"%$((1024 * ${LEAK_KB:-1024}))s\\\", \\\"x\\\"); system(\\\"sleep ${LEAK_SECONDS:-1}\\\") } }"
  id=$(api POST "/containers/create?name=lab-rootless" -H 'Content-Type: application/json' -d "{
    \"Image\": \"$IMAGE\", \"Cmd\": [\"awk\", \"$leak\"], \"HostConfig\": {\"NetworkMode\": \"none\"}}") || die "cannot create a container"
  [[ $id =~ \"Id\":\ ?\"([0-9a-f]{64}) ]] || die "an odd answer: $id"
  id=${BASH_REMATCH[1]}
  api POST "/containers/$id/start" || { tail -5 "$STATE/log" >&2; die "cannot start a container"; }
  echo "socket podman $SOCKET"
  echo "container podman lab-rootless $id"
}

down() {
  local path
  need_root
  answers && api DELETE "/containers/lab-rootless?force=true" >/dev/null 2>&1
  stop_process "$STATE/pid"
  # The user is the lab's alone: what is left of it holds its namespaces (podman pause), or lost its parent.
  for path in /proc/[0-9]*; do
    [ "$(stat -c %u "$path" 2>/dev/null)" != "$NUMBER" ] || kill -KILL "${path#/proc/}"
  done
  for path in /sys/fs/cgroup /sys/fs/cgroup/{memory,pids,systemd}; do
    wait_until 5 gone "$path/user.slice/user-$NUMBER.slice"
    rmdir "$path/user.slice" 2>/dev/null
  done
  rm -rf "$STATE" "$RUNTIME"
  rmdir /run/user 2>/dev/null
  return 0
}
# gone CGROUP: removes it with all below; the kernel lets go of its last task a moment after that has ended.
gone() { [ ! -d "$1" ] || { find "$1" -depth -type d -exec rmdir {} \; 2>/dev/null; [ ! -d "$1" ]; }; }

command=${1:-help}
[ $# = 0 ] || shift
case $command in
  up | down | inside) "$command" "$@" ;;
  prepare) once "$UIDMAP" build_uidmap ;;
  *)
    sed -n '2,/^set -u/p' "$0" | sed -n 's/^# \{0,1\}//p'
    exit 2
    ;;
esac
