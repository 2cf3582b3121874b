/** Exchanges that cannot prove who they are: a trouble that names exchange and fault, ended by the next call that proves it; never one more word to whoever calls. */
import { X509Certificate } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeClock, settle } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import type { Trunk } from './config.ts'
import type { SipRequest } from './frame.ts'
import { type Peer, peerOf } from './peer.ts'
import { streamTelephone, testCertificate } from './testing/stream.ts'
import { createBench, requestText, startAdapter, testConfig } from './testing.ts'
import { TrunkProof } from './trunk-proof.ts'

const IDENTITY = 'P-Asserted-Identity: <sip:6650148@exchange>'
const HOUR_MS = 3_600_000
const print = (byte: string) => Array(32).fill(byte).join(':')
const FOUND = print('AA')
const OTHER = print('BB')
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function watch(trunks: readonly Trunk[]) {
  const clock = createFakeClock()
  const fake = createFakeHost({ clock })
  const proof = new TrunkProof(fake.host, testConfig({ trunks: [...trunks] }))
  const troubles = () => fake.signals.map(s => [s.sourceId, s.cause, s.qualifier])
  return { clock, fake, proof, troubles }
}

const tlsPeer = (fingerprint?: string, validToMs = Date.UTC(2100, 0, 1)): Peer => ({
  ...peerOf('192.0.2.7', 5061, 'tls'),
  ...(fingerprint === undefined ? {} : { shown: { fingerprint, validToMs } })
})
const call = (headers: SipRequest['headers'] = [{ name: 'p-asserted-identity', value: '<sip:6650148@x>' }]) =>
  ({ kind: 'request', method: 'INVITE', uri: 'sip:#9@x', version: 'SIP/2.0', headers, body: Buffer.alloc(0) }) as const

describe('an exchange known by its certificate', () => {
  it('that shows another one or none is a trouble with the one it shows; its next proof ends it', async () => {
    const trunk: Trunk = { name: 'city', certificate: FOUND }
    const { proof, fake, troubles } = watch([trunk])
    proof.wrongCertificate(call(), tlsPeer(OTHER))
    await settle()
    expect(troubles()).toEqual([['sip:trunk/city', 'trunk-proof', 'new']])
    expect(fake.signals[0]?.text).toContain(OTHER)
    expect(fake.rejections).toMatchObject([{ reason: 'wrongCertificate', detail: OTHER }])
    proof.proven(trunk, tlsPeer(FOUND))
    await settle()
    expect(troubles()).toEqual([
      ['sip:trunk/city', 'trunk-proof', 'new'],
      ['sip:trunk/city', 'trunk-proof', 'restore']
    ])
  })

  it('is not meant by a telephone with a certificate of its maker, nor by a call that comes another way', async () => {
    const { proof, fake, troubles } = watch([{ name: 'city', certificate: FOUND }])
    proof.wrongCertificate(call([]), tlsPeer(OTHER))
    proof.wrongCertificate(call(), peerOf('192.0.2.7', 5060))
    await settle()
    expect([troubles(), fake.rejections]).toEqual([[], []])
  })

  it('is told once in ten minutes, however often somebody calls in its name', async () => {
    const trunk: Trunk = { name: 'city', certificate: FOUND }
    const { proof, clock, troubles } = watch([trunk])
    for (let i = 0; i < 50; i++) {
      proof.wrongCertificate(call(), tlsPeer())
      await settle()
      proof.proven(trunk, tlsPeer(FOUND))
      await settle()
    }
    expect(troubles()).toHaveLength(2)
    await clock.advance(600_000)
    proof.wrongCertificate(call(), tlsPeer())
    await settle()
    expect(troubles()).toHaveLength(3)
  })

  it('of several means those that have not proven themselves within the hour', async () => {
    const trunks: Trunk[] = [
      { name: 'north', certificate: FOUND },
      { name: 'south', certificate: print('CC') },
      { name: 'elsewhere', address: '192.0.2.99', certificate: FOUND }
    ]
    const { proof, clock, troubles } = watch(trunks)
    await clock.advance(2 * HOUR_MS)
    proof.proven(trunks[0] as Trunk, tlsPeer(FOUND))
    proof.wrongCertificate(call(), tlsPeer(OTHER))
    await settle()
    expect(troubles()).toEqual([['sip:trunk/south', 'trunk-proof', 'new']])
  })

  it('goes on being one with a certificate that has expired, which is a trouble until a new one is in the settings', async () => {
    const trunk: Trunk = { name: 'city', certificate: FOUND }
    const { proof, clock, fake, troubles } = watch([trunk])
    const expired = tlsPeer(FOUND, clock.now() - 1)
    for (let i = 0; i < 3; i++) {
      proof.proven(trunk, expired)
      await settle()
    }
    expect(troubles()).toEqual([['sip:trunk/city', 'trunk-expired', 'new']])
    expect(fake.signals[0]?.text).toContain('到期')
    proof.proven(trunk, tlsPeer(FOUND))
    await settle()
    expect(troubles().at(-1)).toEqual(['sip:trunk/city', 'trunk-expired', 'restore'])
  })
})

