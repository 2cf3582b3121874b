# Sourced by every script: puts a Node of at least 24 first on PATH and brings the npm packages of package-lock.json.
# Needs $ROOT, the repository's folder. Nothing is fetched when everything is there, so a second run works off line.

NODE_MAJOR=24

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

node_is_new_enough() {
  "$1" -e 'process.exit(Number(process.versions.node.split(".")[0]) >= Number(process.argv[1]) ? 0 : 1)' "$NODE_MAJOR" 2>/dev/null
}

# The npm package `node` brings the binary by its install script. npm 12 runs it only when allowed; should it not, we run it.
bring_node() {
  command -v node >/dev/null || stop "Node.js is missing. Any version with npm will do, a newer one is fetched with it: apt-get install nodejs npm"
  command -v npm >/dev/null || stop "npm is missing; it is needed once to fetch Node $NODE_MAJOR and the packages: apt-get install npm"
  say "This machine's Node is $(node --version); fetching Node $NODE_MAJOR into .node/ (once, 10 to 30 s) …"
  mkdir -p "$ROOT/.node"
  printf '{"private":true,"allowScripts":{"node":true}}\n' >"$ROOT/.node/package.json"
  npm install --prefix "$ROOT/.node" --no-audit --no-fund --loglevel=error "node@$NODE_MAJOR" npm@11 >&2 ||
    stop "Node $NODE_MAJOR could not be fetched by npm (the reason is above). Install it by hand, or try again with network."
  local package="$ROOT/.node/node_modules/node"
  [ -x "$package/bin/node" ] || (cd "$package" && node installArchSpecificPackage.js >&2) || true
  node_is_new_enough "$package/bin/node" || stop "npm fetched Node $NODE_MAJOR, but $package/bin/node does not run on this machine. Install Node $NODE_MAJOR by hand."
}

use_node() {
  if command -v node >/dev/null && node_is_new_enough node; then return; fi
  local own="$ROOT/.node/node_modules/node/bin/node"
  if ! { [ -x "$own" ] && node_is_new_enough "$own"; }; then bring_node; fi
  export PATH="$ROOT/.node/node_modules/.bin:$PATH"
  hash -r
}

# An npm as old as Node 12's does not run on Node 24, so a local Node brings its npm along and `npm` is that one by PATH.
use_packages() {
  if node "$ROOT/scripts/lib/installed.ts"; then return; fi
  command -v npm >/dev/null || stop "npm is missing; it is needed once to fetch the packages of package-lock.json: apt-get install npm"
  say "Fetching the packages of package-lock.json (npm ci) …"
  (cd "$ROOT" && npm ci --no-audit --no-fund --loglevel=error >&2) ||
    stop "npm ci failed (the reason is above). The first run needs the network."
  node "$ROOT/scripts/lib/installed.ts" --mark
}

use_node
use_packages
export PATH="$ROOT/node_modules/.bin:$PATH"
