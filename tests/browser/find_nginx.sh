#!/bin/sh
# Print the path of an nginx for the test of several replicas, or nothing. The one that is there is
# used; else Debian's package is installed when we are root.
find_installed() {
    [ -n "$NGINX" ] && { echo "$NGINX"; return 0; }
    PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v nginx
}

find_installed && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends nginx; } >&2
    find_installed
fi
exit 0
