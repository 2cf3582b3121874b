/** Builds the console when its built files are missing or older than its sources, told by a hash over the sources' bytes. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const CONSOLE = join(ROOT, 'web-console')
const DIST = join(CONSOLE, 'dist')
const STAMP = join(DIST, '.sources-sha256')

/** Every file below web-console except what the build writes, and the lock file, since it decides the libraries. */
function sourcesHash(): string {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')))
  const files = readdirSync(CONSOLE, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(file => !file.startsWith(DIST))
    .sort()
  for (const file of files) hash.update(`\0${file.slice(ROOT.length)}\0`).update(readFileSync(file))
  return hash.digest('hex')
}

function stamped(): string | undefined {
  return existsSync(join(DIST, 'index.html')) && existsSync(STAMP) ? readFileSync(STAMP, 'utf8') : undefined
}

/** Returns false when vite refused; its words are on stderr. `force` builds in any case. */
export function buildConsole(force = false): boolean {
  const hash = sourcesHash()
  if (!force && stamped() === hash) return true
  const done = spawnSync('vite', ['build', '--config', 'web-console/vite.config.ts', '--logLevel', 'error'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2]
  })
  if (done.status !== 0) return false
  writeFileSync(STAMP, hash)
  return true
}
