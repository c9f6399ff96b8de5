#!/bin/sh
# Ends what a recording started should the recorder itself be killed: guard.sh RECORDING FOLDER
# Reads session ids, one a line; "done" means that all were ended in good order. The end of input means that the recorder is gone.
sessions=
while read -r line; do
  [ "$line" = "done" ] && exit 0
  sessions="$sessions $line"
done
for session in $sessions; do
  pkill -KILL -s "$session"
done
for environment in $(grep -l "LEAKWATCH_BENCH=$1/" /proc/[0-9]*/environ 2>/dev/null); do
  process=${environment#/proc/}
  kill -KILL "${process%/environ}" 2>/dev/null
done
sleep 1
grep -o " $2/[^ ]*" /proc/mounts | while read -r mount; do
  umount -l "$mount"
done
rm -rf "$2"
