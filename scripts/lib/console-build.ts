/** Builds the console when its built files are missing or older than its sources, told by a hash over the sources' bytes. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { alone } from './alone.ts'

const ROOT = join(import.meta.dirname, '../..')
const CONSOLE = join(ROOT, 'web-console')
const DIST = join(CONSOLE, 'dist')
const STAMP = join(DIST, '.sources-sha256')
/** On the same disk as what it replaces, so that a file is moved in one step. */
const FRESH = join(CONSOLE, '.dist-fresh')
const LOCK = join(ROOT, 'node_modules', '.console-build')

/** Every file below web-console except what the build writes, and the lock file, since it decides the libraries. */
function sourcesHash(): string {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')))
  const files = filesBelow(CONSOLE)
    .filter(file => !file.startsWith(DIST) && !file.startsWith(FRESH))
    .sort()
  for (const file of files) hash.update(`\0${file.slice(ROOT.length)}\0`).update(readFileSync(file))
  return hash.digest('hex')
}

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}

function stamped(): string | undefined {
  return existsSync(join(DIST, 'index.html')) && existsSync(STAMP) ? readFileSync(STAMP, 'utf8') : undefined
}

/** Returns false when vite refused; its words are on stderr. `onBuild` is told before a build, which takes a while. `force` builds in any case. Two that ask at once build once. */
export function buildConsole(force = false, onBuild: () => void = () => undefined): boolean {
  return alone(LOCK, () => built(force, onBuild))
}

function built(force: boolean, onBuild: () => void): boolean {
  const hash = sourcesHash()
  if (!force && stamped() === hash) return true
  onBuild()
  const done = spawnSync(
    'vite',
    ['build', '--config', 'web-console/vite.config.ts', '--logLevel', 'error', '--outDir', FRESH],
    {
      cwd: ROOT,
      stdio: ['ignore', 2, 2]
    }
  )
  if (done.status !== 0) return false
  rmSync(STAMP, { force: true })
  replaceFolder(FRESH, DIST)
  writeFileSync(STAMP, hash)
  return true
}

/**
 * Moves all files of `fresh` to `live`, which somebody may be reading: whoever opens the page gets the old one or the new one, whole.
 * The pages come last, since they name the others, and what is no longer named goes only then.
 */
export function replaceFolder(fresh: string, live: string): void {
  const isPage = (file: string) => file.endsWith('.html')
  const files = filesBelow(fresh).map(file => relative(fresh, file))
  for (const file of [...files.filter(each => !isPage(each)), ...files.filter(isPage)]) {
    mkdirSync(dirname(join(live, file)), { recursive: true })
    renameSync(join(fresh, file), join(live, file))
  }
  const kept = new Set(files)
  for (const file of filesBelow(live)) if (!kept.has(relative(live, file))) rmSync(file)
  rmSync(fresh, { recursive: true, force: true })
}
