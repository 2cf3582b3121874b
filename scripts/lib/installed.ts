/** Exit 0 when node_modules was installed from this very package-lock.json, else 1 (then `npm ci` is due); `--mark` says that it was. */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const mark = join(root, 'node_modules', '.installed-from')

const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')

/** npm ci removes the folder first, so a broken-off install has no mark and is done again. */
function marked(): string | undefined {
  try {
    return readFileSync(mark, 'utf8')
  } catch {
    return undefined
  }
}

if (process.argv.includes('--mark')) writeFileSync(mark, wanted)
else process.exit(marked() === wanted ? 0 : 1)
