/** Telephones that register: log-in, times, places, what a restart keeps, and what becomes of those that fall silent. */
import { describe, expect, it } from 'vitest'
import { settle } from '../../gateway/testing/fake-clock.ts'
import type { FakeHostOptions } from '../../gateway/testing/fake-host.ts'
import { formatAuthorization, parseChallenge } from '../kit/digest.ts'
import type { SipConfig } from './config.ts'
import { header, type SipMessage } from './frame.ts'
import { type Peer, peerOf } from './peer.ts'
import { RegistrationWatch } from './registration-watch.ts'
import { Registrations } from './registrations.ts'
import { createBench, requestText } from './testing.ts'

const NUMBER = '6650147'
const AWAY = '192.0.2.66'
const credentials: Record<string, string> = { [NUMBER]: 'secret', '6650148': 'secret2', '6650149': 'secret3' }

interface Register {
  readonly contacts?: readonly string[]
  readonly expires?: number
  readonly callId?: string
  readonly number?: string
  readonly aor?: string
  readonly from?: string | Peer
  readonly cseq?: number
  readonly algorithm?: 'MD5' | 'SHA-256'
  readonly password?: string
}

function setup(settings: Partial<SipConfig> = {}, options: Omit<FakeHostOptions, 'clock'> = {}) {
  const bench = createBench({ trunks: [], ...settings }, { credentials, ...options })
  let cseq = 0
  let branch = 0
  const send = async (how: Register, extra: readonly string[]) => {
    const { contacts = ['<sip:6650147@192.0.2.66:5062>'], callId = 'reg-1', number = NUMBER, from = AWAY } = how
    const lines = [
      ...contacts.map(c => `Contact: ${c}`),
      ...(how.expires === undefined ? [] : [`Expires: ${how.expires}`]),
      ...extra
    ]
    const text = requestText(5_062, {
      method: 'REGISTER',
      uri: 'sip:gateway',
      to: `<sip:${how.aor ?? number}@gateway>`,
      callId,
      branch: `z9hG4bKreg${++branch}`,
      cseq: how.cseq ?? ++cseq
    }).replace(/Contact: <sip:6650147@127[^\r]*\r\n/, '')
    await bench.receive(
      text.replace('\r\nContent-Length', `${lines.map(l => `\r\n${l}`).join('')}\r\nContent-Length`),
      from
    )
    await settle()
    return bench.sent.at(-1)?.message
  }
  /** Challenge and answer; the final response. */
  const register = async (how: Register = {}) => {
    const asked = await send(how, [])
    const challenges = asked?.headers.filter(h => h.name === 'www-authenticate').map(h => parseChallenge(h.value))
    const challenge = challenges?.find(c => c?.algorithm === (how.algorithm ?? 'MD5'))
    if (!challenge) throw new Error('no challenge')
    const { number = NUMBER } = how
    const password = how.password ?? credentials[number] ?? ''
    const proof = { username: number, password, method: 'REGISTER', uri: 'sip:gateway', cnonce: `c${branch}`, count: 1 }
    return send(how, [`Authorization: ${formatAuthorization(challenge, proof)}`])
  }
  return Object.assign(bench, { register, send })
}

const status = (message: SipMessage | undefined) => (message?.kind === 'response' ? message.status : undefined)
const contacts = (message: SipMessage | undefined) =>
  message?.headers.filter(h => h.name === 'contact').map(h => h.value) ?? []

