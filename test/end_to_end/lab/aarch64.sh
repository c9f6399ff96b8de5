#!/bin/bash
# Runs a program for 64-bit ARM on this machine, in qemu's user-mode emulation. Root is needed.
#
#   aarch64.sh run COMMAND [ARG...]
#
# The kernel is told of the emulator in a user namespace alone (binfmt_misc has been per namespace since Linux 6.7), so
# scripts and programs of both kinds run in it as usual and this machine stays as it is. Status 125 is the lab's own.
set -u -o pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "$(readlink -f "$0")")/common.sh"

QEMU=$LAB_HOME/qemu-user     # the emulator, unpacked
LIBRARIES=$LAB_HOME/aarch64  # the C library of the other kind, unpacked
# The first 20 bytes of an ELF file for this machine (e_machine 183), and which of their bits count.
MAGIC='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
MASK='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'

build_qemu() { unpack "$1" qemu-user-static; }
build_libraries() {
  local deb
  "$LAB_SCRIPTS/../../../scripts/debian_packages.sh" arm64 "$1/debs" libc6 libgcc-s1 || return 1
  for deb in "$1"/debs/*.deb; do dpkg-deb -x "$deb" "$1" || return 1; done
}

case ${1:-help} in
  run)
    need_root
    once "$QEMU" build_qemu
    once "$LIBRARIES" build_libraries
    QEMU_LD_PREFIX=$LIBRARIES exec unshare --user --map-root-user --mount --propagation private "$0" _registered "${@:2}"
    ;;
  _registered)
    mount -t binfmt_misc none /proc/sys/fs/binfmt_misc || die "this kernel has no binfmt_misc for user namespaces"
    echo ":aarch64:M::$MAGIC:$MASK:$QEMU/usr/bin/qemu-aarch64-static:F" >/proc/sys/fs/binfmt_misc/register || die "cannot register"
    exec "${@:2}"
    ;;
  *)
    sed -n '2,/^set -u/p' "$0" | sed '$d; s/^# \{0,1\}//'
    exit 2
    ;;
esac
