/** Help of ./scripts/start: told at once by the shell, before anything is fetched, installed or built. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')

test.each(['--help', '-h'])('%s needs neither Node nor packages', flag => {
  // Without Node on its path the shell would have to fetch one.
  const env = { PATH: '/usr/bin:/bin', HOME: '/nonexistent' }
  const said = execFileSync('/bin/bash', [join(ROOT, 'scripts/start'), '--port', '8099', flag], { env, timeout: 5_000 })
  expect(said.toString()).toBe(readFileSync(join(import.meta.dirname, 'start-usage.txt'), 'utf8'))
  for (const word of ['--no-town', '--data', '--port']) expect(said.toString()).toContain(word)
})
