#!/bin/bash
# The init of a qemu guest that is no whole system: file systems, the loopback device, and the agent.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
ln -sf /proc/self/fd /dev/fd
mount -t tmpfs -o mode=755 tmpfs /run
mount -t cgroup2 cgroup2 /sys/fs/cgroup
echo labguest >/proc/sys/kernel/hostname
command -v ip >/dev/null && ip link set lo up
exec "$(dirname "$0")/agent.sh"
