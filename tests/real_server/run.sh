#!/usr/bin/env bash
# usage: run.sh TOKPREP [DELAY_MS]
# The whole path through a real web server: tokprep -> a proxy that delays every byte -> nginx (TLS by an authority of
# the test's own, HTTP/2, gzip) -> the sandbox. Needs openssl, curl and python3; nginx, where it is not installed, is
# taken out of Debian's package and not installed, as that would start a service. No root; nothing outside build/.
# Exit code 0 when everything held.
set -euo pipefail
tokprep=$(readlink -f "$1")
delay_ms=${2:-40}
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
cd "$here/../.."
export LC_ALL=C.UTF-8
work=$PWD/build/real_server
rm -rf "$work"
mkdir -p "$work/nginx" "$work/drop"
for name in "${!TOKPREP_@}" "${!AYRSHARE_@}"; do unset "$name"; done
export TOKPREP_STATE_DIR=$work/state XDG_CONFIG_HOME=$work/config

# find_nginx: its path.
find_nginx() {
  local unpacked=$PWD/build/nginx
  PATH=$PATH:/usr/sbin:$unpacked/usr/sbin type -P nginx && return
  mkdir -p "$unpacked"
  (cd "$unpacked" && apt-get -q download nginx && dpkg -x nginx_*.deb .) >&2
  PATH=$unpacked/usr/sbin type -P nginx
}
nginx=$(find_nginx)

pids=()
stop_all() { ((${#pids[@]} == 0)) || kill "${pids[@]}" 2>/dev/null || true; }
trap stop_all EXIT

failures=0
# check WHAT COMMAND…: says whether it held.
check() {
  local what=$1
  shift
  if "$@" >"$work/check.log" 2>&1; then
    printf '  ok      %s\n' "$what"
  else
    printf '  FAILED  %s\n' "$what"
    sed 's/^/          /' "$work/check.log"
    failures=$((failures + 1))
  fi
}

# first_line FILE: waits until there is one.
first_line() {
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    [[ -s $1 ]] && break
    sleep 0.1
  done
  head -n 1 "$1"
}

# free_port: one that nobody listens on at this moment.
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

make_certificates() {
  local req=(openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
  "${req[@]}" -x509 -subj "/CN=tokprep test authority" -days 2 -keyout "$work/ca.key" -out "$work/ca.pem"
  "${req[@]}" -subj /CN=localhost -keyout "$work/nginx/server.key" -out "$work/server.csr"
  openssl x509 -req -in "$work/server.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -days 2 -out "$work/nginx/server.pem" \
    -extfile <(echo "subjectAltName=DNS:localhost,IP:127.0.0.1")
}

make_drop() {
  cp -r samples/city.mp4 samples/city.txt samples/logo.png samples/lookbook "$work/drop"
  # Above 30 MB a file goes by PUT to an upload URL: a sample, and behind it a box that players pass over.
  cp samples/city.mp4 "$work/drop/long.mp4"
  printf '\x02\x00\x00\x00free' >>"$work/drop/long.mp4"
  truncate -s $(($(stat -c %s samples/city.mp4) + 0x02000000)) "$work/drop/long.mp4"
}

start_servers() {
  local port
  "$tokprep" sandbox --port 0 --data "$work/sandbox" --delay 500ms >"$work/sandbox.log" 2>"$work/sandbox.err" &
  pids+=($!)
  port=$(free_port)
  python3 "$here/slow_proxy.py" "$port" "$delay_ms" >"$work/proxy.log" &
  pids+=($!)
  sandbox_url=$(first_line "$work/sandbox.log" | sed 's/^.*=//')
  sandbox=${sandbox_url%/api}
  front=$(first_line "$work/proxy.log")
  sed "s/@PORT@/$port/; s/@FRONT_PORT@/$front/; s/@SANDBOX_PORT@/${sandbox##*:}/" "$here/nginx.conf.in" >"$work/nginx/nginx.conf"
  "$nginx" -p "$work/nginx" -c nginx.conf -e error.log &
  pids+=($!)
  AYRSHARE_API_KEY=$(sed -n 's/^export AYRSHARE_API_KEY=//p' "$work/sandbox.log")
  export AYRSHARE_API_KEY TOKPREP_API_URL=https://localhost:$front/api
  curl -sS --retry 20 --retry-connrefused --retry-delay 1 --cacert "$work/ca.pem" -o /dev/null "https://localhost:$front/"
}

# What arrived is what was prepared: every medium of the outputs is among the service's files.
bytes_arrived() {
  local digest
  while read -r digest _; do
    grep -q "$digest" "$work/counts.json" || return 1
  done < <(find "$work/out" -type f ! -name '*.json' ! -name '*.cover.*' -exec sha256sum {} +)
}
seen() { grep -qE "$1" "$work/nginx/access.log"; }
counted() { python3 -c "import json,sys; c = json.load(open(sys.argv[1])); sys.exit(not ($1))" "$work/counts.json"; }
refuses_strangers() {
  local code=0
  TOKPREP_STATE_DIR=$work/stranger "$tokprep" upload "$work/out/logo.jpg" >/dev/null 2>"$work/stranger.err" || code=$?
  ((code == 6)) && grep -qi certificate "$work/stranger.err"
}
posts_again() { "$tokprep" post "$work/drop" -o "$work/out" --yes --ca-file "$work/ca.pem" >"$work/again.log"; }

make_certificates 2>"$work/openssl.log"
make_drop
start_servers
through=(--ca-file "$work/ca.pem")
printf 'through nginx %s, %s ms each way\n' "$("$nginx" -v 2>&1 | sed 's/.*: //')" "$delay_ms"
check "post: a folder" "$tokprep" post "$work/drop" -o "$work/out" --yes -q "${through[@]}"
check "status --wait" "$tokprep" status --wait -q "${through[@]}"
check "upload: a form, and a PUT above 30 MB" "$tokprep" upload --force -q "${through[@]}" "$work/out/logo.jpg" "$work/out/long.mp4"
check "post again: nothing new" posts_again
check "an authority nobody named is not trusted" refuses_strangers
curl -sS "$sandbox/sandbox/counts" >"$work/counts.json"
check "four posts, none twice" counted 'c["posts"]["accepted"] == 4 and c["posts"]["duplicates"] == 0'
check "no request against the contract" counted 'c["violations"]["total"] == 0'
check "the bytes that were prepared" bytes_arrived
check "HTTP/2 was spoken" seen ' /api/.* HTTP/2\.0 '
check "a post went alone, by HTTP/1.1" seen '^POST /api/post 200 HTTP/1\.1 '
check "a PUT went to nginx" seen '^PUT /upload/[^ ]+ 200 '
check "answers came compressed" seen ' /api/.* 200 .* encoding=gzip '
printf 'requests by protocol and encoding, as nginx saw them:\n'
awk '{ print "  " $4, $5 }' "$work/nginx/access.log" | sort | uniq -c
((failures == 0))
