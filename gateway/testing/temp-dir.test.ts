/** What tests write to the temporary folder is gone after their run, wherever they asked for it and however they ended. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempDir } from './temp-dir.ts'

const ROOT = join(import.meta.dirname, '../..')
const HELPER = join(import.meta.dirname, 'temp-dir.ts')

/** Two such files run one after the other in one process. */
const TESTS = `
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tempDir } from ${JSON.stringify(HELPER)}

tempDir('top')
beforeAll(() => void tempDir('before'))
it('fails', () => {
  tempDir('within')
  mkdtempSync(join(tmpdir(), 'by-itself-'))
  throw new Error('it holds ' + readdirSync(tmpdir()).map(name => name.slice(0, -7)).sort().join(' '))
})
`

it('nothing is left, and what no test took away is named', () => {
  const [project, temporary] = [tempDir('project'), tempDir('temporary')]
  const abandoned = join(temporary, `pingan-tests-${2 ** 30}-x`)
  const others = join(temporary, `pingan-tests-${process.pid}-x`)
  for (const folder of [abandoned, others]) mkdirSync(folder)
  for (const name of ['some', 'more']) writeFileSync(join(project, `${name}.test.ts`), TESTS)
  const [globalSetup, setupFiles] = ['temp-root.ts', 'after-file.ts'].map(name => join(import.meta.dirname, name))
  const shared = { pool: 'forks', maxWorkers: 1, isolate: false }
  writeFileSync(
    join(project, 'vitest.config.mjs'),
    `export default ${JSON.stringify({ test: { include: ['*.test.ts'], globals: true, globalSetup, setupFiles, ...shared } })}`
  )
  const { stdout, stderr } = spawnSync('vitest', ['run', '--root', project], {
    env: { ...process.env, TMPDIR: temporary, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}` },
    encoding: 'utf8'
  })
  expect(stdout + stderr).toContain('it holds before by-itself top within')
  expect(stdout).toMatch(/Left in the temporary folder by tests, removed now: 2 \(by-itself-\w{6}, by-itself-\w{6}\)/)
  expect(existsSync(abandoned)).toBe(false)
  expect(readdirSync(temporary).filter(name => name !== 'node-compile-cache')).toEqual([
    others.slice(temporary.length + 1)
  ])
})
