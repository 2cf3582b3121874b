/** The signing key as people and disks leave it: every fault says what, where and what to do. */
import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { GatewayError } from '../core/errors.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { checkSigner, openSigner } from './signer.ts'

const dir = tempDir('signer')

/** What the operator is told. */
async function fault(file: string): Promise<string> {
  const error = await openSigner(file).then(
    () => undefined,
    (reason: unknown) => reason
  )
  if (!(error instanceof GatewayError) || error.code !== 'CONFIG_INVALID')
    throw new Error(`not CONFIG_INVALID: ${error}`)
  return String(error.detail.faults)
}

function keyFile(name: string, text: string, mode = 0o600): string {
  const file = join(dir, name)
  writeFileSync(file, text, { mode })
  return file
}

const pem = (type: 'ed25519' | 'ec') =>
  (type === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')).privateKey
    .export({ type: 'pkcs8', format: 'pem' })
    .toString()

it('makes the key that is not there, once, for its owner only', async () => {
  const file = join(dir, 'made.pem')
  writeFileSync(`${file}.new`, 'left by a crash')
  const first = await openSigner(file)
  const again = await openSigner(file)
  expect([first.made, again.made, again.fingerprint]).toEqual([true, false, first.fingerprint])
  expect([statSync(file).mode & 0o777, existsSync(`${file}.new`)]).toEqual([0o600, false])
})

it('a check says what a start would, and makes no key', async () => {
  const file = join(dir, 'checked.pem')
  await checkSigner(file)
  expect(existsSync(file)).toBe(false)
  writeFileSync(file, 'garbage', { mode: 0o600 })
  await expect(checkSigner(file)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  await openSigner(join(dir, 'sound.pem'))
  await checkSigner(join(dir, 'sound.pem'))
})

it('says that it can be read by others, how, and what to do', async () => {
  const file = keyFile('open.pem', pem('ed25519'))
  chmodSync(file, 0o640)
  expect(await fault(file)).toBe(
    `evidence.signingKeyFile ${file}: others than its owner may read it (mode 640): chmod 600, and change the key if somebody may have copied it`
  )
  chmodSync(file, 0o600)
  expect((await openSigner(file)).made).toBe(false)
})

it('never replaces what is damaged: an empty file, a part of a key, something else, another kind of key', async () => {
  const empty = keyFile('empty.pem', '\n')
  expect(await fault(empty)).toContain(`${empty}: it is empty: put it back from its backup`)
  const part = keyFile('part.pem', pem('ed25519'))
  truncateSync(part, 60)
  expect(await fault(part)).toContain(`${part}: it is no private key in PEM, or only a part of one`)
  expect(readFileSync(part)).toHaveLength(60)
  expect(await fault(keyFile('ec.pem', pem('ec')))).toContain('it is a key of type ec, Ed25519 is needed')
})

it('says that it cannot be read or made', async () => {
  const folder = join(dir, 'folder.pem')
  mkdirSync(folder, { mode: 0o700 })
  expect(await fault(folder)).toContain(`${folder}: it is a folder, a file is needed`)
  const below = join(keyFile('plain', 'x'), 'key.pem')
  expect(await fault(below)).toContain(`${below}: it is not there and cannot be made: ENOTDIR`)
  const nowhere = join(dir, 'no', 'such', 'key.pem')
  expect(await fault(nowhere)).toContain(`${nowhere}: it is not there and cannot be made: ENOENT`)
  rmSync(folder, { recursive: true })
})
