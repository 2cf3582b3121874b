/** The first run of two scripts at once: one fetches the packages, the other waits and says so; a failure is put on the network only when npm says so. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { tempDir } from '../../gateway/testing/temp-dir.ts'

/** A source folder with nothing installed, and a stand-in for npm that writes what it is asked and then runs `npm`. */
function folder(npm: string) {
  const root = tempDir('node-sh')
  const bin = join(root, 'bin')
  mkdirSync(join(root, 'scripts/lib'), { recursive: true })
  mkdirSync(bin)
  for (const name of ['node.sh', 'installed.ts'])
    copyFileSync(join(import.meta.dirname, name), join(root, 'scripts/lib', name))
  writeFileSync(join(root, 'package-lock.json'), '{}')
  const script = `#!/bin/bash\ncd '${root}'\necho "$*" >>asked\n${npm}\n`
  writeFileSync(join(bin, 'npm'), script)
  chmodSync(join(bin, 'npm'), 0o755)
  return { root, bin }
}

function run(root: string, path: string) {
  const child = spawn('/bin/bash', ['-c', `set -euo pipefail; ROOT='${root}'; . '${root}/scripts/lib/node.sh'`], {
    env: { PATH: path }
  })
  let words = ''
  child.stderr.on('data', data => {
    words += data
  })
  const says = async (text: string) => {
    while (!words.includes(text)) await once(child.stderr, 'data')
  }
  return { says, words: () => words, ended: once(child, 'close').then(([code]) => code as number) }
}

const NODE = dirname(process.execPath)
const INSTALL = 'until [ -e go ]; do read -rt 0.02 <> <(:) || true; done; rm -rf node_modules; mkdir node_modules'

/** A machine with only these programs: no flock. */
function withoutFlock(bin: string): string {
  for (const name of ['mkdir', 'mktemp', 'ln', 'readlink', 'ps', 'rm', 'sleep', 'tee', 'grep'])
    symlinkSync(join('/usr/bin', name), join(bin, name))
  return [bin, NODE].join(delimiter)
}

it.each([
  ['flock', (bin: string) => [bin, NODE, '/usr/bin', '/bin'].join(delimiter)],
  ['a link', withoutFlock]
])('two at once install once, by %s', async (_how, pathOf) => {
  const { root, bin } = folder(INSTALL)
  const path = pathOf(bin)
  const first = run(root, path)
  await first.says('Fetching the packages')
  const second = run(root, path)
  await second.says('Another script is fetching')
  writeFileSync(join(root, 'go'), '')
  expect(await Promise.all([first.ended, second.ended])).toEqual([0, 0])
  expect(readFileSync(join(root, 'asked'), 'utf8').trim().split('\n')).toHaveLength(1)
  expect(await run(root, path).ended).toBe(0)
})

it('takes over what one that died has left, without flock', async () => {
  const { root, bin } = folder('mkdir -p node_modules')
  const path = withoutFlock(bin)
  mkdirSync(join(root, '.node'))
  symlinkSync('4194999', join(root, '.node/install.lock.holder'))
  expect(await run(root, path).ended).toBe(0)
})

it.each([
  ['npm error code ENOTFOUND', true],
  ['npm error ENOTEMPTY: directory not empty, rmdir node_modules', false]
])('after "%s" the network is blamed: %s', async (words, isNetwork) => {
  const { root, bin } = folder(`echo '${words}' >&2; exit 1`)
  const one = run(root, [bin, NODE, '/usr/bin', '/bin'].join(delimiter))
  expect(await one.ended).toBe(1)
  expect(one.words()).toContain(words)
  expect(one.words()).toContain('npm ci failed')
  expect(one.words().includes('does not reach its registry')).toBe(isNetwork)
})