describe('a telephone registers', () => {
  it('not over a WebSocket that has closed meanwhile', async () => {
    const bench = setup()
    const register = (port: number) => bench.register({ from: peerOf(AWAY, port, 'wss'), callId: `web-${port}` })
    expect(status(await register(40_001))).toBe(200)
    bench.uas.registrar.lost(peerOf(AWAY, 40_001, 'wss'))
    bench.webOpen = false
    // Its log-in was being checked: nothing is said, nothing is kept.
    await register(40_002)
    expect(bench.uas.registrar.locate(NUMBER)).toEqual([])
  })

  it.each(['MD5', 'SHA-256'] as const)(
    'with its log-in (%s), is told for how long, and can be located',
    async algorithm => {
      const { register, uas, fake, clock } = setup()
      const answer = await register({ algorithm, expires: 600 })
      expect(status(answer)).toBe(200)
      expect(contacts(answer)).toEqual(['<sip:6650147@192.0.2.66:5062>;expires=600'])
      expect(Date.parse(header(answer as SipMessage, 'date') ?? '')).toBe(Math.floor(clock.now() / 1_000) * 1_000)
      expect(uas.registrar.locate(NUMBER)).toMatchObject([
        { uri: 'sip:6650147@192.0.2.66:5062', peer: { transport: 'udp', address: AWAY, port: 5_062 } }
      ])
      expect(fake.sightings).toMatchObject([{ deviceId: 'sip:6650147', state: 'online', supervised: true }])
      expect(fake.signals).toEqual([])
    }
  )

  it('only with the right password, and only for its own number', async () => {
    const { register, uas, fake, send } = setup()
    expect(status(await send({}, []))).toBe(401)
    expect(status(await register({ password: 'guess' }))).toBe(403)
    expect(status(await register({ aor: '6650148' }))).toBe(403)
    expect(uas.registrar.locate(NUMBER)).toEqual([])
    expect(uas.registrar.locate('6650148')).toEqual([])
    expect(fake.rejections.map(r => r.reason)).toEqual(['wrongPassword', 'refused403', 'refused403'])
  })

  it.each(['pin', 'duress', 'trunk'])(
    'never with a secret of another kind (%s), which few tries would find',
    async kind => {
      const name = `${kind}/${NUMBER}`
      const { register, uas } = setup({}, { credentials: { ...credentials, [name]: '4711' } })
      expect(status(await register({ number: name, aor: name, password: '4711' }))).toBe(403)
      expect(uas.registrar.locate(name)).toEqual([])
    }
  )

  it('wrong log-ins from ten thousand forged addresses keep nobody who knows his from pressing', async () => {
    const { send, receive, sent, fake } = setup()
    const challenge = parseChallenge(header((await send({}, [])) as SipMessage, 'www-authenticate') ?? '')
    if (!challenge) throw new Error('no challenge')
    const wrong = 'Authorization: Digest username="6650147", realm="pingan", nonce="x", uri="sip:x", response="00"'
    for (let i = 0; i < 10_001; i++) await send({ from: `10.0.${i >> 8}.${i & 255}` }, [wrong])
    const login = { username: NUMBER, password: 'secret', method: 'INVITE', uri: 'sip:#9@127.0.0.1' }
    const authorization = formatAuthorization(challenge, { ...login, cnonce: 'c', count: 1 })
    await receive(requestText(5_062, { callId: 'press', extra: [`Authorization: ${authorization}`] }), AWAY)
    expect(fake.signals).toMatchObject([{ sourceId: 'sip:6650147', verified: true }])
    expect(status(sent.at(-1)?.message)).toBe(180)
  })

  it('a recorded REGISTER does not register again', async () => {
    const bench = setup()
    const { receive, register, uas, sent } = bench
    await register()
    const recorded = requestText(5_062, {
      method: 'REGISTER',
      uri: 'sip:gateway',
      to: '<sip:6650147@gateway>',
      callId: 'other',
      branch: 'z9hG4bKreplay',
      cseq: 9
    })
    const challenge = parseChallenge(header(sent[0]?.message as SipMessage, 'www-authenticate') ?? '')
    if (!challenge) throw new Error('no challenge')
    const proof = {
      username: NUMBER,
      password: 'secret',
      method: 'REGISTER',
      uri: 'sip:gateway',
      cnonce: 'c1',
      count: 1
    }
    const authorization = `Authorization: ${formatAuthorization(challenge, proof)}`
    await receive(recorded.replace('\r\nContent-Length', `\r\n${authorization}\r\nContent-Length`), AWAY)
    expect(status(sent.at(-1)?.message)).toBe(401)
    expect(uas.registrar.locate(NUMBER)).toHaveLength(1)
  })

  it('too briefly: 423 with what is wanted; too long: shortened; without a time: the longest', async () => {
    const { register } = setup()
    const brief = await register({ expires: 30 })
    expect([status(brief), header(brief as SipMessage, 'min-expires')]).toEqual([423, '60'])
    expect(contacts(await register({ expires: 86_400 }))[0]).toMatch(/;expires=3600$/)
    expect(contacts(await register({ contacts: ['<sip:a@b>;expires=nonsense'] }))[0]).toMatch(/;expires=3600$/)
    expect(contacts(await register({ contacts: ['<sip:a@b>;expires=90'], expires: 600 }))[0]).toMatch(/;expires=90$/)
  })

  it('at several places, of which the longest unheard makes room, and the newest is rung first', async () => {
    const { register, uas, clock } = setup()
    for (let i = 1; i <= 6; i++) {
      await register({ callId: `reg-${i}`, contacts: [`<sip:6650147@10.0.0.${i}>`] })
      await clock.advance(1_000)
    }
    const places = uas.registrar.locate(NUMBER).map(b => b.uri)
    expect(places).toEqual([6, 5, 4, 3, 2].map(i => `sip:6650147@10.0.0.${i}`))
    const many = Array.from({ length: 6 }, (_, i) => `<sip:6650147@10.0.1.${i}>`)
    expect(status(await register({ contacts: many, callId: 'many' }))).toBe(403)
  })

  it('the same telephone with another address takes its own old place (+sip.instance)', async () => {
    const { register, uas } = setup()
    const instance = '+sip.instance="<urn:uuid:1>"'
    await register({ contacts: [`<sip:6650147@10.0.0.1>;${instance}`] })
    await register({ contacts: [`<sip:6650147@10.0.0.2>;${instance}`], callId: 'reg-2' })
    expect(uas.registrar.locate(NUMBER).map(b => b.uri)).toEqual(['sip:6650147@10.0.0.2'])
  })

  it('takes one place away, or all of them', async () => {
    const { register, uas } = setup()
    await register({ contacts: ['<sip:a@10.0.0.1>', '<sip:a@10.0.0.2>'] })
    expect(contacts(await register({ contacts: ['<sip:a@10.0.0.1>;expires=0'] }))).toHaveLength(1)
    expect(status(await register({ contacts: ['*'], expires: 60 }))).toBe(400)
    expect(contacts(await register({ contacts: ['*'], expires: 0 }))).toEqual([])
    expect(uas.registrar.locate(NUMBER)).toEqual([])
  })

  it('asks what is held by a REGISTER without Contact', async () => {
    const { register } = setup()
    await register({ expires: 600 })
    expect(contacts(await register({ contacts: [] }))).toHaveLength(1)
  })

  it('a late copy of an older REGISTER undoes nothing', async () => {
    const { register, uas } = setup()
    await register({ cseq: 10 })
    expect(status(await register({ contacts: ['*'], expires: 0, cseq: 9 }))).toBe(500)
    expect(uas.registrar.locate(NUMBER)).toHaveLength(1)
  })

  it('the places of a reboot outlive the gateway’s, until they run out', async () => {
    const first = setup()
    await first.register({ expires: 600 })
    await first.uas.close()
    const second = createBench({ trunks: [] }, { credentials, remembered: first.fake.remembered })
    expect(second.uas.registrar.locate(NUMBER)).toMatchObject([{ uri: 'sip:6650147@192.0.2.66:5062' }])
    await second.clock.advance(601_000)
    expect(second.uas.registrar.locate(NUMBER)).toEqual([])
    await second.uas.close()
    expect(second.clock.pending).toBe(0)
  })

  it('damaged contacts are refused whole', async () => {
    const { register, uas } = setup()
    for (const bad of ['<tel:110>', `<sip:${'a'.repeat(600)}@b>`, '<http://a>'])
      expect(status(await register({ contacts: ['<sip:a@10.0.0.1>', bad] }))).toBe(400)
    expect(uas.registrar.locate(NUMBER)).toEqual([])
  })

  it('behind a NAT is kept reachable, and only there', async () => {
    const { register, clock, keptAlive } = setup()
    await register({ contacts: ['<sip:a@192.168.1.7:5060>'] })
    await register({ number: '6650148', callId: 'plain', contacts: ['<sip:6650148@192.0.2.66:5062>'] })
    await clock.advance(60_000)
    expect(keptAlive).toEqual([1, 2].map(() => ({ transport: 'udp', address: AWAY, port: 5_062 })))
  })
})

