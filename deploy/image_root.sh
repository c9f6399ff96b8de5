#!/bin/sh
# image_root.sh EXECUTABLE DIRECTORY: the files of a container image for a compiled leakwatch, taken from this machine: the
# executable, the shared libraries that it names, certificates. Needs ldd; not for the self-extracting file, which wants a shell.
set -eu
executable=$1 root=$2
case $(head -c 4 "$executable" | tail -c 3) in
  ELF) ;;
  *) echo "image_root.sh: $executable is no compiled executable (deno task compile --how=compiled)" >&2; exit 1 ;;
esac
rm -rf "$root"
mkdir -p "$root/usr/local/bin" "$root/etc/ssl/certs" "$root/etc/leakwatch" "$root/tmp" "$root/var/log/memory-monitor" "$root/host/sys"
chmod 1777 "$root/tmp"
chmod 0750 "$root/var/log/memory-monitor"
cp "$executable" "$root/usr/local/bin/leakwatch"
chmod 0755 "$root/usr/local/bin/leakwatch"
# "libm.so.6 => /lib/…/libm.so.6 (0x…)" and "/lib64/ld-linux-x86-64.so.2 (0x…)"
ldd "$executable" | sed -n 's/^[^/]*\(\/[^ ]*\) (0x.*/\1/p' | while read -r library; do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/" 2>/dev/null || echo "image_root.sh: no certificates here" >&2
printf 'root:x:0:0:root:/tmp:/sbin/nologin\n' >"$root/etc/passwd"
printf 'hosts: files dns\npasswd: files\n' >"$root/etc/nsswitch.conf"
