/** Digits by packets: repeated, lost, late, long, by two ways at once; what is no digit is none. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DigitWays, infoDigit } from './digits.ts'
import { Ear } from './ear.ts'
import { formatRtp, parseRtp, type RtpPacket } from './rtp.ts'

const hearing = { law: 'alaw', payloadType: 8, eventPayloadType: 101 } as const

function event(digit: number, timestamp: number, more: Partial<RtpPacket> & { end?: boolean } = {}): RtpPacket {
  const payload = Buffer.from([digit, more.end ? 0x8a : 0x0a, 0, 160])
  return { payloadType: 101, marker: false, sequence: 1, ssrc: 7, ...more, timestamp, payload }
}

const read = (packets: readonly RtpPacket[]) => {
  const ear = new Ear()
  return packets.flatMap(p => ear.hear(p, hearing).map(h => h.digit)).join('')
}

describe('telephone events', () => {
  it('are one digit each, however many packets and ends come', () => {
    const press = (digit: number, at: number) =>
      [false, false, true, true, true].map(end => event(digit, at, { end, marker: !end }))
    expect(read([...press(1, 100), ...press(1, 2_000), ...press(11, 4_000)])).toBe('11#')
  })

  it('are heard by their last packet alone', () => expect(read([event(9, 100, { end: true })])).toBe('9'))

  it('late ones are not heard again', () => {
    expect(read([event(1, 100), event(2, 900), event(1, 100, { end: true })])).toBe('12')
  })

  it('go on over the wrap of the time stamp', () => {
    expect(read([event(1, 0xffff_ff00), event(2, 100), event(1, 0xffff_ff00)])).toBe('12')
  })

  it('longer than the duration field are one digit', () => {
    expect(read([event(5, 1_000, { marker: true }), event(5, 1_000 + 0xffff)])).toBe('5')
  })

  it('that are no keys, too short, or of a type not agreed are none', () => {
    expect(
      read([event(16, 100), { ...event(1, 200), payload: Buffer.from([1]) }, event(1, 300, { payloadType: 96 })])
    ).toBe('')
  })

  it('never throw, whatever the packets hold, and end at a thousand', () => {
    const ear = new Ear()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        const packet = parseRtp(Buffer.concat([Buffer.from([0x80]), Buffer.from(bytes)]))
        if (packet) for (const payloadType of [8, 101]) ear.hear({ ...packet, payloadType }, hearing)
      })
    )
    const flood = new Ear()
    let heard = 0
    for (let i = 0; i < 5_000; i++) heard += flood.hear(event(1, i * 1_000), hearing).length
    expect(heard).toBe(1_000)
  })

  it('read what they format', () => {
    const packet = parseRtp(formatRtp(event(3, 5)))
    expect(packet && read([packet])).toBe('3')
  })
})

describe('one press by several ways', () => {
  it('counts once, and the better way is listened to from then on', () => {
    const ways = new DigitWays()
    expect(ways.take({ digit: '1', way: 'tone' }, 0)).toBe(true)
    expect(ways.take({ digit: '1', way: 'event' }, 300)).toBe(false)
    expect(ways.take({ digit: '2', way: 'tone' }, 5_000)).toBe(false)
    expect(ways.take({ digit: '2', way: 'info' }, 5_000)).toBe(false)
    expect(ways.take({ digit: '2', way: 'event' }, 5_100)).toBe(true)
    expect(ways.take({ digit: '2', way: 'event' }, 5_600)).toBe(true)
  })

  it('an event beside a tone taken from speech is heard', () => {
    const ways = new DigitWays()
    expect(ways.take({ digit: 'A', way: 'tone' }, 0)).toBe(true)
    expect(ways.take({ digit: '9', way: 'event' }, 100)).toBe(true)
  })
})

describe('INFO', () => {
  it.each([
    ['application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n', '5'],
    ['application/dtmf-relay', 'Signal= #\nDuration= 250', '#'],
    ['Application/DTMF-Relay; charset=utf-8', 'Duration=100\r\nSignal=11', '#'],
    ['application/dtmf', '9', '9'],
    ['application/dtmf', '*\r\n', '*'],
    ['application/dtmf', '12', 'A'],
    ['application/dtmf', '17', 'unreadable'],
    ['application/dtmf-relay', 'Duration=100', 'unreadable'],
    ['application/media_control+xml', '<x/>', 'unreadable'],
    ['application/dtmf', '', undefined]
  ])('%s %j is %j', (type, body, digit) => {
    const headers = [{ name: 'content-type', value: type }]
    const raw = { kind: 'request', method: 'INFO', uri: 'sip:a', version: 'SIP/2.0', headers } as const
    expect(infoDigit({ ...raw, body: Buffer.from(body) })).toBe(digit)
  })
})
