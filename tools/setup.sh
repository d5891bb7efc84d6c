#!/bin/sh
# Makes the environment: a virtual environment, uv in it from a hashed file, everything else by uv from the hashed lock.
#
# usage: tools/setup.sh VENV PYTHON
#
# Needs Python 3.11 or later with its venv module; asks the package index once per version. May be run again at any
# time, also after it was broken off: it brings the environment to the state of the lock. Exit code 3: the machine lacks
# something, and one line says what.
set -eu

venv=$1
python=$2

fail() {
    printf '%s\n' "set-up: $1" >&2
    exit 3
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    fail "'$python' is not Python 3.11 or later; name one with: make PYTHON=python3.12 ..."

# uv keeps downloads in the home directory; where that cannot be written, they stay beside the environment.
if [ -z "${UV_CACHE_DIR:-}" ]; then
    cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/uv
    if ! { mkdir -p "$cache" && [ -w "$cache" ]; } 2>/dev/null; then
        UV_CACHE_DIR=$venv/.uv-cache
        export UV_CACHE_DIR
    fi
fi
unset VIRTUAL_ENV CONDA_PREFIX PYTHONHOME PYTHONPATH # the environment is the one named, whatever the shell is in

if ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
    rm -rf "$venv"
    "$python" -m venv "$venv" ||
        fail "'$python -m venv' failed (above); on Debian: apt-get install python3-venv"
fi

echo "set-up: installing the locked packages into $venv (a minute or two the first time)"
PIP_DISABLE_PIP_VERSION_CHECK=1 "$venv/bin/python" -m pip install --quiet --require-hashes -r requirements-uv.txt ||
    fail "uv could not be installed (above); the first set-up needs a package index"
"$venv/bin/uv" pip sync --quiet --python "$venv/bin/python" --require-hashes requirements.txt ||
    fail "the packages of requirements.txt could not be installed (above)"
# Without build isolation: what builds the project is in the lock, too.
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation --editable . ||
    fail "the project itself could not be installed (above)"
