# Runs one throw-away PostgreSQL cluster for as long as a test process uses it,
# and a little longer, so that the next package finds it running.
#   sh -c SCRIPT guard DIRECTORY PROGRAMS [-durable]
# Users of the cluster hold a shared lock on the file "users"; the kernel frees
# it however they end. Whoever looks for the cluster holds "start".
set -u
cd "$1" || exit 1
programs=$2

exec 8>guard
flock -xn 8 || exit 0 # another guard is at work

fail() {
	echo "$1" >failed
	exit 1
}

# In memory where there is room: making and dropping databases is mostly files.
# A directory of its own there, for DIRECTORY may lie in memory, too, and there
# may be several; one that a crash left is found by its name.
[ -f memory ] && rm -rf "$(cat memory)"
rm -rf data memory failed
data=$1/data
flush=off
size="-c shared_buffers=64MB -c max_wal_size=256MB -c autovacuum=off"
room=$(df -k --output=avail /dev/shm 2>/dev/null | tail -n 1)
if [ "$3" = -durable ]; then # each commit on disk, and room, as in production: a quarter of the memory
	flush=on
	size="-c shared_buffers=$(awk '/^MemTotal/ { print int($2 / 4096) }' /proc/meminfo)MB -c max_wal_size=8GB"
elif [ "${room:-0}" -ge 2000000 ] && data=$(mktemp -d "/dev/shm/fengcun-pg-data-XXXXXX"); then
	echo "$data" >memory
else
	data=$1/data
fi
[ -d "$data" ] || mkdir -m 700 "$data" || fail "no room for data in $1"
"$programs/initdb" -D "$data" -U postgres -A trust -N --no-instructions --encoding=UTF8 --locale=C >log 2>&1 ||
	fail "initdb failed: see $1/log"

# Nothing here must survive a crash of the machine; durable ones cost what it costs.
setpriv --pdeathsig QUIT -- "$programs/postgres" -D "$data" -k "$1" -c listen_addresses= \
	-c unix_socket_permissions=0700 -c max_connections=300 $size \
	-c fsync=$flush -c synchronous_commit=$flush -c full_page_writes=$flush \
	-c wal_level=minimal -c max_wal_senders=0 -c log_min_messages=fatal \
	>>log 2>&1 &
server=$!

idle=0
while kill -0 $server 2>/dev/null; do
	sleep 1
	if ! flock -xn users true; then
		idle=0
		continue
	fi
	idle=$((idle + 1))
	[ $idle -lt 10 ] && continue
	exec 9>start
	flock -x 9 # nobody comes in from here on
	flock -xn users true && break
	exec 9>&-
	idle=0
done

kill -QUIT $server 2>/dev/null
wait $server
rm -rf "$data"
