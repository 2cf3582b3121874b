/** What a command says of a wrong option: a sentence, with no request and no stack in it. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { GatewayError } from '../core/errors.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { explain } from './command-line.ts'
import { checkTeam } from './known-teams.ts'
import { secretOfFile } from './secret-file.ts'

const said = (work: () => unknown): Promise<string> => Promise.try(work).then(() => 'nothing', explain)

it('names the option, and what it takes', async () => {
  expect(await said(() => checkTeam('unit-9', new Set(['unit-1', 'unit-2'])))).toBe(
    '--unit is not right; it takes: unit-1, unit-2'
  )
  expect(explain(new GatewayError('BODY_INVALID', { field: '--hours' }))).toBe('--hours is not right')
})

it('names the file of a secret that cannot be read', async () => {
  const folder = tempDir('secret-file')
  const file = join(folder, 'camera-password')
  expect(await said(() => secretOfFile(file, '--password-file'))).toBe(`--password-file: there is no file ${file}`)
  expect(await said(() => secretOfFile(folder, '--secret-file'))).toBe(
    `--secret-file: ${folder} is a folder, not a file`
  )
})
