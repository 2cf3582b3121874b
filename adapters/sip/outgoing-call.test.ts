/** Calls we place, seen from the wire under a clock of our own: every race of INVITE, CANCEL, answers and BYE (RFC 3261 §9, §13). */
import { describe, expect, it } from 'vitest'
import { type IncidentId, id } from '../../gateway/core/brand.ts'
import { settle } from '../../gateway/testing/fake-clock.ts'
import { digestMatches, parseAuthorization } from '../kit/digest.ts'
import { header } from './frame.ts'
import { endOf } from './outgoing-dialog.ts'
import { CALL, LINE, placed } from './testing/placed.ts'
import { createBench, sdp } from './testing.ts'

describe('a call we place', () => {
  it.each([true, false])('joins the others with its answer, unless it is hung up in that moment (%s)', async hungUp => {
    const join = { incidentId: id<IncidentId>('i1'), sources: [] }
    const { pickUp, voice, told } = await placed({}, {}, { join }, hungUp)
    await pickUp()
    expect(voice.includes('confer')).toBe(!hungUp)
    expect(told).toEqual(hungUp ? ['answered', 'byUs'] : ['answered'])
  })

  it('rings, is answered, acknowledged, spoken to, and ended by BYE of ours', async () => {
    const { told, reply, pickUp, newest, voice, call, spoken, clock, uas } = await placed()
    expect(newest('INVITE').uri).toBe('sip:6650101@127.0.0.1:5062')
    expect(newest('INVITE').body.toString()).toContain('m=audio 40000 RTP/AVP 8 0 101')
    await reply(100)
    await reply(180)
    await reply(180)
    expect(told).toEqual(['ringing'])
    await pickUp()
    expect(newest('ACK')).toMatchObject({ uri: 'sip:6650101@127.0.0.1:5099' })
    expect(header(newest('ACK'), 'cseq')).toBe('1 ACK')
    expect(header(newest('ACK'), 'to')).toContain('tag=far')
    expect(voice).toEqual(['say hello', 'speak alaw 4000'])
    call.hangUp()
    expect(told).toEqual(['ringing', 'answered', 'byUs'])
    expect(header(newest('BYE'), 'cseq')).toBe('2 BYE')
    expect(voice.at(-1)).toBe('close')
    await reply(200, { of: newest('BYE') })
    await clock.advance(60_000)
    expect(spoken()).toEqual(['INVITE', 'ACK', 'BYE'])
    expect(uas.outgoing.size).toBe(0)
    expect(clock.pending).toBe(0)
  })

  it('is ended by BYE of theirs', async () => {
    const { told, pickUp, farEnd, spoken, uas } = await placed()
    await pickUp()
    await farEnd('BYE', 1)
    expect(told).toEqual(['answered', 'byThem'])
    expect(spoken()).toEqual(['INVITE', 'ACK', 200])
    expect(uas.outgoing.size).toBe(0)
    await farEnd('BYE', 1)
    expect(spoken().at(-1)).toBe(200)
  })

  it('hears keys only while somebody is there', async () => {
    const { told, pickUp, heard, call } = await placed()
    heard[0]?.digit({ digit: '1', way: 'event' })
    await pickUp()
    heard[0]?.digit({ digit: '2', way: 'event' })
    heard[0]?.spoken()
    call.hangUp()
    heard[0]?.digit({ digit: '3', way: 'event' })
    expect(told).toEqual(['answered', 'digit 2', 'spoken', 'byUs'])
  })

  it('sends the ACK again for a 2xx that comes again', async () => {
    const { pickUp, requests } = await placed()
    await pickUp()
    await pickUp()
    expect(requests('ACK')).toHaveLength(2)
    expect(requests('ACK')[0]).toEqual(requests('ACK')[1])
    expect(requests('BYE')).toHaveLength(0)
  })

  it('keeps the first of a fork that answers, hangs up on the others', async () => {
    const { pickUp, requests, told } = await placed()
    await pickUp('first')
    await pickUp('second')
    expect(requests('ACK').map(a => header(a, 'to')?.split('tag=')[1])).toEqual(['first', 'second'])
    expect(requests('BYE').map(a => header(a, 'to')?.split('tag=')[1])).toEqual(['second'])
    expect(told).toEqual(['answered'])
  })

  it('follows the route the answer recorded, last proxy first', async () => {
    const { reply, newest } = await placed()
    const extra = ['Record-Route: <sip:a;lr>, <sip:b;lr>', 'Contact: <sip:x@192.0.2.9>']
    await reply(200, { extra, body: sdp() })
    expect(newest('ACK').uri).toBe('sip:x@192.0.2.9')
    expect(
      newest('ACK')
        .headers.filter(h => h.name === 'route')
        .map(h => h.value)
    ).toEqual(['<sip:b;lr>', '<sip:a;lr>'])
  })

  it('hangs up on an answer it cannot speak to', async () => {
    const { reply, told, requests } = await placed()
    await reply(200, { body: sdp(4_000, '31') })
    expect(told).toEqual(['failed'])
    expect([requests('ACK').length, requests('BYE').length]).toEqual([1, 1])
  })

  it('ends at its limit', async () => {
    const { pickUp, told, clock } = await placed({ callLimitMs: 5_000 })
    await pickUp()
    await clock.advance(5_000)
    expect(told).toEqual(['answered', 'timeLimit'])
  })
})