describe('a telephone that falls silent', () => {
  const troubles = (fake: ReturnType<typeof setup>['fake']) =>
    fake.signals.map(s => [s.sourceId, s.alarmClass, s.cause, s.qualifier])

  it('is off line when its registration runs out, a trouble a minute later, over when it is back', async () => {
    const { register, clock, fake } = setup()
    await register({ expires: 600 })
    await clock.advance(602_000)
    expect(fake.sightings.at(-1)).toMatchObject({ deviceId: 'sip:6650147', state: 'offline' })
    expect(fake.signals).toEqual([])
    await clock.advance(61_000)
    expect(troubles(fake)).toEqual([['sip:6650147', 'trouble', 'offline', 'new']])
    await register({ expires: 600 })
    expect(troubles(fake).at(-1)).toEqual(['sip:6650147', 'trouble', 'offline', 'restore'])
    expect(fake.sightings.at(-1)).toMatchObject({ state: 'online' })
  })

  it.each([-3_600_000, 3_600_000])(
    'a clock that is set by %i ms takes nobody’s place and misses him in time',
    async byMs => {
      const { register, uas, fake, clock } = setup()
      await register({ expires: 600 })
      await clock.advance(60_000)
      clock.set(byMs)
      await clock.advance(539_000)
      expect(uas.registrar.locate(NUMBER)).toHaveLength(1)
      await clock.advance(1_000)
      expect(uas.registrar.locate(NUMBER)).toEqual([])
      expect(fake.signals).toEqual([])
      await clock.advance(65_000)
      expect(fake.signals.map(({ cause }) => cause)).toEqual(['offline'])
    }
  )

  it('that renews in time is none', async () => {
    const { register, clock, fake } = setup()
    for (let i = 0; i < 5; i++) {
      await register({ expires: 600 })
      await clock.advance(500_000)
    }
    expect(fake.signals).toEqual([])
  })

  it('with all others behind its address is one trouble of the address', async () => {
    const { register, clock, fake } = setup()
    for (const number of ['6650147', '6650148', '6650149']) {
      await register({ number, callId: number, contacts: [`<sip:${number}@192.0.2.66>`], expires: 600 })
      await clock.advance(5_000)
    }
    await clock.advance(700_000)
    expect(troubles(fake)).toEqual([['sip:gateway@192.0.2.66', 'trouble', 'offline', 'new']])
    await register({ number: '6650148', callId: '6650148', contacts: ['<sip:6650148@192.0.2.66>'], expires: 600 })
    expect(troubles(fake).at(-1)).toEqual(['sip:gateway@192.0.2.66', 'trouble', 'offline', 'restore'])
  })

  it('over a restart is waited for, with time to find its way back', async () => {
    const first = setup()
    await first.register({ expires: 60 })
    await first.uas.close()
    const second = createBench({ trunks: [] }, { credentials, remembered: first.fake.remembered })
    await second.clock.advance(290_000)
    expect(second.fake.signals).toEqual([])
    await second.clock.advance(20_000)
    expect(second.fake.signals).toMatchObject([{ sourceId: 'sip:6650147', cause: 'offline', qualifier: 'new' }])
  })

  it('whose log-in was taken away is waited for by nobody', async () => {
    const first = setup()
    await first.register({ expires: 60 })
    await first.uas.close()
    const second = createBench({ trunks: [] }, { credentials: {}, remembered: first.fake.remembered })
    await second.clock.advance(400_000)
    expect(second.fake.signals).toEqual([])
    await second.uas.close()
    const third = createBench({ trunks: [] }, { credentials, remembered: second.fake.remembered })
    await third.clock.advance(400_000)
    expect(third.fake.signals).toEqual([])
  })
})

