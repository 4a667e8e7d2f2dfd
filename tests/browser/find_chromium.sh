#!/bin/sh
# Print the path of a Chromium for the browser tests. The one that is there is used; else Debian's
# package is installed when we are root; else Playwright downloads its own.
# usage: find_chromium.sh PLAYWRIGHT
find_installed() {
    [ -n "$CHROMIUM" ] && { echo "$CHROMIUM"; return 0; }
    command -v chromium || command -v chromium-browser || command -v google-chrome
}

find_installed && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >&2
    find_installed && exit 0
fi
"$1" install chromium >&2 && exec "$(dirname "$1")/python" -c '
from playwright.sync_api import sync_playwright
with sync_playwright() as p:
    print(p.chromium.executable_path)'
echo "The browser tests need Chromium: install it, or set CHROMIUM to its path." >&2
exit 1
