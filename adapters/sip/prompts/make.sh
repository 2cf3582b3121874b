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
