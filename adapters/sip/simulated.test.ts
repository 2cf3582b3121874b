/** The demo's telephones against the adapter: one that registers over TLS and presses a key, a dialler that is kissed off; both by their log-ins. */
import { generate } from 'selfsigned'
import { afterEach, expect, it } from 'vitest'
import { until } from '../../gateway/testing/wait.ts'
import { contactIdDigits, dialReport, keyTones, toneOf } from './simulated-dialler.ts'
import { createRegistered } from './simulated-registered.ts'
import { createTelephone } from './simulator.ts'
import { testCertificate } from './testing/stream.ts'
import { startAdapter } from './testing.ts'

const WAIT_MS = 60_000
const EVENT = { account: '1234', q: '1', event: '131', group: '01', zone: '015' } as const
const { cert, private: key } = await generate([{ name: 'commonName', value: 'test' }], {
  ...{ keyType: 'ec', curve: 'P-256', algorithm: 'sha256' },
  extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }]
})
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

it('a telephone trusts the gateway’s certificate only, registers over TLS, calls for help and asks for a doctor by key', {
  timeout: 120_000
}, async () => {
  const { fake, serverBy, stop } = await startAdapter(
    { tlsPort: 0, trunks: [] },
    { tls: { key, cert }, known: ['sip:6650401'], credentials: { 6650401: 'secret' } }
  )
  cleanups.push(stop)
  let trusted: string | undefined = (await testCertificate()).cert
  const server = await serverBy('tls')
  const phone = await createRegistered({ server, number: '6650401', password: 'secret', certificate: () => trusted })
  cleanups.push(() => phone.close())
  const asked = Promise.withResolvers<void>()
  const stranger = await createRegistered({
    ...{ server, number: '6650401', password: 'secret' },
    certificate: () => {
      asked.resolve()
      return undefined
    }
  })
  cleanups.push(() => stranger.close())
  phone.start()
  stranger.start()
  await asked.promise
  expect([phone.registered, stranger.registered]).toEqual([false, false])
  trusted = cert
  await until('it is registered', () => phone.registered, WAIT_MS)
  const call = await phone.press({ digits: '2', hangUpAfterMs: 3_000 })
  expect(call).toMatchObject({ status: 200, ringingAtMs: expect.any(Number) })
  await call.ended
  expect(fake.signals).toMatchObject([
    { sourceId: 'sip:6650401', alarmClass: 'panic', verified: true, origin: expect.stringContaining('tls') },
    { alarmClass: 'medical', digit: '2', textEn: expect.stringContaining('medical') }
  ])
  expect(stranger.registered).toBe(false)
})

it('a dialler waits for the handshake, reports by tones and is kissed off when it is journaled', {
  timeout: 120_000
}, async () => {
  const { fake, server, stop } = await startAdapter(
    { trunks: [] },
    { known: ['sip:6650501'], credentials: { 6650501: 'secret' } }
  )
  cleanups.push(stop)
  const login = { username: '6650501', password: 'secret' }
  const telephone = await createTelephone({ server, number: '6650501', login })
  cleanups.push(() => telephone.close())
  await dialReport(telephone, '*124', EVENT)
  expect(fake.signals.at(-1)).toMatchObject({
    ...{ sourceId: 'sip:6650501', alarmClass: 'intrusion', zone: '015', verified: true },
    text: expect.stringContaining('周界盗警')
  })
  expect(fake.rejections).toEqual([])
})

it('makes the digits of the standard, and tells the tones apart', () => {
  // The example of SIA DC-05: the sum of all with 0 as ten is a multiple of fifteen.
  for (const zone of ['015', '001', '120', '999', '107']) {
    const digits = contactIdDigits({ ...EVENT, zone })
    expect(digits).toHaveLength(16)
    const sum = [...digits].reduce(
      (total, each) =>
        total + ('123456789'.indexOf(each) + 1 || ({ '0': 10, '*': 11, '#': 12, A: 13, B: 14, C: 15 }[each] ?? 0)),
      0
    )
    expect([zone, sum % 15]).toEqual([zone, 0])
  }
  expect(toneOf(keyTones('1').subarray(0, 160))).toBe(0)
  expect(toneOf(Buffer.alloc(160, 0xd5))).toBe(0)
})
