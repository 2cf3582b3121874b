#!/bin/sh
# Speaks every prompt's text into a raw A-law file of 8 kHz. Needs espeak-ng and sox (Debian packages).
# A recorded voice may take the place of any file: `sox voice.wav -t al -r 8000 -c 1 NAME.alaw`.
set -eu
cd "$(dirname "$0")"
for text in *.zh.txt; do
  name=${text%.txt}
  espeak-ng -v cmn -s 230 -f "$text" --stdout |
    sox -R -t wav - -t al -e a-law -r 8000 -c 1 "$name.alaw" gain -6 highpass 200 norm -3
  echo "$name.alaw: $(wc -c <"$name.alaw") bytes, $(($(wc -c <"$name.alaw") / 8)) ms"
done

# The receiver's tones towards diallers (SIA DC-05): handshake and kiss-off; nothing to replace here.
tone() { echo "|sox -R -n -r 8000 -c 1 -p synth $2 sine $1 pad $3 $4"; }
to_alaw() { sox -R "$@" gain -9; }
raw='-t al -e a-law -r 8000 -c 1'
# shellcheck disable=SC2086 # $raw is words
to_alaw "$(tone 1400 0.1 0.8 0.1)" "$(tone 2300 0.1 0 0)" $raw contact-id-handshake.alaw
# shellcheck disable=SC2086
to_alaw "$(tone 1400 0.85 0.1 0)" $raw contact-id-kiss-off.alaw
