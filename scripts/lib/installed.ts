/** Exit 0 when node_modules holds what package-lock.json asks for, else 1 (then `npm ci` is due). No packages needed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly integrity?: string; readonly optional?: boolean }>
  >
}

const root = join(import.meta.dirname, '../..')

function lock(path: string): Lock['packages'] | undefined {
  try {
    return (JSON.parse(readFileSync(join(root, path), 'utf8')) as Lock).packages
  } catch {
    return undefined
  }
}

/** npm writes node_modules/.package-lock.json last, so a broken-off install has none and is done again. */
function complete(): boolean {
  const wanted = lock('package-lock.json')
  const present = lock('node_modules/.package-lock.json')
  if (wanted === undefined || present === undefined) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    const found = present[path]
    return found === undefined
      ? entry.optional === true
      : found.version === entry.version && found.integrity === entry.integrity
  })
}

process.exit(complete() ? 0 : 1)
