/** A large registry file is read by a process of its own: the same rows, and the parser's words where it is no YAML. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { SMALL_TOWN } from '../testing/run-gateway.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { loadRegistry } from './load.ts'

/** Longer than what is read here. */
const PADDING = `# ${'x'.repeat(100)}\n`.repeat(5_000)

function fileOf(text: string): string {
  const file = join(tempDir('registry'), 'registry.yaml')
  writeFileSync(file, text)
  return file
}

test('gives the rows that a small one gives', async () => {
  const small = stringify(SMALL_TOWN)
  expect(await loadRegistry(fileOf(PADDING + small))).toEqual(await loadRegistry(fileOf(small)))
})

test('that is no YAML stops the start with its line', async () => {
  await expect(loadRegistry(fileOf(`${PADDING}subjects: [`))).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    detail: { faults: expect.stringContaining('line 5001') }
  })
})
