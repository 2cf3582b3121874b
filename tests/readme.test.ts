/** What the READMEs give to copy passes `check-config` as it stands. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { adapters } from '../adapters/index.ts'
import { checkFiles } from '../gateway/compose/place.ts'
import { loadConfig } from '../gateway/config.ts'
import { systemClock } from '../gateway/supervise/clock.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'

/** The fenced blocks whose first line names a file, by that name. */
function filesOf(readme: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(import.meta.dirname, '..', readme), 'utf8')
  return new Map(
    [...text.matchAll(/^```yaml\n# (\S+\.yaml)\n(.*?)^```/gms)].map(([, name = '', body = '']) => [name, body])
  )
}

it.each(['README.md', 'README.zh-CN.md'])(
  'the smallest configuration and registry of %s have no fault',
  async readme => {
    const dir = tempDir('readme-pair')
    const files = filesOf(readme)
    expect([...files.keys()]).toEqual(['my.yaml', 'registry.yaml'])
    for (const [name, body] of files) writeFileSync(join(dir, name), body)
    const config = loadConfig(join(dir, 'my.yaml'), adapters, { overrides: { storage: { dir: join(dir, 'data') } } })
    expect(config.registry.file).toBe(join(dir, 'registry.yaml'))
    await checkFiles(config, systemClock)
  }
)
