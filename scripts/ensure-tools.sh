#!/bin/sh
# Installs what the tests need besides Go, git and make, where it is missing
# and the system is Debian or one of its children:
#
#   gcc                 for the race detector (cgo)
#   xmllint             validates generated files against the schemas
#   chromium            looks at the page as a person does
#   npm, axe-core       the rules of accessibility that the page is held to; a
#                       pinned version with its checksum, in the user's cache
#   haproxy             stands before replicas that come and go
#   PostgreSQL server   for the tests of the store: clusters of their own,
#                       never one of the system's
#
# A second run does nothing. On other systems it says what to install and
# fails.
set -eu

missing=

# need PACKAGE COMMAND…: any of the commands will do.
need() {
	package=$1
	shift
	for command in "$@"; do
		if command -v "$command" >/dev/null 2>&1; then
			return
		fi
	done
	missing="$missing $package"
}

# The version is also in internal/browsertest/axe.go; the checksum is the one
# that npm publishes (dist.integrity).
axe_version=4.14.1
axe_sum=1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b734f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5
axe=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/festd/axe-core-$axe_version

fetch_axe() {
	[ -e "$axe/axe.min.js" ] && return
	mkdir -p "$axe"
	dir=$(mktemp -d "$axe/fetch.XXXXXX")
	(
		cd "$dir"
		npm pack --silent "axe-core@$axe_version" >/dev/null
		echo "$axe_sum  axe-core-$axe_version.tgz" | sha512sum -c --quiet -
		tar -xzf "axe-core-$axe_version.tgz" package/axe.min.js
		mv package/axe.min.js "$axe/axe.min.js"
	) || { rm -rf "$dir"; echo "tools: axe-core $axe_version could not be fetched" >&2; exit 1; }
	rm -rf "$dir"
}

compiles() {
	echo 'int main(void) { return 0; }' | "$1" -x c -o /dev/null - >/dev/null 2>&1
}

# Debian keeps the servers' programs off the PATH of ordinary users.
for dir in /usr/lib/postgresql/*/bin /usr/sbin; do
	PATH=$PATH:$dir
done

if ! compiles "${CC:-gcc}"; then
	missing="$missing gcc libc6-dev"
fi
need libxml2-utils xmllint
[ -e "$axe/axe.min.js" ] || need npm npm
need chromium chromium chromium-browser google-chrome
need haproxy haproxy
need postgresql initdb

if [ -z "$missing" ]; then
	fetch_axe
	exit 0
fi
echo "tools: missing:$missing" >&2

if ! command -v apt-get >/dev/null 2>&1; then
	echo "tools: no apt-get here; install the above by your system's own means" >&2
	exit 1
fi
sudo=
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null 2>&1; then
		echo "tools: neither root nor sudo; ask for: apt-get install$missing" >&2
		exit 1
	fi
	sudo=sudo
fi

# Debian makes and starts a cluster when it installs PostgreSQL, unless told
# not to; we take the word back afterwards.
nocluster=/etc/postgresql-common/createcluster.d/festd-tests.conf
$sudo mkdir -p "${nocluster%/*}"
echo 'create_main_cluster = false' | $sudo tee "$nocluster" >/dev/null
trap '$sudo rm -f "$nocluster"' EXIT

$sudo env DEBIAN_FRONTEND=noninteractive apt-get update -q
# shellcheck disable=SC2086 # each word is a package
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
fetch_axe
