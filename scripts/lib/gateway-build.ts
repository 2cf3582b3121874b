/** Bundles the gateway into dist/gateway when it is missing or older than its sources: starts in a third of the time, in less memory. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type OutputOptions, type Plugin } from 'rolldown'
import { aloneUntil } from './alone.ts'

const ROOT = join(import.meta.dirname, '../..')
const DIST = join(ROOT, 'dist', 'gateway')
const STAMP = join(DIST, '.sources-sha256')
const LOCK = join(ROOT, 'node_modules', '.gateway-build')
export const GATEWAY_ENTRY = join(DIST, 'main.js')
export const WORKER_ENTRY = join(DIST, 'worker.js')

/** Every thread and process has a file of its own beside main.js. */
export const ENTRIES = {
  main: 'gateway/main.ts',
  thread: 'gateway/storage/sqlite/thread.ts',
  'catalogue-thread': 'gateway/storage/recordings/catalogue-thread.ts',
  'reports-thread': 'gateway/reports/reports-thread.ts',
  'print-thread': 'gateway/compose/print-thread.ts',
  'yaml-process': 'gateway/registry/yaml-process.ts',
  'grid-process': 'gateway/registry/grid/grid-process.ts',
  worker: 'gateway/media/worker.ts',
  'rtc-thread': 'gateway/media/rtc/rtc-thread.ts',
  'bulk-thread': 'gateway/media/record/bulk-thread.ts',
  'export-worker': 'gateway/media/export/export-worker.ts',
  'datagram-thread': 'adapters/sip/datagram-thread.ts',
  'voice-worker': 'adapters/sip/voice-worker.ts',
  'talk-rtc-thread': 'adapters/sip/talk-rtc-thread.ts'
}

/** With native parts, or loaded once at the first start. */
const EXTERNAL = ['better-sqlite3', 'selfsigned', 'pino']

/** `new URL('./thread.ts', import.meta.url)` names a source; in the bundle it is the entry of the same name. */
const threadNames: Plugin = {
  name: 'thread-names',
  transform(code) {
    const changed = code.replace(
      /new URL\('\.\/([\w-]+)\.ts', import\.meta\.url\)/g,
      "new URL('./$1.js', import.meta.url)"
    )
    return changed === code ? null : changed
  }
}

/** What the charset does not reach: the names of authors in the comments of their licences. */
const asciiComments: Plugin = {
  name: 'ascii-comments',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== 'chunk') continue
      file.code = file.code.replace(/\/\*!.*?\*\//gs, comment => comment.normalize('NFD').replace(/\P{ASCII}/gu, ''))
    }
  }
}

export const PLUGINS = [threadNames, asciiComments]

export const OUTPUT: OutputOptions = {
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunk-[hash].js',
  // Node keeps the text of every file in memory, and in two bytes a character as soon as one of all is not ASCII: 4 MB of the main process.
  charset: 'ascii',
  // Names stay as they are, for stack traces.
  minify: { compress: true, mangle: false }
}

/** Sources of the gateway and its protocols, without tests, and the lock file, since it decides the libraries. */
function sourcesHash(): string {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')))
  // The words of the screens are those on paper.
  for (const folder of ['gateway', 'adapters', 'web-console/src/i18n']) {
    const files = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && /\.(ts|json)$/.test(entry.name) && !entry.name.endsWith('.test.ts'))
      .map(entry => join(entry.parentPath, entry.name))
      .sort()
    for (const file of files) hash.update(`\0${file.slice(ROOT.length)}\0`).update(readFileSync(file))
  }
  return hash.digest('hex')
}

/** Rejects with the bundler's words. `onBuild` is told before a build. Two that ask at once build once. */
export async function buildGateway(force = false, onBuild: () => void = () => undefined): Promise<void> {
  await aloneUntil(LOCK, () => built(force, onBuild))
}

async function built(force: boolean, onBuild: () => void): Promise<void> {
  const hash = sourcesHash()
  if (!force && existsSync(GATEWAY_ENTRY) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return
  onBuild()
  rmSync(DIST, { recursive: true, force: true })
  await build({
    input: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, join(ROOT, file)])),
    cwd: ROOT,
    platform: 'node',
    external: EXTERNAL,
    plugins: PLUGINS,
    logLevel: 'warn',
    output: { ...OUTPUT, dir: DIST }
  })
  writeFileSync(STAMP, hash)
}

if (process.argv[1] === import.meta.filename) await buildGateway(true)
