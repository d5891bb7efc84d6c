#!/bin/sh
# Writes the two hashed locks from pyproject.toml; keeps every pin that still fits unless told to upgrade.
#
# usage: tools/lock.sh UV [--upgrade]
#
# The locks name no index and no path, so that they install from whichever index a machine is set to.
set -eu

uv=$1
shift

lock() {
    target=$1
    shift
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
        --output-file "$target" "$@" >/dev/null
    {
        printf '%s\n' '# Written by `make lock` from pyproject.toml; not edited by hand.'
        grep -v '^#' "$target"
    } >"$target.new"
    mv "$target.new" "$target"
}

lock requirements.txt pyproject.toml --all-extras --group dev "$@"
# The same uv as in the first, on its own: it is what pip installs before there is a uv.
lock requirements-uv.txt --group bootstrap --constraints requirements.txt
