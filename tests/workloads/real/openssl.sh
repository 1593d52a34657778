#!/bin/bash
# openssl: keys, a certificate, encryption and digests of files, a TLS server and its client.
. "$(dirname "$0")/common.sh"
programs=(openssl)

# Keeps its standard input open until the answer is there: at its end the client would leave.
# shellcheck disable=SC2094 # its size is looked at while it is written
talk() {
    local try
    : >answer
    {
        echo 'hello over TLS'
        for try in {1..100}; do
            sleep 0.1
            [ ! -s answer ] || break
        done
    } | openssl s_client -connect "127.0.0.1:$port" -CAfile cert.pem -verify_return_error -quiet -no_ign_eof \
        >answer 2>client.log || true
    cat answer; [ -s answer ] || { cat client.log server.log >&2; }
}

# Looked up, not tried: s_server takes a connection without a handshake badly.
listens() {
    grep -q "$(printf '0100007F:%04X 00000000:0000 0A' "$port")" /proc/net/tcp
}

run() {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem 2>/dev/null
    openssl req -x509 -new -key key.pem -subj /CN=localhost -days 30 -out cert.pem
    want verified "$(openssl verify -CAfile cert.pem cert.pem)" 'cert.pem: OK'
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem 2>/dev/null
    head -c 200000 /dev/urandom >plain
    openssl enc -aes-256-cbc -pbkdf2 -pass pass:secret -in plain -out secret
    openssl enc -d -aes-256-cbc -pbkdf2 -pass pass:secret -in secret -out again
    cmp plain again
    openssl dgst -sha256 -sign rsa.pem -out signature plain
    openssl pkey -in rsa.pem -pubout -out public.pem
    want signature "$(openssl dgst -sha256 -verify public.pem -signature signature plain)" 'Verified OK'
    free_port
    start openssl s_server -accept "127.0.0.1:$port" -key key.pem -cert cert.pem -rev -quiet
    ready listens
    want reversed "$(talk)" 'SLT revo olleh'
    stop TERM "$server" 143
}
workload "$@"