describe('nobody answers', () => {
  it('repeats the INVITE and gives up at 64 T1 when nothing comes at all', async () => {
    const { told, requests, clock, uas } = await placed({}, {}, { ringMs: 60_000 })
    await clock.advance(32_000)
    expect(requests('INVITE')).toHaveLength(7)
    expect(told).toEqual(['unreachable'])
    expect(uas.outgoing.size).toBe(0)
    expect(clock.pending).toBe(0)
  })

  it('cancels after its ringing time; the 487 is acknowledged, however often it comes', async () => {
    const { told, reply, requests, newest, clock, uas } = await placed()
    await reply(180)
    await clock.advance(25_000)
    expect(told).toEqual(['ringing', 'noAnswer'])
    const [invite, cancel] = [newest('INVITE'), newest('CANCEL')]
    expect(['via', 'from', 'to', 'call-id'].map(n => header(cancel, n))).toEqual(
      ['via', 'from', 'to', 'call-id'].map(n => header(invite, n))
    )
    await reply(200, { of: cancel })
    await reply(487)
    await reply(487)
    expect(requests('ACK')).toHaveLength(2)
    expect(uas.outgoing.size).toBe(0)
    await clock.advance(60_000)
    expect(clock.pending).toBe(0)
  })

  it('waits with its CANCEL for the first provisional answer', async () => {
    const { call, told, reply, requests } = await placed()
    call.hangUp()
    expect(told).toEqual(['byUs'])
    expect(requests('CANCEL')).toHaveLength(0)
    await reply(100)
    expect(requests('CANCEL')).toHaveLength(1)
    await reply(180)
    expect(requests('CANCEL')).toHaveLength(1)
    expect(told).toEqual(['byUs'])
  })

  it('acknowledges and hangs up an answer that crossed its CANCEL', async () => {
    const { call, told, reply, pickUp, requests, uas } = await placed()
    await reply(180)
    call.hangUp()
    await pickUp()
    expect([requests('CANCEL').length, requests('ACK').length, requests('BYE').length]).toEqual([1, 1, 1])
    expect(told).toEqual(['ringing', 'byUs'])
    expect(uas.outgoing.size).toBe(0)
  })

  it('forgets a call whose CANCEL is never confirmed', async () => {
    const { call, reply, newest, clock, uas } = await placed()
    await reply(180)
    call.hangUp()
    await reply(200, { of: newest('CANCEL') })
    await clock.advance(32_000)
    expect(uas.outgoing.size).toBe(0)
    expect(clock.pending).toBe(0)
  })

  it('tells every refusal by what it means', async () => {
    for (const status of [486, 603, 480, 404, 503, 415]) {
      const { reply, told, requests } = await placed()
      await reply(status)
      expect(told).toEqual([endOf(status)])
      expect(requests('ACK')).toHaveLength(1)
    }
    expect([486, 603, 480, 404, 503, 415].map(endOf)).toEqual([
      'busy',
      'declined',
      'noAnswer',
      'unreachable',
      'unreachable',
      'failed'
    ])
  })
})