describe('an exchange that is asked whether it lives', () => {
  const trunk = { name: 'exchange', address: AWAY, port: 5_062, askEveryS: 60 }
  const answer = (message: SipMessage | undefined) => {
    const echoed = ['via', 'from', 'to', 'call-id', 'cseq'].map(
      name => `${name}: ${header(message as SipMessage, name)}`
    )
    return `SIP/2.0 200 OK\r\n${echoed.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`
  }

  it('is a trouble after three silences, and inhibits those of the telephones behind it', async () => {
    const { register, clock, fake, sent, uas, config } = setup({ trunks: [trunk] })
    await register({ expires: 300 })
    await clock.advance(60_000)
    const options = sent.at(-1)
    expect(options).toMatchObject({ message: { method: 'OPTIONS', uri: 'sip:192.0.2.66:5062' }, to: { address: AWAY } })
    await uas.receive(
      Buffer.from(answer(options?.message)),
      { transport: 'udp', address: AWAY, port: 5_062 },
      undefined
    )
    await clock.advance(220_000)
    expect(fake.signals).toMatchObject([{ sourceId: 'sip:trunk/exchange', cause: 'offline', qualifier: 'new' }])
    await clock.advance(600_000)
    expect(fake.signals).toHaveLength(1)
    await uas.receive(
      Buffer.from(requestText(5_062, { method: 'OPTIONS' })),
      { transport: 'udp', address: AWAY, port: 5_062 },
      config.trunks[0]
    )
    await settle()
    const restore = { sourceId: 'sip:trunk/exchange', qualifier: 'restore', text: '交换机 exchange 恢复应答' }
    expect(fake.signals.at(-1)).toMatchObject(restore)
    await clock.advance(63_000)
    expect(fake.signals.at(-1)).toMatchObject({ sourceId: 'sip:6650147', cause: 'offline', qualifier: 'new' })
  })

  it('and has never answered is no trouble: it may not know OPTIONS', async () => {
    const { clock, fake, sent } = setup({ trunks: [trunk] })
    await clock.advance(900_000)
    expect(sent.length).toBeGreaterThan(10)
    expect(fake.signals).toEqual([])
  })
})

