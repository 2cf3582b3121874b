/** Who calls, what was dialled, and what becomes of callers nobody vouches for. */
import { describe, expect, it } from 'vitest'
import { formatAuthorization, parseChallenge } from '../kit/digest.ts'
import { eventIdOf, localNumber, readDialled } from './decode.ts'
import { header, type SipMessage } from './frame.ts'
import { peerOf } from './peer.ts'
import { createBench, type InviteOptions, requestText, testConfig } from './testing.ts'
import { parseUri } from './uri.ts'

const STRANGER = '192.0.2.66'
const services = testConfig().serviceNumbers

const press = (options: InviteOptions = {}) => requestText(5062, options)

describe('numbers dialled', () => {
  const cases: [string, string | undefined][] = [
    ['sip:#9@gateway.example', '#9'],
    ['sip:%239@10.0.0.1', '#9'],
    ['sip:*9@3502', '*9'],
    ['sip:%2A9@3502', '*9'],
    ['sip:#9@[2001:db8::1]:5061;transport=udp', '#9'],
    ['sips:%239@gateway.example', '#9'],
    ['sip:#9;phone-context=%2b86593@gateway.example;user=phone', '#9'],
    ['tel:*9;phone-context=+86593', '*9'],
    ['tel:#9', '#9'],
    ['tel:12349', '12349'],
    ['tel:+86-593-12349', '12349'],
    ['sip:12349@gateway.example', '12349'],
    ['sip:+8659312349@gateway.example;user=phone', '12349'],
    ['sip:*123@gateway.example', '*123'],
    ['sip:%2A1230412@gateway.example', '*123'],
    ['sip:*123041204120@gateway.example', undefined],
    ['sip:*12@gateway.example', undefined],
    ['sip:#99@gateway.example', undefined],
    ['sip:110@gateway.example', undefined],
    ['sip:gateway.example', undefined]
  ]
  for (const [text, number] of cases)
    it(`${text} is ${number ?? 'none of ours'}`, () => {
      const uri = parseUri(text)
      if (!uri || uri.scheme === 'other') throw new Error('not read')
      expect(readDialled(uri, services, ['86', '593']).service?.number).toBe(number)
    })

  it('prefixes are cut one after another, never the whole number', () => {
    expect(localNumber('+865936650147', ['86', '0593', '593'])).toBe('6650147')
    expect(localNumber('05936650147', ['86', '0593', '593'])).toBe('6650147')
    expect(localNumber('86', ['86'])).toBe('86')
  })

  it('a Call-ID that is no event id is hashed', () => {
    expect(eventIdOf('a84b4c76e66710@pc33')).toBe('a84b4c76e66710@pc33')
    expect(eventIdOf('x'.repeat(129))).toMatch(/^[0-9a-f]{64}$/)
    expect(eventIdOf('\xe4 b')).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('callers of a trusted exchange', () => {
  it('are who P-Asserted-Identity says, and verified', async () => {
    const { receive, fake } = createBench({ localPrefixes: ['86', '593'] })
    const extra = ['P-Asserted-Identity: "陈国强" <sip:+86-593-665-0147@ims.example>, tel:+865936650147', 'Privacy: id']
    await receive(press({ fromUser: 'anonymous', extra }))
    expect(fake.signals).toMatchObject([
      {
        sourceId: 'sip:6650147',
        sourceKind: 'panicPhone',
        alarmClass: 'panic',
        qualifier: 'new',
        condition: 'alarm',
        eventId: 'call-1',
        verified: true,
        text: '陈国强',
        origin: 'udp 127.0.0.1:5062'
      }
    ])
    expect(fake.signals[0]?.raw).toMatch(/^INVITE sip:#9@127.0.0.1 SIP\/2.0\n/)
    expect(fake.sightings.map(s => s.deviceId)).toEqual(['sip:trunk/exchange', 'sip:6650147'])
  })

  it('are unverified by From alone, and answered', async () => {
    const { receive, fake, spoken } = createBench()
    await receive(press())
    expect(fake.signals).toMatchObject([{ sourceId: 'sip:6650147', verified: false }])
    expect(spoken()).toEqual([180])
  })

  it('that hide are an alarm all the same', async () => {
    const { receive, fake } = createBench()
    await receive(press({ fromUser: 'anonymous' }))
    expect(fake.signals).toMatchObject([{ sourceId: 'sip:anonymous@127.0.0.1', verified: false }])
  })

  it('one-key telephones call for help', async () => {
    const { receive, fake } = createBench()
    await receive(press({ uri: 'sip:12349@a' }))
    expect(fake.signals).toMatchObject([{ sourceKind: 'oneKeyCall', alarmClass: 'help' }])
  })

  it.each([
    [{ kind: 'taxiLine' as const }, { sourceKind: 'taxi', alarmClass: 'help' }],
    [
      { kind: 'panicPhone' as const, raises: 'fire' as const },
      { sourceKind: 'panicPhone', alarmClass: 'fire' }
    ]
  ])('raise what the table says of the number: %j', async (service, raised) => {
    const { receive, fake, spoken } = createBench({ serviceNumbers: [{ number: '96106', ...service }] })
    await receive(press({ uri: 'sip:96106@a' }))
    expect(fake.signals).toMatchObject([raised])
    expect(spoken()).toEqual([180])
  })

  it('that reach a number nobody configured are an unmapped alarm, then 404, or 483 without hops left', async () => {
    const { receive, fake, spoken } = createBench()
    await receive(press({ uri: 'sip:96110@a' }))
    await receive(
      press({ uri: 'sip:96110@a', callId: 'c2', branch: 'z9hG4bKtwo' }).replace('Forwards: 70', 'Forwards: 0')
    )
    expect(fake.signals).toMatchObject([
      { alarmClass: 'unmapped', text: '所拨号码 96110', textEn: 'dialled 96110' },
      { alarmClass: 'unmapped' }
    ])
    expect(spoken()).toEqual([404, 483])
  })

  for (const [status, options] of [
    [420, { extra: ['Require: sec-agree, timer'] }],
    [415, { body: '<a/>', extra: ['Content-Type: text/xml'] }],
    [488, { body: 'v=0\r\nm=audio 4000 RTP/AVP 31\r\nc=IN IP4 127.0.0.1\r\n' }]
  ] as const)
    it(`are refused with ${status} only after their alarm is raised`, async () => {
      const { receive, fake, spoken } = createBench()
      await receive(press(options))
      expect(spoken()).toEqual([status])
      expect(fake.signals).toHaveLength(1)
    })
})

describe('strangers', () => {
  it.each(['*123', '*125'])(
    'test and arm nobody: %s is challenged, and without a proof nothing is logged',
    async number => {
      const { receive, spoken, fake, clock } = createBench({ trunks: [] }, { credentials: { '6650147': 'secret' } })
      await receive(press({ uri: `sip:${number}@127.0.0.1` }), STRANGER)
      await clock.advance(1_000)
      expect(spoken()).toEqual([401])
      expect(fake.signals).toEqual([])
      expect(fake.rejections.map(r => r.reason)).toEqual(['unprovenCall'])
    }
  )

  it('get a challenge and never a 200, and their press is an alarm; P-Asserted-Identity of theirs is nothing', async () => {
    const { receive, fake, spoken, last } = createBench()
    const text = press({ extra: ['P-Asserted-Identity: <sip:6650999@a>'] })
    for (let i = 0; i < 4; i++) await receive(text, STRANGER)
    expect(spoken()).toEqual([401, 401, 401, 401])
    expect(parseChallenge(header(last(401) as SipMessage, 'www-authenticate') ?? '')).toMatchObject({ realm: 'pingan' })
    expect(fake.signals).toMatchObject([{ sourceId: 'sip:6650147', verified: false, origin: `udp ${STRANGER}:5062` }])
  })

  it('are answered at the host they sent from only', async () => {
    const { receive, sent } = createBench()
    await receive(
      press().replace('Via: SIP/2.0/UDP 127.0.0.1:5062', 'Via: SIP/2.0/UDP 203.0.113.5:99;maddr=203.0.113.6'),
      STRANGER
    )
    expect(sent.map(s => s.to)).toEqual([peerOf(STRANGER, 99)])
  })

  it('beyond the budget of their address are counted, others are not touched', async () => {
    const { receive, fake, clock } = createBench({}, { known: [] })
    for (let i = 0; i < 20; i++) await receive(press({ callId: `c${i}`, fromUser: `${i}` }), STRANGER)
    await receive(press({ callId: 'other' }), '192.0.2.67')
    expect(fake.rejections.filter(r => r.reason === 'unknownFlood')).toHaveLength(14)
    const floods = () => fake.signals.filter(s => s.sourceId.startsWith('sip:flood@'))
    expect(fake.signals).toHaveLength(8)
    expect(floods()).toMatchObject([
      { sourceId: `sip:flood@${STRANGER}`, alarmClass: 'unmapped', verified: false, text: expect.stringContaining('6') }
    ])
    await clock.advance(60_000)
    await receive(press({ callId: 'later' }), STRANGER)
    expect(fake.signals).toHaveLength(9)
    for (let i = 0; i < 8; i++) await receive(press({ callId: `d${i}`, fromUser: `${i}` }), STRANGER)
    expect(floods().map(s => s.eventId)).toEqual([...new Set(floods().map(s => s.eventId))])
    expect(floods()).toHaveLength(2)
  })

  it('from forged addresses spend what unknown callers have, never what a known household has', async () => {
    const budgets = { ...testConfig().budgets, allUnknownPressesPerMinute: 3 }
    const { receive, fake } = createBench({ budgets }, { known: ['sip:6650147'] })
    for (let i = 0; i < 40; i++) await receive(press({ callId: `c${i}`, fromUser: `${i}` }), `198.51.100.${i}`)
    const sources = () => fake.signals.map(s => s.sourceId)
    expect(sources()).toEqual(['sip:0', 'sip:1', 'sip:2', 'sip:flood@all'])
    await receive(press({ callId: 'household' }), STRANGER)
    expect(sources().at(-1)).toBe('sip:6650147')
    for (let i = 0; i < 9; i++) await receive(press({ callId: `forged${i}` }), `198.51.100.${i}`)
    expect(sources().slice(4)).toEqual([...Array(6).fill('sip:6650147'), 'sip:flood@6650147'])
  })

  it('get 503 when not even the alarm of a flood can be stored', async () => {
    const { receive, fake, spoken } = createBench({}, { known: [] })
    for (let i = 0; i < 6; i++) await receive(press({ callId: `c${i}`, fromUser: `${i}` }), STRANGER)
    fake.failing = true
    await receive(press({ callId: 'c6' }), STRANGER)
    expect(spoken().at(-1)).toBe(503)
  })

  it('get 503 instead of the challenge when the journal cannot store, and the repetition is tried again', async () => {
    const { receive, fake, spoken } = createBench({}, { fail: true })
    await receive(press(), STRANGER)
    fake.failing = false
    await receive(press(), STRANGER)
    expect(spoken()).toEqual([503, 401])
    expect(fake.signals).toHaveLength(1)
  })

  it('that dial anything else raise nothing', async () => {
    const { receive, fake, spoken } = createBench()
    await receive(press({ uri: 'sip:00972599@a' }), STRANGER)
    expect(spoken()).toEqual([401])
    expect(fake.signals).toEqual([])
    expect(fake.rejections).toMatchObject([{ reason: 'strangerDialled', detail: '00972599' }])
  })
})

describe('telephones with a log-in', () => {
  const credentials = { '6650147': 'secret' }
  const uri = 'sip:#9@127.0.0.1'

  function proofFor(challenge: SipMessage | undefined, password: string, count = 1): string {
    const offers = challenge?.headers.filter(h => h.name === 'www-authenticate').map(h => parseChallenge(h.value)) ?? []
    const offer = offers[0]
    if (!offer) throw new Error('no challenge')
    const login = { username: '6650147', password, method: 'INVITE', uri, cnonce: 'c1', count }
    return `Authorization: ${formatAuthorization(offer, login)}`
  }

  it('prove themselves and are one verified press', async () => {
    const { receive, fake, spoken, last, clock } = createBench({}, { credentials })
    await receive(press(), STRANGER)
    expect(fake.signals).toEqual([])
    await receive(press({ cseq: 2, branch: 'z9hG4bKauth', extra: [proofFor(last(401), 'secret')] }), STRANGER)
    await clock.advance(10_000)
    expect(spoken().slice(0, 3)).toEqual([401, 180, 200])
    expect(fake.signals).toMatchObject([{ sourceId: 'sip:6650147', verified: true, eventId: 'call-1' }])
    expect(fake.signals[0]?.raw).not.toContain('uthorization')
  })

  it('may be held to the stronger algorithm', async () => {
    const { receive, last, spoken } = createBench({ digestAlgorithms: ['SHA-256'] }, { credentials })
    await receive(press(), STRANGER)
    const proof = proofFor(last(401), 'secret')
    expect(proof).toContain('algorithm=SHA-256')
    await receive(press({ cseq: 2, branch: 'z9hG4bKmd5', extra: [proof.replace('SHA-256', 'MD5')] }), STRANGER)
    expect(spoken().at(-1)).toBe(401)
    await receive(press({ cseq: 3, branch: 'z9hG4bKsha', extra: [proof] }), STRANGER)
    expect(spoken().at(-1)).toBe(180)
  })

  it('whose store fails are unproven, never unheard', async () => {
    const bench = createBench()
    Object.assign(bench.fake.host, { credential: () => Promise.reject(new Error('disk')) })
    await bench.receive(press(), STRANGER)
    expect(bench.spoken()).toEqual([401])
    expect(bench.fake.signals).toMatchObject([{ verified: false }])
    expect(bench.fake.rejections).toMatchObject([{ reason: 'credentialStoreFailed', detail: 'disk' }])
  })

  it('that cancel while their log-in is checked are an alarm and no call', async () => {
    const bench = createBench({}, { credentials })
    await bench.receive(press(), STRANGER)
    const proof = proofFor(bench.last(401), 'secret')
    let answer = () => {}
    const late = new Promise<void>(resolve => {
      answer = resolve
    })
    Object.assign(bench.fake.host, {
      credential: async () => {
        await late
        return { username: '6650147', password: 'secret' }
      }
    })
    const invite = bench.receive(press({ cseq: 2, branch: 'z9hG4bKauth', extra: [proof] }), STRANGER)
    await bench.receive(press({ method: 'CANCEL', cseq: 2, branch: 'z9hG4bKauth' }), STRANGER)
    answer()
    await invite
    await bench.clock.advance(400)
    expect(bench.spoken()).toEqual([401, 200, 487])
    expect(bench.fake.signals).toMatchObject([{ verified: true }])
  })

  it('that never answer the challenge are an unverified press after half a second', async () => {
    const { receive, fake, clock } = createBench({}, { credentials })
    await receive(press(), STRANGER)
    await clock.advance(499)
    expect(fake.signals).toEqual([])
    await clock.advance(1)
    expect(fake.signals).toMatchObject([{ sourceId: 'sip:6650147', verified: false }])
  })

  it('whose press was only counted and who prove themselves late are stored before they hear a ringing tone', async () => {
    const { receive, fake, clock, last, spoken } = createBench({}, { credentials, known: [] })
    for (let i = 0; i < 6; i++) await receive(press({ callId: `c${i}`, fromUser: `${i}` }), STRANGER)
    await receive(press(), STRANGER)
    const proof = proofFor(last(401), 'secret')
    await clock.advance(500)
    expect(fake.rejections.map(r => r.reason)).toContain('unknownFlood')
    expect(fake.signals.filter(s => s.eventId === 'call-1')).toEqual([])
    fake.failing = true
    await receive(press({ cseq: 2, branch: 'z9hG4bKfull', extra: [proof] }), STRANGER)
    expect(spoken().slice(-1)).toEqual([503])
    fake.failing = false
    await receive(press({ cseq: 3, branch: 'z9hG4bKlate', extra: [proofFor(last(401), 'secret', 2)] }), STRANGER)
    expect(spoken().slice(-1)).toEqual([180])
    expect(fake.signals.filter(s => s.eventId === 'call-1')).toMatchObject([{ verified: true }])
  })

  it('with a wrong password get 403 and are an unverified press at once', async () => {
    const { receive, fake, spoken, last } = createBench({}, { credentials })
    await receive(press(), STRANGER)
    await receive(press({ cseq: 2, branch: 'z9hG4bKauth', extra: [proofFor(last(401), 'guess')] }), STRANGER)
    expect(spoken()).toEqual([401, 403])
    expect(fake.signals).toMatchObject([{ verified: false }])
    expect(fake.rejections.map(r => r.reason)).toContain('wrongPassword')
  })

  it('cannot be played back by somebody who recorded them, nor from another address', async () => {
    const { receive, last, spoken, fake } = createBench({}, { credentials })
    await receive(press(), STRANGER)
    const proof = proofFor(last(401), 'secret')
    await receive(press({ cseq: 2, branch: 'z9hG4bKauth', extra: [proof] }), STRANGER)
    await receive(press({ cseq: 2, callId: 'replayed', branch: 'z9hG4bKre', extra: [proof] }), STRANGER)
    await receive(press({ cseq: 2, callId: 'elsewhere', branch: 'z9hG4bKel', extra: [proof] }), '192.0.2.99')
    expect(spoken().slice(-2)).toEqual([401, 401])
    expect(fake.signals).toHaveLength(1)
  })

  it('are asked again when the challenge is old', async () => {
    const { receive, last, clock, spoken } = createBench({ proofWaitMs: 0 }, { credentials })
    await receive(press(), STRANGER)
    const proof = proofFor(last(401), 'secret')
    await clock.advance(300_001)
    await receive(press({ cseq: 2, branch: 'z9hG4bKauth', extra: [proof] }), STRANGER)
    expect(spoken().at(-1)).toBe(401)
    expect(header(last(401) as SipMessage, 'www-authenticate')).toContain('stale=true')
  })
})