it('a renewed certificate: the caller is still named, unverified, and the floor hears which exchange it is', async () => {
  const [mine, listed, renewed] = [await testCertificate(), await testCertificate(), await testCertificate()]
  const trunks = [{ name: 'city', certificate: new X509Certificate(listed.cert).fingerprint256 }]
  const adapter = await startAdapter({ tlsPort: 0, trunks }, { tls: mine })
  cleanups.push(adapter.stop)
  const exchange = await streamTelephone(await adapter.serverBy('tls'), renewed)
  cleanups.push(() => exchange.socket.destroy())
  exchange.send(requestText(exchange.port, { fromUser: 'anonymous', extra: [IDENTITY] }))
  await exchange.response(401)
  const said = await until('both are told', () => adapter.fake.signals.length === 2 && adapter.fake.signals)
  expect(said).toContainEqual(expect.objectContaining({ sourceId: 'sip:6650148', verified: false }))
  const trouble = said.find(s => s.cause === 'trunk-proof')
  expect(trouble?.text).toContain(new X509Certificate(renewed.cert).fingerprint256)
})

it('a wrong password of an exchange is a trouble that names it; its calls are alarms of who it says calls', async () => {
  const { formatAuthorization, parseChallenge } = await import('../kit/digest.ts')
  const { header } = await import('./frame.ts')
  const trunks = [{ name: 'city', login: 'city-exchange' }]
  const bench = createBench({ trunks }, { credentials: { 'city-exchange': 'secret' } })
  const from = peerOf('192.0.2.7', 5062)
  const text = (extra: readonly string[], cseq: number) =>
    requestText(5062, {
      fromUser: 'anonymous',
      cseq,
      branch: `z9hG4bK${cseq}`,
      callId: `call-${Math.ceil(cseq / 2)}`,
      extra: [IDENTITY, ...extra]
    })
  const ask = async (password: string, cseq: number) => {
    await bench.receive(text([], cseq), from)
    const refused = bench.last(401)
    const challenge = parseChallenge((refused && header(refused, 'www-authenticate')) ?? '')
    if (!challenge) throw new Error('no challenge')
    const proof = {
      username: 'city-exchange',
      password,
      method: 'INVITE',
      uri: 'sip:#9@127.0.0.1',
      cnonce: 'c',
      count: 1
    }
    await bench.receive(text([`Authorization: ${formatAuthorization(challenge, proof)}`], cseq + 1), from)
  }
  await ask('old', 1)
  expect(bench.last(403)).toBeDefined()
  expect(bench.fake.signals.map(s => [s.sourceId, s.verified, s.cause])).toEqual([
    ['sip:trunk/city', true, 'trunk-proof'],
    ['sip:6650148', false, undefined]
  ])
  await bench.clock.advance(5_000)
  await ask('secret', 3)
  expect(bench.fake.signals).toContainEqual(expect.objectContaining({ sourceId: 'sip:6650148', verified: true }))
  expect(bench.fake.signals.filter(s => s.cause === 'trunk-proof').map(s => s.qualifier)).toEqual(['new', 'restore'])
})
