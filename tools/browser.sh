#!/bin/sh
# Finds Chromium for the browser checks and prints its path; installs Debian's where that is possible.
#
# usage: tools/browser.sh
#
# CHROMIUM names one that is not on the path. Exit code 3: there is none, and one line says what to do.
set -eu

find_chromium() {
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
        if [ -n "$name" ] && command -v "$name" 2>/dev/null; then
            return 0
        fi
    done
    return 1
}

find_chromium && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    {
        echo "browser: installing Debian's chromium"
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium
    } </dev/null >&2 && find_chromium && exit 0
fi
echo "browser: needs Chromium; on Debian: apt-get install chromium, elsewhere: CHROMIUM=/path/to/chrome make browser" >&2
exit 3
