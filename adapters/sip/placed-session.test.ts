/** Calls we place: reliable ringing tones are told that they were heard (RFC 3262), sessions agreed and kept alive (RFC 4028). */
import { describe, expect, it } from 'vitest'
import { digestMatches, parseAuthorization } from '../kit/digest.ts'
import { header } from './frame.ts'
import { placed } from './testing/placed.ts'
import { sdp } from './testing.ts'

const tone = (rseq: number | string) => ['Require: 100rel', `RSeq: ${rseq}`, 'Contact: <sip:6650101@127.0.0.1:5077>']

describe('a reliable ringing tone of who we ring', () => {
  it('gets its PRACK, once; the next one too; what does not follow counts for nothing', async () => {
    const { newest, requests, reply, told, clock } = await placed()
    expect(header(newest('INVITE'), 'supported')).toContain('100rel')
    await reply(180, { extra: tone(7) })
    expect(newest('PRACK').uri).toBe('sip:6650101@127.0.0.1:5077')
    expect([header(newest('PRACK'), 'rack'), header(newest('PRACK'), 'cseq')]).toEqual(['7 1 INVITE', '2 PRACK'])
    expect(header(newest('PRACK'), 'to')).toContain('tag=far')
    await reply(200, { of: newest('PRACK') })
    for (const rseq of [7, 9, 6, 0, 'x', 2 ** 31]) await reply(183, { extra: tone(rseq) })
    expect(requests('PRACK')).toHaveLength(1)
    await reply(183, { extra: tone(8) })
    expect([header(newest('PRACK'), 'rack'), header(newest('PRACK'), 'cseq')]).toEqual(['8 1 INVITE', '3 PRACK'])
    await clock.advance(500)
    // Lost: the PRACK is repeated by itself.
    expect(requests('PRACK').map(p => header(p, 'cseq'))).toEqual(['2 PRACK', '3 PRACK', '3 PRACK'])
    expect(told).toEqual(['ringing'])
  })

  it('may hold the answer to our offer: a 2xx without one is answered, and the numbers of the dialog go on', async () => {
    const { reply, newest, voice, told, call } = await placed()
    await reply(183, { extra: tone(1), body: sdp(4_321) })
    await reply(200, { extra: ['Contact: <sip:6650101@127.0.0.1:5099>'] })
    expect(told).toEqual(['ringing', 'answered'])
    expect(voice.at(-1)).toBe('speak alaw 4321')
    expect([newest('ACK').uri, header(newest('ACK'), 'cseq')]).toEqual(['sip:6650101@127.0.0.1:5099', '1 ACK'])
    call.hangUp()
    expect(header(newest('BYE'), 'cseq')).toBe('3 BYE')
  })

  it('of a forked call is acknowledged in the dialog of each, of ten at most', async () => {
    const { requests, reply } = await placed()
    for (let i = 0; i < 15; i++) await reply(180, { to: `fork${i}`, extra: tone(100 + i) })
    expect(requests('PRACK')).toHaveLength(10)
    expect(new Set(requests('PRACK').map(p => header(p, 'to'))).size).toBe(10)
    expect(new Set(requests('PRACK').map(p => header(p, 'cseq')))).toEqual(new Set(['2 PRACK']))
  })

  it('is acknowledged in a call that is being cancelled too, and 100 never is', async () => {
    const { requests, reply, call } = await placed()
    await reply(100, { extra: tone(3) })
    expect(requests('PRACK')).toHaveLength(0)
    call.hangUp()
    await reply(180, { extra: tone(3) })
    expect(requests('PRACK')).toHaveLength(1)
  })
})

