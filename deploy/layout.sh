#!/bin/sh
# Lays out what a gateway needs to run, and nothing else: <folder>/gateway, <folder>/docs, <folder>/supplier-sim.
# From a checkout that is installed and built (`pnpm turbo build docs`). The container and the systemd unit both run what it lays out.
set -eu

if [ $# -ne 1 ] || [ -z "$1" ]; then
  echo "usage: deploy/layout.sh <folder that does not exist yet>" >&2
  exit 2
fi
if [ -e "$1" ] && [ -n "$(ls -A "$1")" ]; then
  echo "$1 is there already; name a folder that does not exist yet" >&2
  exit 2
fi

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
mkdir -p "$1"
target=$(CDPATH='' cd -- "$1" && pwd)
cd "$root"

for app in gateway supplier-sim; do
  if [ ! -e "apps/$app/dist/main.js" ]; then
    echo "apps/$app is not built; run: pnpm turbo build docs" >&2
    exit 1
  fi
  pnpm --filter "@interchange/$app" deploy --prod "$target/$app" >&2
  # What only whoever builds it reads: sources, tests, declarations and maps.
  for own in "$target/$app" "$target/$app"/node_modules/.pnpm/@interchange+*/node_modules/@interchange/*; do
    [ -L "$own" ] || rm -rf "$own/src" "$own/test" "$own/transcripts" "$own/tsconfig.json"
  done
  find "$target/$app" -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '.tsbuildinfo' \) -delete
  rm -f "$target/$app/pnpm-lock.yaml" "$target/$app/pnpm-workspace.yaml"
done

mkdir -p "$target/docs"
cp -R apps/docs/dist "$target/docs/dist"
cp LICENSE "$target/LICENSE"
# Whoever runs it need not own it.
chmod -R a+rX,go-w "$target"
