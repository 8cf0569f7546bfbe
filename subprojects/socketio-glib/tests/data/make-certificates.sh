#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Makes ca.pem, server.pem (certificate and key for localhost, signed by it) and
# client.pem (certificate and key, signed by itself),
# valid from 2020 to 2120. Needs certtool of gnutls-bin.
set -eu
cd "$(dirname "$0")"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
dates='activation_date = "2020-01-01 00:00:00 UTC"
expiration_date = "2120-01-01 00:00:00 UTC"'
printf 'cn = "socketio-glib test CA"\nca\ncert_signing_key\n%s\n' "$dates" > "$dir/ca.cfg"
printf 'cn = "localhost"\ndns_name = "localhost"\ntls_www_server\nsigning_key\n%s\n' "$dates" > "$dir/server.cfg"
certtool --generate-privkey --key-type ecdsa --no-text --outfile "$dir/ca.key"
certtool --generate-privkey --key-type ecdsa --no-text --outfile "$dir/server.key"
certtool --generate-self-signed --load-privkey "$dir/ca.key" --template "$dir/ca.cfg" --no-text --outfile ca.pem
certtool --generate-certificate --load-privkey "$dir/server.key" --load-ca-certificate ca.pem \
  --load-ca-privkey "$dir/ca.key" --template "$dir/server.cfg" --no-text --outfile "$dir/server.crt"
cat "$dir/server.crt" "$dir/server.key" > server.pem
printf 'cn = "client"\ntls_www_client\nsigning_key\n%s\n' "$dates" > "$dir/client.cfg"
certtool --generate-privkey --key-type ecdsa --no-text --outfile "$dir/client.key"
certtool --generate-self-signed --load-privkey "$dir/client.key" --template "$dir/client.cfg" --no-text --outfile "$dir/client.crt"
cat "$dir/client.crt" "$dir/client.key" > client.pem
