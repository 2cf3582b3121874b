/** The sample configuration equals the defaults, and the generated files are the ones in the repository. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { adapters } from '../adapters/index.ts'
import { loadConfig, parseConfig } from '../gateway/config.ts'
import { configFiles, undescribed } from '../scripts/lib/config-files.ts'

const ROOT = join(import.meta.dirname, '..')
const SAMPLE = join(ROOT, 'config/gateway.yaml')

it('config/gateway.yaml equals the defaults', () => {
  expect(loadConfig(SAMPLE, adapters)).toEqual(parseConfig('', SAMPLE, adapters))
})

it.each(Object.entries(configFiles(adapters)))(
  '%s is what `node scripts/lib/config-files.ts` writes',
  (path, wanted) => {
    expect(readFileSync(join(ROOT, path), 'utf8')).toBe(wanted)
  }
)

it('every key says what it does', () => {
  expect(undescribed(adapters)).toEqual([])
})
