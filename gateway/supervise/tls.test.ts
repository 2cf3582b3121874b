/** Certificates that somebody gives: what is wrong with the files is one sentence that says what to do, in no words of OpenSSL. */
import { createPrivateKey } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { beforeAll, expect, it } from 'vitest'
import type { GatewayError } from '../core/errors.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { loadCertificate } from './tls.ts'

const dir = tempDir('tls-files')
const clock = createFakeClock()
const DAY_MS = 86_400_000

beforeAll(async () => {
  const make = async (name: string, fromMs: number, untilMs: number) => {
    const pems = await generate([{ name: 'commonName', value: name }], {
      ...{ keyType: 'ec', curve: 'P-256', algorithm: 'sha256' },
      ...{ notBeforeDate: new Date(fromMs), notAfterDate: new Date(untilMs) }
    })
    writeFileSync(join(dir, `${name}.key`), pems.private)
    writeFileSync(join(dir, `${name}.crt`), pems.cert)
    return pems
  }
  const now = clock.now()
  const pems = await make('good', now - DAY_MS, now + DAY_MS)
  await make('other', now - DAY_MS, now + DAY_MS)
  await make('old', now - 9 * DAY_MS, now - DAY_MS)
  await make('early', now + DAY_MS, now + 9 * DAY_MS)
  const locked = createPrivateKey(pems.private).export({
    ...{ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }
  })
  writeFileSync(join(dir, 'locked.key'), locked)
  writeFileSync(join(dir, 'empty'), '')
  writeFileSync(join(dir, 'torn'), pems.cert.slice(0, 200))
  mkdirSync(join(dir, 'folder'))
})

const load = (keyFile: string, certFile: string) =>
  loadCertificate({ keyFile: join(dir, keyFile), certFile: join(dir, certFile), dir }, clock)

it('takes the two that belong together, also before its time: a clock that is wrong after a power cut stops nothing', async () => {
  expect(await load('good.key', 'good.crt')).toMatchObject({ made: false })
  expect(await load('early.key', 'early.crt')).toMatchObject({ made: false })
})

it.each([
  ['other.key', 'good.crt', 'the key does not belong to the certificate'],
  ['old.key', 'old.crt', 'the certificate is valid until'],
  ['good.key', 'torn', 'certFile holds no certificate in PEM, or only a part of one'],
  ['good.key', 'empty', 'certFile holds no certificate in PEM'],
  ['empty', 'good.crt', 'keyFile holds no private key in PEM'],
  ['locked.key', 'good.crt', 'the key wants a passphrase, which nobody types at a start'],
  ['good.crt', 'good.key', 'certFile holds a key; the two files may be the wrong way round'],
  ['none', 'good.crt', 'none is not there'],
  ['folder', 'good.crt', 'one of them is a folder']
])('%s with %s', async (keyFile, certFile, why) => {
  const { code, detail } = await load(keyFile, certFile).then(
    () => ({ code: 'none', detail: {} }),
    (error: GatewayError) => error
  )
  expect(code).toBe('CONFIG_INVALID')
  expect(String((detail as { faults?: string }).faults)).toContain(why)
  expect(String((detail as { faults?: string }).faults)).toContain(join(dir, certFile))
})
