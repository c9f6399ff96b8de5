#!/bin/busybox sh
# shellcheck shell=dash
# First process of a qemu guest, from its initial RAM disk: modules, the root overlay, the shares, then the real init.
b=/bin/busybox
$b mount -t devtmpfs dev /dev
$b mount -t proc proc /proc
while read -r module; do $b insmod "/modules/$module.ko"; done </modules/order
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  [ -b /dev/vda ] && break
  $b sleep 0.1
done
$b mount -t virtiofs -o ro fs0 /lower
$b mount -t ext4 -o noatime /dev/vda /disk
$b mkdir -p /disk/upper /disk/work
$b mount -t overlay -o lowerdir=/lower,upperdir=/disk/upper,workdir=/disk/work overlay /new
for word in $($b cat /proc/cmdline); do
  case $word in
    lab.init=*) init=${word#*=} ;;
    lab.share=*) # TAG:TARGET:MODE
      word=${word#*=} tag=${word%%:*} mode=${word##*:} target=${word#*:} target=/new${target%:*}
      $b mkdir -p "$target"
      $b mount -t virtiofs -o "$mode" "$tag" "$target"
      ;;
  esac
done
$b umount /proc
$b mount --move /dev /new/dev
exec $b switch_root /new "$init"
