# Sourced by scripts that need programs of the system: Debian packages are installed when we are root, else named.
# Needs `say` of node.sh or defines it.

command -v say >/dev/null || say() { printf '%s\n' "$*" >&2; }

# Prints those of the given Debian packages that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null)" = 'ii ' ] || printf '%s ' "$package"
  done
}

# install_packages WHAT-FOR PACKAGE…: 0 when all are there afterwards; else says in one sentence what to do and returns 1.
install_packages() {
  local purpose=$1 missing
  shift
  if ! command -v dpkg-query >/dev/null; then
    say "$purpose: this is no Debian system; install what these packages hold: $*"
    return 1
  fi
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    say "$purpose: missing. Install with: sudo apt-get install --no-install-recommends $missing"
    return 1
  fi
  say "$purpose: installing $missing…"
  # shellcheck disable=SC2086 # a list of words
  if ! { DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null 2>&1 ||
    { apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null; }; } then
    say "$purpose: apt-get could not install $missing(the reason is above)."
    return 1
  fi
}
