#!/bin/sh
# Makes the passwords of compose.yaml where they are missing: 192 bits each,
# readable by those who need them and nobody else. docs/DEPLOY.md says how one
# is changed.
set -eu
umask 077

root=${FESTD_SECRETS:-/secrets}

# Users of the images.
postgres=999:999
festd=65532:65532
prometheus=65534:65534
grafana=472:0

# put FILE OWNER TEXT
put() {
	printf '%s\n' "$3" >"$1.new"
	mv "$1.new" "$1"
	keep "$1" "$2"
}

# once FILE OWNER: a random one, if there is none
once() {
	if [ -e "$1" ]; then
		keep "$1" "$2"
	else
		put "$1" "$2" "$(head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n')"
	fi
}

keep() {
	chown "$2" "$1" "${1%/*}"
	chmod 0400 "$1"
	chmod 0500 "${1%/*}"
}

once "$root/postgres/superuser" "$postgres"
once "$root/postgres/owner" "$postgres"
once "$root/postgres/app" "$postgres"
# As libpq reads them: host, port, database, account, password.
put "$root/owner/pgpass" "$festd" "postgres:5432:festd:festd_owner:$(cat "$root/postgres/owner")"
put "$root/app/pgpass" "$festd" "postgres:5432:festd:festd_app:$(cat "$root/postgres/app")"
once "$root/app/admin-token" "$festd"
once "$root/app/ops-token" "$festd"
put "$root/prometheus/ops-token" "$prometheus" "$(cat "$root/app/ops-token")"
once "$root/grafana/admin-password" "$grafana"
