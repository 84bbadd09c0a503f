#!/usr/bin/env bash
# usage: layers_test.sh BUILD_DIR
# Who may include whom, and what each program may load: the walls of the house, as greps.
set -euo pipefail
build=$(readlink -f "$1")
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
broken=0

# none WHAT LINES, some WHAT LINES: complains when there are lines, or when there are none.
none() { [[ -z $2 ]] || { printf '%s:\n%s\n' "$1" "$2" && broken=1; }; }
some() { [[ -n $2 ]] || { printf '%s, so nothing was tested\n' "$1" && broken=1; }; }

# includes PATTERN FOLDER…: the #include lines below these folders that name a header starting with PATTERN.
includes() { grep -rnE --include='*.h' --include='*.cpp' "^ *# *include *[<\"]($1)" "${@:2}" || true; }

# only_in PLACE PATTERN: such headers are included there (or the search does not work), and nowhere else.
only_in() {
  local found
  found=$(includes "$2" base codecs upload pipeline)
  some "nothing in $1 includes $2" "$(grep -E "^$1" <<<"$found")"
  none "only $1 may include $2" "$(grep -vE "^$1" <<<"$found")"
}

only_in 'codecs/av/' 'lib(av|sw)[a-z]+/'
only_in 'codecs/vips/' 'vips/'
only_in 'upload/curl_api\.h' 'curl/'
none "only upload/curl_client.cpp may call curl" \
  "$(includes 'upload/curl_api\.h' base codecs upload pipeline | grep -vE '^upload/curl_(api|client)\.cpp')"
only_in 'upload/(sandbox/|webhook_server\.cpp)' 'httplib'
only_in 'pipeline/' 'pipeline/'
none "base includes only base" "$(includes '(codecs|upload|pipeline)/' base)"
none "codecs never sees upload" "$(includes 'upload/' codecs)"
none "upload never sees codecs" "$(includes 'codecs/' upload)"
none "pipeline sees only the plain data of codecs" \
  "$(includes 'codecs/' pipeline | grep -vE '"codecs/(media_info|jobs|cage|cover_search|presentation|sniff)\.h"')"

# loads PROGRAM PATTERN: the libraries it loads, by itself or through others.
# links PROGRAM PATTERN: those it asks for itself; Debian's libavfilter and libvips bring a curl of their own.
loads() { ldd "$build/$1" | grep -E "$2" || true; }
links() { readelf -d "$build/$1" | grep NEEDED | grep -E "$2" || true; }

# curl and what it brings would double the time of a start; it is loaded with the first transfer.
none "tokprep loads curl before it is needed" "$(loads tokprep libcurl)"
some "tokprep knows no curl to load" "$(grep -aoE 'libcurl[a-z-]*\.so\.[0-9]+' "$build/tokprep" | sort -u)"
none "tokprep loads a decoder" "$(loads tokprep 'lib(av[a-z]+|sw[a-z]+|vips[a-z-]*|heif|aom|dav1d|jpeg|png16|webp|tiff)\.so')"
some "the av worker loads no libav" "$(loads tokprep-av-worker libavformat)"
none "the av worker loads vips" "$(loads tokprep-av-worker libvips)"
none "the av worker links the network or the ledger" "$(links tokprep-av-worker 'libcurl|libsqlite3')"
some "the image worker loads no vips" "$(loads tokprep-image-worker libvips)"
none "the image worker loads libav" "$(loads tokprep-image-worker 'lib(av[a-z]+|sw[a-z]+)\.so')"
none "the image worker links the network or the ledger" "$(links tokprep-image-worker 'libcurl|libsqlite3')"

exit "$broken"