describe('a call that we place', () => {
  it('rings a registered telephone where it registered, and needs no exchange', async () => {
    const { register, uas, sent } = setup()
    await register({ contacts: ['<sip:6650147@10.0.0.7:5066>'] })
    uas.outgoing.place(
      { number: NUMBER, ringMs: 30_000, speech: { pieces: [], repeat: false } },
      { ringing: () => {}, answered: () => {}, digit: () => {}, spoken: () => {}, ended: () => {} }
    )
    await settle()
    expect(sent.at(-1)).toMatchObject({
      message: { method: 'INVITE', uri: 'sip:6650147@10.0.0.7:5066' },
      to: { address: AWAY, port: 5_062 }
    })
  })
})

it('twenty thousand telephones of one address that are late in the same moment hold up nobody who presses', async () => {
  const { fake, clock, config } = setup()
  const host = { ...fake.host, credential: async () => ({ username: NUMBER, password: 'secret' }) }
  const registrations = new Registrations(host)
  const peer = { transport: 'udp', address: AWAY, port: 5_060 } as const
  const binding = { uri: 'sip:a@b', peer, expiresMs: clock.now() + 1, callId: 'x', cseq: 1 }
  for (let n = 0; n < 20_000; n++) registrations.set(String(n), [binding])
  const watch = new RegistrationWatch({ host, config, registrations, isDead: () => false, send: () => {} })
  await clock.advance(299_000)
  const before = process.cpuUsage()
  await clock.advance(2_000)
  await settle()
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(2_000)
  expect(fake.signals.map(s => s.sourceId)).toEqual([`sip:gateway@${AWAY}`])
  watch.stop()
})
