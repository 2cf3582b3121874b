# Sourced by every script: puts a Node of at least 24 first on PATH and brings the npm packages of package-lock.json.
# Needs $ROOT, the repository's folder. Nothing is fetched when everything is there, so a second run works off line.
# Of two scripts that find something missing, one fetches it and the other waits.

NODE_MAJOR=24

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

node_is_new_enough() {
  "$1" -e 'process.exit(Number(process.versions.node.split(".")[0]) >= Number(process.argv[1]) ? 0 : 1)' "$NODE_MAJOR" 2>/dev/null
}

said_waiting() { say "Another script is fetching what this folder needs; waiting for it …"; }

# Runs "$@" while no other script of this folder does. Without flock the lock is a link that names its holder: made in one step, and told from one left behind.
locked() {
  mkdir -p "$ROOT/.node"
  local lock="$ROOT/.node/install.lock" told='' status=0
  if command -v flock >/dev/null; then
    (
      flock -n 9 || { said_waiting; flock 9; }
      "$@" 9>&-
    ) 9>"$lock"
    return
  fi
  until ln -s "$$" "$lock.holder" 2>/dev/null; do
    if ! ps -p "$(readlink "$lock.holder" || echo 0)" >/dev/null; then rm -f "$lock.holder"; continue; fi
    [ -n "$told" ] || said_waiting
    told=1
    sleep 0.2
  done
  ("$@") || status=$?
  rm -f "$lock.holder"
  return "$status"
}

# npm's words as they come; when it fails, a hint where they are of the network.
run_npm() {
  local words status=0
  words=$(mktemp)
  npm "$@" 2>&1 | tee "$words" >&2 || status=1
  if [ "$status" != 0 ] && grep -qE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET|network' "$words"; then
    say 'npm does not reach its registry. The first run needs the network (or npm config set registry URL, proxy URL).'
  fi
  rm -f "$words"
  return "$status"
}

# The npm package `node` brings the binary by its install script. npm 12 runs it only when allowed; should it not, we run it.
bring_node() {
  local package="$ROOT/.node/node_modules/node"
  if has_own_node; then return; fi
  command -v node >/dev/null || stop "Node.js is missing. Any version with npm will do, a newer one is fetched with it: apt-get install nodejs npm"
  command -v npm >/dev/null || stop "npm is missing; it is needed once to fetch Node $NODE_MAJOR and the packages: apt-get install npm"
  say "This machine's Node is $(node --version); fetching Node $NODE_MAJOR into .node/ (once, 10 to 30 s) …"
  mkdir -p "$ROOT/.node"
  printf '{"private":true,"allowScripts":{"node":true}}\n' >"$ROOT/.node/package.json"
  run_npm install --prefix "$ROOT/.node" --no-audit --no-fund --loglevel=error "node@$NODE_MAJOR" npm@11 ||
    stop "Node $NODE_MAJOR could not be fetched by npm (the reason is above). Try again, or install it by hand."
  [ -x "$package/bin/node" ] || (cd "$package" && node installArchSpecificPackage.js >&2) || true
  node_is_new_enough "$package/bin/node" || stop "npm fetched Node $NODE_MAJOR, but $package/bin/node does not run on this machine. Install Node $NODE_MAJOR by hand."
}

has_own_node() {
  local own="$ROOT/.node/node_modules/node/bin/node"
  [ -x "$own" ] && node_is_new_enough "$own"
}

use_node() {
  if command -v node >/dev/null && node_is_new_enough node; then return; fi
  has_own_node || locked bring_node || exit 1
  export PATH="$ROOT/.node/node_modules/.bin:$PATH"
  hash -r
}

has_packages() { node "$ROOT/scripts/lib/installed.ts"; }

fetch_packages() {
  if has_packages; then return; fi
  command -v npm >/dev/null || stop "npm is missing; it is needed once to fetch the packages of package-lock.json: apt-get install npm"
  say "Fetching the packages of package-lock.json (npm ci) …"
  (cd "$ROOT" && run_npm ci --no-audit --no-fund --loglevel=error) || stop "npm ci failed (the reason is above)."
  node "$ROOT/scripts/lib/installed.ts" --mark
}

# An npm as old as Node 12's does not run on Node 24, so a local Node brings its npm along and `npm` is that one by PATH.
use_packages() { has_packages || locked fetch_packages || exit 1; }

use_node
use_packages
export PATH="$ROOT/node_modules/.bin:$PATH"
