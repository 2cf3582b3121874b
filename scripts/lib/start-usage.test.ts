/** Help of the scripts: told at once by the shell, before anything is fetched, installed or built. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PARTS } from '../town/town.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Without Node on its path the shell would have to fetch one. */
function said(script: string, ...words: string[]): string {
  const env = { PATH: '/usr/bin:/bin', HOME: '/nonexistent' }
  return execFileSync('/bin/bash', [join(ROOT, 'scripts', script), ...words], { env, timeout: 5_000 }).toString()
}
const file = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8')

test.each(['--help', '-h'])('start %s needs neither Node nor packages', flag => {
  expect(said('start', '--port', '8099', flag)).toBe(file('start-usage.txt'))
  for (const word of ['--no-town', '--data', '--port']) expect(file('start-usage.txt')).toContain(word)
})

test.each([[[]], [['--help']], [['press', '-h']]])('simulate %j neither, and names every part of the town', words => {
  expect(said('simulate', ...words)).toBe(file('simulate-usage.txt'))
  for (const part of PARTS) expect(file('simulate-usage.txt')).toContain(part)
})

test.each(['test', 'bench'])('%s --help neither', script => {
  expect(said(script, '--help')).toContain(`usage: scripts/${script}`)
})