describe('log-in', () => {
  const asks = 'Digest realm="exchange", nonce="n1", algorithm=MD5, qop="auth"'

  it('is given when the exchange asks, once', async () => {
    const { reply, requests, newest, told, pickUp } = await placed({}, { 'trunk/exchange': 'secret' })
    await reply(407, { extra: [`Proxy-Authenticate: ${asks}`] })
    const again = newest('INVITE')
    expect(header(again, 'cseq')).toBe('2 INVITE')
    const proof = parseAuthorization(header(again, 'proxy-authorization') ?? '')
    expect(proof && digestMatches(proof, 'INVITE', 'secret')).toBe(true)
    await pickUp()
    // The proxy wants it in the ACK too.
    expect(header(newest('ACK'), 'proxy-authorization')).toBe(header(again, 'proxy-authorization'))
    expect(requests('ACK').map(a => header(a, 'cseq'))).toEqual(['1 ACK', '2 ACK'])
    expect(told).toEqual(['answered'])
  })

  it('that is refused ends the call, one with an old nonce is tried once more', async () => {
    const extra = [`WWW-Authenticate: ${asks}`]
    const refused = await placed({}, { 'trunk/exchange': 'wrong' })
    await refused.reply(401, { extra })
    await refused.reply(401, { extra })
    expect(refused.told).toEqual(['failed'])
    const stale = await placed({}, { 'trunk/exchange': 'secret' })
    await stale.reply(401, { extra })
    for (let i = 0; i < 2; i++) await stale.reply(401, { extra: [`${extra[0]}, stale=true`] })
    expect(stale.requests('INVITE')).toHaveLength(3)
    expect(stale.told).toEqual(['failed'])
  })

  it('that nobody gave us ends the call', async () => {
    const { reply, told } = await placed({}, {})
    await reply(401, { extra: [`WWW-Authenticate: ${asks}`] })
    expect(told).toEqual(['failed'])
  })
})

describe('inside the call', () => {
  it('answers hold and resume, the newest description last', async () => {
    const { pickUp, farEnd, voice, last, clock } = await placed()
    await pickUp()
    await farEnd('INVITE', 1, `${sdp(4_002)}a=sendonly\r\n`)
    expect(voice.at(-1)).toBe('hold alaw 4002')
    expect(last(200)?.body.toString()).toContain('a=recvonly')
    await clock.advance(500)
    await farEnd('ACK', 1)
    await farEnd('INVITE', 2, sdp(4_004))
    expect(voice.at(-1)).toBe('speak alaw 4004')
  })

  it('refuses a second change while one is open, and an old one', async () => {
    const { pickUp, farEnd, spoken } = await placed()
    await pickUp()
    await farEnd('INVITE', 5, sdp(4_002))
    await farEnd('INVITE', 6, sdp(4_004))
    expect(spoken().at(-1)).toBe(491)
    await farEnd('INVITE', 4, sdp(4_004))
    expect(spoken().at(-1)).toBe(500)
  })

  it('hangs up when its answer to a change is never acknowledged', async () => {
    const { pickUp, farEnd, told, clock, requests } = await placed()
    await pickUp()
    await farEnd('INVITE', 1, sdp(4_002))
    await clock.advance(32_000)
    expect(told).toEqual(['answered', 'failed'])
    expect(requests('BYE').length).toBeGreaterThan(0)
  })
})

describe('lines', () => {
  const events = (told: string[]) => ({
    ringing: () => {},
    answered: () => {},
    digit: () => {},
    spoken: () => {},
    ended: (end: string) => void told.push(end)
  })

  it('are bounded: one call too many finds none, and finds one again when one has ended', async () => {
    const { uas, call, reply, requests } = await placed({ trunks: [{ ...LINE, maxPlaced: 1 }] })
    const told: string[] = []
    uas.outgoing.place(CALL, events(told))
    await settle()
    expect(told).toEqual(['noLine'])
    await reply(180)
    call.hangUp()
    await reply(487)
    uas.outgoing.place(CALL, events(told))
    await settle()
    expect(requests('INVITE')).toHaveLength(2)
  })

  it('without a free voice channel nobody is rung', async () => {
    const bench = createBench({ trunks: [LINE] })
    bench.freeVoice = false
    const told: string[] = []
    bench.uas.outgoing.place(CALL, events(told))
    await settle()
    expect([told, bench.spoken()]).toEqual([['noLine'], []])
  })

  it('are none for a number that is no number, and without a trunk that may be used', async () => {
    for (const [number, trunks] of [
      ['1@evil', [LINE]],
      ['6650101', [{ name: 'in', address: '127.0.0.1' }]]
    ] as const) {
      const bench = createBench({ trunks: [...trunks] })
      const told: string[] = []
      bench.uas.outgoing.place({ ...CALL, number }, events(told))
      await settle()
      expect([told, bench.spoken()]).toEqual([['unreachable'], []])
    }
  })

  it('dial their prefix, and a # as the URI needs it', async () => {
    const { newest } = await placed({ trunks: [{ ...LINE, dialPrefix: '0' }] }, {}, { number: '1#2' })
    expect(newest('INVITE').uri).toBe('sip:01%232@127.0.0.1:5062')
  })

  it('are given back when the adapter ends: ringing ones cancelled, answered ones hung up', async () => {
    const { uas, reply, told, spoken } = await placed()
    await reply(180)
    await uas.close()
    expect(spoken()).toEqual(['INVITE', 'CANCEL'])
    expect(told.at(-1)).toBe('byUs')
  })
})
