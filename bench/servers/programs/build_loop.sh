#!/bin/sh
# Compiles and links a program over and over: build_loop.sh FOLDER_OF_SOURCES FOLDER SECONDS
while :; do
  gcc -O1 -o "$2/leak.out" "$1/leak.c" -lpthread
  g++ -O0 -c -o "$2/containers.o" "$1/containers.cc"
  sleep "$3"
done
