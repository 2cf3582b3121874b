/** Guesses of log-ins: bounded by address and account, and a household at home is locked out by nobody. */
import { expect, it } from 'vitest'
import { id } from '../../gateway/core/brand.ts'
import { networkOf } from '../../gateway/core/network.ts'
import { createFakeClock, settle } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import { formatAuthorization, parseChallenge } from '../kit/digest.ts'
import { Authenticator } from './auth.ts'
import { header } from './frame.ts'
import { LoginGuard } from './login-guard.ts'
import { peerOf } from './peer.ts'
import { ProvenPlaces } from './proven-places.ts'
import { createBench, requestText, testConfig } from './testing.ts'

const HOME = '198.51.100.7'
const THIEF = '203.0.113.9'

function room(remembered?: ReadonlyMap<string, string>) {
  const clock = createFakeClock(1_000_000)
  const fake = createFakeHost({ clock, known: [id('sip:6650147')], ...(remembered ? { remembered } : {}) })
  const proven = new ProvenPlaces(fake.host)
  const guard = new LoginGuard({ host: fake.host, placesOf: name => (name === '6650147' ? [HOME] : []), proven })
  /** Tries as fast as it may for so long; how many were looked at. */
  const guess = async (username: () => string, address: () => string, forMs: number) => {
    let tried = 0
    for (const endMs = clock.now() + forMs; clock.now() < endMs; await clock.advance(100)) {
      const [name, from] = [username(), address()]
      if (guard.pauseMs(name, from) > 0) continue
      guard.wrong(name, from)
      tried++
    }
    await settle()
    return tried
  }
  return { clock, fake, guard, guess, proven }
}

it('one address gets ten guesses, then fewer and fewer; the floor is told once', async () => {
  const { fake, guess } = room()
  expect(
    await guess(
      () => '6650147',
      () => THIEF,
      600_000
    )
  ).toBeLessThan(28)
  expect(fake.signals).toMatchObject([{ sourceId: `sip:guess@${THIEF}`, condition: 'tamper', alarmClass: 'tamper' }])
})

it('many addresses against one telephone are slowed down together, and the telephone has the tamper', async () => {
  const { fake, guess } = room()
  let n = 0
  const tried = await guess(
    () => '6650147',
    () => `10.0.${n >> 8}.${n++ & 255}`,
    600_000
  )
  expect(tried).toBeLessThan(170)
  expect(fake.signals).toMatchObject([{ sourceId: 'sip:6650147', alarmClass: 'tamper' }])
})

it('at home nothing of that counts; wrong ones there wait five seconds at most, and a right one forgives them', async () => {
  const { guard, guess, clock } = room()
  let n = 0
  await guess(
    () => '6650147',
    () => `10.0.${n >> 8}.${n++ & 255}`,
    300_000
  )
  expect(guard.pauseMs('6650147', HOME)).toBe(0)
  await guess(
    () => '6650147',
    () => HOME,
    600_000
  )
  expect(guard.pauseMs('6650147', HOME)).toBeLessThanOrEqual(5_000)
  await clock.advance(5_000)
  guard.right('6650147', HOME)
  expect(guard.pauseMs('6650147', HOME)).toBe(0)
})

it('a telephone that moved is at home where it proved itself last; after an hour all is forgotten', async () => {
  const { guard, guess, clock } = room()
  guard.right('6650148', THIEF)
  await guess(
    () => 'nobody',
    () => THIEF,
    60_000
  )
  expect(guard.pauseMs('nobody', THIEF)).toBeGreaterThan(0)
  expect(guard.pauseMs('6650148', THIEF)).toBe(0)
  await clock.advance(3_600_000)
  expect(guard.pauseMs('nobody', THIEF)).toBe(0)
})

it('is at home where it proved itself also after a restart: who guesses behind the same NAT slows down himself alone', async () => {
  const before = room()
  for (const name of ['6650148', 'x'.repeat(65)]) before.guard.right(name, THIEF)
  await before.clock.advance(2_000)
  // The same proof again is no write, another place is.
  const writes = before.fake.remembered.size
  before.guard.right('6650148', THIEF)
  before.guard.right('6650149', THIEF)
  await before.proven.close()
  expect([writes, before.fake.remembered.size, before.clock.pending]).toEqual([1, 2, 0])
  const { guard, guess, proven } = room(before.fake.remembered)
  await guess(
    () => 'nobody',
    () => THIEF,
    60_000
  )
  expect(guard.pauseMs('nobody', THIEF)).toBeGreaterThan(0)
  for (const name of ['6650148', '6650149']) expect(guard.pauseMs(name, THIEF)).toBe(0)
  for (let n = 0; n < 10_000; n++) proven.set(`other-${n}`, HOME)
  expect([proven.of('6650148'), proven.of('other-9999')]).toEqual([undefined, HOME])
})

