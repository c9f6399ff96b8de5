# shellcheck shell=bash
# A kernel of its own in qemu (software emulation), with a pure cgroup v2 and all controllers. Sourced, not run.
# The guest's root is a directory of this machine, read-only, beneath an overlay on a disk of its own.

GUEST=$LAB_HOME/guest
GUEST_MODULES="drivers/virtio/virtio_ring drivers/virtio/virtio drivers/virtio/virtio_pci_modern_dev
  drivers/virtio/virtio_pci_legacy_dev drivers/virtio/virtio_pci drivers/block/virtio_blk
  fs/fuse/fuse fs/fuse/virtiofs fs/overlayfs/overlay"

build_guest() {
  local dir=$1 kernel module
  kernel=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image-/ { print $2; exit }')
  unpack "$dir/qemu" qemu-system-x86 qemu-system-common qemu-system-data seabios ipxe-qemu busybox-static || return 1
  mkdir -p "$dir/kernel" && (cd "$dir/kernel" && apt-get -qq -o APT::Sandbox::User=root download "$kernel") &&
    dpkg-deb -x "$dir"/kernel/*.deb "$dir/kernel" || return 1
  cp "$dir"/kernel/boot/vmlinuz-* "$dir/vmlinuz" || return 1
  mkdir -p "$dir"/initrd/{bin,modules,dev,proc,lower,disk,new} && cp "$dir/qemu/bin/busybox" "$dir/initrd/bin/" || return 1
  for module in $GUEST_MODULES; do
    cp "$dir"/kernel/lib/modules/*/kernel/"$module.ko" "$dir/initrd/modules/" || return 1
    echo "${module##*/}"
  done >"$dir/initrd/modules/order"
  cp "$LAB_SCRIPTS/guest_start.sh" "$dir/initrd/init" && chmod 755 "$dir/initrd/init" || return 1
  (cd "$dir/initrd" && find . | busybox_of "$dir" cpio -o -H newc | gzip -1 >../initrd.gz) || return 1
  rm -rf "$dir/kernel" "$dir/initrd"
}
busybox_of() { "$1/qemu/bin/busybox" "${@:2}"; }

# guest_prepare DIR: the guest's disk and its mailbox.
guest_prepare() {
  once "$GUEST" build_guest
  mkdir -p "$1/mail"
  truncate -s 4G "$1/disk" && mke2fs -q -F -t ext4 -E lazy_itable_init=1,lazy_journal_init=1 "$1/disk"
}

# guest_run DIR ROOT INIT MEMORY_MIB [SHARE...]: runs the guest in the foreground until it halts or reboots. A SHARE is
# SOURCE:TARGET:ro|rw.
guest_run() {
  local dir=$1 root=$2 init=$3 memory=$4 share source target mode cache=always index=0 devices=() shares=''
  shift 4
  local libraries=$GUEST/qemu/usr/lib/x86_64-linux-gnu:$GUEST/qemu/lib/x86_64-linux-gnu
  rm -f "$dir"/fs*.sock "$dir/mail/boot"
  for share in "$root:/lower:ro" "$dir/mail:/.lab:rw" "$@"; do
    IFS=: read -r source target mode <<<"$share"
    # --rlimit-nofile=0: keep ours; raising it needs a capability that the machine may lack.
    LD_LIBRARY_PATH=$libraries "$GUEST/qemu/usr/lib/qemu/virtiofsd" --socket-path="$dir/fs$index.sock" \
      -o source="$source" -o cache=$cache -o sandbox=chroot --rlimit-nofile=0 >>"$dir/virtiofsd.log" 2>&1 &
    wait_until 10 test -S "$dir/fs$index.sock" || return 1
    devices+=(-chardev "socket,id=fs$index,path=$dir/fs$index.sock"
      -device "vhost-user-fs-pci,chardev=fs$index,tag=fs$index")
    [ "$index" = 0 ] || shares+=" lab.share=fs$index:$target:$mode"
    index=$((index + 1)) cache=auto # the root does not change, as far as the guest is concerned
  done
  LD_LIBRARY_PATH=$libraries "$GUEST/qemu/usr/bin/qemu-system-x86_64" \
    -L "$GUEST/qemu/usr/share/seabios" -L "$GUEST/qemu/usr/share/qemu" -L "$GUEST/qemu/usr/lib/ipxe/qemu" \
    -accel tcg,thread=single,tb-size=512 -cpu max -smp 1 -m "$memory" -M q35,memory-backend=ram \
    -object "memory-backend-memfd,id=ram,size=${memory}M,share=on" -nodefaults -no-user-config -no-reboot \
    -display none -serial stdio -kernel "$GUEST/vmlinuz" -initrd "$GUEST/initrd.gz" \
    -append "console=ttyS0 quiet panic=-1 psi=1 mitigations=off audit=0 systemd.show_status=0 net.ifnames=0 \
      systemd.unified_cgroup_hierarchy=1 lab.init=$init$shares" \
    -drive "file=$dir/disk,format=raw,if=none,id=disk,cache=writeback" -device virtio-blk-pci,drive=disk \
    "${devices[@]}" </dev/null
}

# guest_boot DIR: the boot id of a guest whose agent answers.
guest_boot() { cat "$1/mail/boot" 2>/dev/null; }

# guest_exec DIR COMMAND...: output and status come back when it has ended; 125 where the guest goes away.
guest_exec() {
  local dir=$1 id boot status end=$((SECONDS + ${GUEST_SECONDS:-600}))
  shift
  boot=$(guest_boot "$dir") && [ -n "$boot" ] || return 125
  id=$BASHPID-$RANDOM
  { printf 'exec'; printf ' %q' "$@"; echo; } >"$dir/mail/$id.new" && mv "$dir/mail/$id.new" "$dir/mail/$id.command"
  while [ ! -e "$dir/mail/$id.status" ]; do
    if ! is_alive "$dir/pid" || [ "$(guest_boot "$dir")" != "$boot" ]; then
      cat "$dir/mail/$id.out" 2>/dev/null
      return 125
    fi
    # A guest that hangs must not hang its tests.
    [ "$SECONDS" -lt "$end" ] || return 125
    sleep 0.05
  done
  cat "$dir/mail/$id.out"
  cat "$dir/mail/$id.err" >&2
  status=$(cat "$dir/mail/$id.status")
  rm -f "$dir/mail/$id".*
  return "$status"
}