describe('the session of a call we place', () => {
  const UPDATES = 'Allow: INVITE, ACK, BYE, UPDATE'

  it('is asked for, and without a word of the far end there is no timer', async () => {
    const { newest, pickUp, clock, spoken } = await placed()
    expect(header(newest('INVITE'), 'session-expires')).toBe('180')
    await pickUp()
    await clock.advance(500_000)
    expect(spoken()).toEqual(['INVITE', 'ACK'])
  })

  it('is refreshed by UPDATE at half time where we shall; one that is not answered ends the call', async () => {
    const { newest, pickUp, clock, requests, reply, told } = await placed()
    await pickUp('far', [UPDATES, 'Session-Expires: 120;refresher=uac'])
    await clock.advance(60_000)
    expect(header(newest('UPDATE'), 'session-expires')).toBe('120;refresher=uac')
    expect(newest('UPDATE').uri).toBe('sip:6650101@127.0.0.1:5099')
    // The far end wants it longer from now on.
    await reply(200, { of: newest('UPDATE'), extra: ['Session-Expires: 200;refresher=uac'] })
    await clock.advance(99_000)
    expect(requests('UPDATE')).toHaveLength(1)
    await clock.advance(1_000)
    expect(requests('UPDATE').length).toBeGreaterThan(1)
    await clock.advance(33_000)
    expect(told.at(-1)).toBe('failed')
    expect(newest('BYE')).toBeDefined()
  })

  it('is refreshed by a re-INVITE where UPDATE is not known: the same description, each 2xx acknowledged', async () => {
    const { newest, pickUp, clock, requests, reply, farEnd, last, voice } = await placed()
    const [first] = requests('INVITE')
    await pickUp('far', ['Session-Expires: 120;refresher=uac'])
    await clock.advance(60_000)
    const again = newest('INVITE')
    expect([header(again, 'cseq'), header(again, 'to')?.includes('tag=far')]).toEqual(['2 INVITE', true])
    expect(again.body.toString()).toBe(first?.body.toString())
    // Both at once: theirs is put off.
    await farEnd('INVITE', 1, sdp(4_008))
    expect(last(491)).toBeDefined()
    await reply(200, { of: again, body: sdp(4_010) })
    await reply(200, { of: again, body: sdp(4_010) })
    expect(requests('ACK').filter(a => header(a, 'cseq') === '2 ACK')).toHaveLength(2)
    expect(voice.at(-1)).toBe('speak alaw 4010')
    await clock.advance(60_000)
    expect(header(newest('INVITE'), 'cseq')).toBe('3 INVITE')
    await reply(491, { of: newest('INVITE') })
    await clock.advance(3_000)
    expect(header(newest('INVITE'), 'cseq')).toBe('4 INVITE')
  })

  it('is refreshed by the far end, by either way, and over when it does not', async () => {
    const { pickUp, clock, farEnd, last, told } = await placed()
    await pickUp('far', ['Session-Expires: 120;refresher=uas'])
    const asks = ['Supported: timer', 'Session-Expires: 120;refresher=uac']
    await clock.advance(70_000)
    await farEnd('UPDATE', 1, '', asks)
    expect(header(last(200) ?? expect.fail('no 200'), 'session-expires')).toBe('120;refresher=uac')
    await clock.advance(70_000)
    await farEnd('INVITE', 2, sdp(), asks)
    await farEnd('ACK', 2)
    // Too short is refused and changes nothing.
    await farEnd('UPDATE', 3, '', ['Supported: timer', 'Session-Expires: 30'])
    expect(last(422)).toBeDefined()
    await clock.advance(80_000)
    expect(told).toEqual(['answered'])
    await clock.advance(10_000)
    expect(told).toEqual(['answered', 'failed'])
  })

  it('that is too short for the far end is asked for again, as long as it wants', async () => {
    const { newest, requests, reply, pickUp, told } = await placed()
    await reply(422, { extra: ['Min-SE: 1800'] })
    const again = newest('INVITE')
    expect(['session-expires', 'min-se', 'cseq'].map(n => header(again, n))).toEqual(['1800', '1800', '2 INVITE'])
    await pickUp()
    expect(told).toEqual(['answered'])
    expect(requests('INVITE')).toHaveLength(2)
  })

  it.each(['Min-SE: 60', 'Min-SE: 999999', 'X: y'])('is given up on a 422 without sense: %s', async said => {
    const { requests, reply, told } = await placed()
    await reply(422, { extra: [said] })
    expect([requests('INVITE').length, told]).toEqual([1, ['failed']])
  })

  it('is refreshed with our log-in where the exchange asks for it', async () => {
    const { newest, pickUp, clock, reply, requests } = await placed({}, { 'trunk/exchange': 'secret' })
    await pickUp('far', [UPDATES, 'Session-Expires: 120;refresher=uac'])
    await clock.advance(60_000)
    const challenge = 'Proxy-Authenticate: Digest realm="x", nonce="n1", algorithm=MD5, qop="auth"'
    await reply(407, { of: newest('UPDATE'), extra: [challenge] })
    const proof = parseAuthorization(header(newest('UPDATE'), 'proxy-authorization') ?? '')
    expect(proof && digestMatches(proof, 'UPDATE', 'secret')).toBe(true)
    await reply(407, { of: newest('UPDATE'), extra: [challenge] })
    expect(requests('UPDATE')).toHaveLength(2)
  })

  it('told as one second does not have us send without end', async () => {
    const { pickUp, clock, requests, told } = await placed()
    await pickUp('far', [UPDATES, 'Session-Expires: 1;refresher=uac'])
    await clock.advance(44_000)
    expect([requests('UPDATE').length, told]).toEqual([0, ['answered']])
  })
})