it('in a pause a REGISTER is told when to come again, and a press is an alarm all the same', async () => {
  const bench = createBench({}, { credentials: { '6650147': 'secret' } })
  const ask = async (method: string, password: string, callId: string) => {
    await bench.receive(requestText(5062, { method, callId, branch: `z9hG4bK${callId}a`, body: '' }), THIEF)
    const challenge = bench.last(401)
    const read = challenge && parseChallenge(header(challenge, 'www-authenticate') ?? '')
    if (!read) throw new Error('no challenge')
    const uri = 'sip:#9@127.0.0.1'
    const proof = { username: '6650147', password, method, uri, cnonce: callId, count: 1 }
    const extra = [`Authorization: ${formatAuthorization(read, proof)}`, 'Contact: <sip:6650147@203.0.113.9>']
    const to = method === 'REGISTER' ? '<sip:6650147@127.0.0.1>' : undefined
    const again = { method, callId, cseq: 2, branch: `z9hG4bK${callId}b`, body: '', extra, ...(to ? { to } : {}) }
    await bench.receive(requestText(5062, again), THIEF)
  }
  for (let n = 0; n < 11; n++) await ask('REGISTER', 'wrong', `guess-${n}`)
  await ask('REGISTER', 'secret', 'right-in-the-pause')
  const later = bench.last(503)
  expect(Number(later && header(later, 'retry-after'))).toBeGreaterThan(0)
  expect(bench.fake.rejections.map(r => r.reason)).toContain('loginPaused')
  await ask('INVITE', 'secret', 'press')
  await bench.clock.advance(1_000)
  expect(bench.fake.signals.filter(s => s.alarmClass === 'panic')).toMatchObject([{ verified: false }])
})

it('sent side by side no more are looked at than one after another; right ones are all let in', async () => {
  const { clock, guard } = room()
  const { host } = createFakeHost({ clock, credentials: { '6650147': 'secret' } })
  const auth = new Authenticator(host, testConfig(), guard)
  const peer = peerOf(THIEF, 5062)
  const challenge = parseChallenge(auth.challenge(peer, false)[0]?.value ?? '')
  if (!challenge) throw new Error('no challenge')
  const tries = async (password: string) => {
    const sent = Array.from({ length: 30 }, (_, n) => {
      const proof = {
        username: '6650147',
        password,
        method: 'REGISTER',
        uri: 'sip:x',
        cnonce: `${password}${n}`,
        count: 1
      }
      const value = formatAuthorization(challenge, proof)
      return auth.check(
        {
          kind: 'request',
          version: 'SIP/2.0',
          method: 'REGISTER',
          uri: 'sip:x',
          headers: [{ name: 'authorization', value }],
          body: Buffer.alloc(0)
        },
        peer
      )
    })
    return (await Promise.all(sent)).map(({ kind }) => kind)
  }
  expect(new Set(await tries('secret'))).toEqual(new Set(['proven']))
  // Else it would be at home where it has just proved itself.
  guard.right('6650147', HOME)
  const wrong = await tries('wrong')
  expect([wrong.filter(kind => kind === 'wrong').length, wrong.filter(kind => kind === 'paused').length]).toEqual([
    10, 20
  ])
})

it('an IPv6 network is one address, however it is written', async () => {
  const written = ['2001:db8:1:2::9', '2001:0DB8:1:2:aa:bb:cc:dd', '2001:db8:1:2:a:b:1.2.3.4', '2001:db8:1:2::1%eth0']
  expect(new Set(written.map(networkOf))).toEqual(new Set(['2001:db8:1:2::/64']))
  expect([networkOf('::1'), networkOf('2001:db8::'), networkOf('2001:db8::3:0:0:0:1'), networkOf(THIEF)]).toEqual([
    '0:0:0:0::/64',
    '2001:db8:0:0::/64',
    '2001:db8:0:3::/64',
    THIEF
  ])
  const { fake, guess } = room()
  let n = 0
  const tried = await guess(
    () => `stranger-${n}`,
    () => `2001:db8:1:2::${(n++).toString(16)}`,
    600_000
  )
  expect(tried).toBeLessThan(28)
  expect(fake.signals).toMatchObject([{ sourceId: 'sip:guess@2001:db8:1:2::/64', alarmClass: 'tamper' }])
})

it('twenty addresses an hour are told by themselves, the others as one with their count', async () => {
  const { fake, guard, clock } = room()
  const storm = async (addresses: number) => {
    for (let k = 0; k < addresses * 10; k++)
      guard.wrong(`stranger-${k}`, `10.1.${(k % addresses) >> 8}.${(k % addresses) & 255}`)
    await settle()
  }
  await storm(600)
  const all = fake.signals.filter(s => s.sourceId === 'sip:guess@all')
  expect(fake.signals.length - all.length).toBe(20)
  expect(all.map(s => s.textEn?.split(' ')[0])).toEqual(['21', '30', '120'])
  await clock.advance(3_600_000)
  await storm(5)
  expect(fake.signals.slice(23).map(s => s.sourceId)).toEqual([0, 1, 2, 3, 4].map(n => `sip:guess@10.1.0.${n}`))
})
