#!/bin/bash
# Runs inside a qemu guest: takes commands from the directory /.lab, shared with the host, and leaves output and status
# there. Each command is a file ID.command; its answers are ID.out, ID.err and, last, ID.status.
cd /.lab || exit 1
cp /proc/sys/kernel/random/boot_id boot.new && mv boot.new boot
exec 9<> <(:) # a pipe that nobody writes to: reading from it is a sleep without a process
while :; do
  for file in *.command; do
    [ -e "$file" ] || continue
    id=${file%.command}
    mv "$file" "$id.taken"
    (
      cd / && "$@" /bin/bash "/.lab/$id.taken" </dev/null >"/.lab/$id.out" 2>"/.lab/$id.err"
      echo $? >"/.lab/$id.done" && mv "/.lab/$id.done" "/.lab/$id.status"
    ) &
  done
  read -r -t 0.1 -u 9
done
