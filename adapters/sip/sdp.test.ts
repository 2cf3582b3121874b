/** Offers as telephones and exchanges write them, and our answers to them. */
import { describe, expect, it } from 'vitest'
import { addressFor } from './local-address.ts'
import { formatAnswer, type Offer, parseOffer } from './sdp.ts'

const LOCAL = { address: '192.0.2.1', port: 40_000, sessionId: 7, version: 2 }

function offer(...lines: string[]): Offer {
  const read = parseOffer(Buffer.from(['v=0', 'o=- 1 1 IN IP4 192.0.2.9', 's=-', ...lines, ''].join('\r\n')))
  if (typeof read === 'string') throw new Error(read)
  return read
}

const answer = (read: Offer) => formatAnswer(read, LOCAL).toString().split('\r\n')

describe('parseOffer', () => {
  it('takes the first law the caller names, static or dynamic, and its events', () => {
    const read = offer(
      'c=IN IP4 192.0.2.9',
      't=0 0',
      'm=audio 4000 RTP/AVP 9 97 0 8 96',
      'a=rtpmap:97 PCMA/8000/1',
      'a=rtpmap:96 telephone-event/8000'
    )
    expect(read).toMatchObject({
      address: '192.0.2.9',
      port: 4_000,
      law: 'alaw',
      payloadType: 97,
      eventPayloadType: 96
    })
    expect(answer(read)).toContain('m=audio 40000 RTP/AVP 97 96')
    expect(answer(read)).toContain('a=rtpmap:97 PCMA/8000')
  })

  it('prefers the address of the stream to that of the session, IPv6 too', () => {
    expect(offer('c=IN IP4 192.0.2.9', 'm=audio 4000 RTP/AVP 8', 'c=IN IP6 2001:db8::1').address).toBe('2001:db8::1')
  })

  it('answers every line of the offer: video is refused by port 0 (RFC 3264 §6)', () => {
    const read = offer(
      'c=IN IP4 192.0.2.9',
      'm=video 5000 RTP/AVP 31',
      'm=audio 4000 RTP/AVP 8',
      'a=sendonly',
      'm=audio 4002 RTP/AVP 0'
    )
    expect(answer(read).filter(l => /^(m=|a=(send|recv))/.test(l))).toEqual([
      'm=video 0 RTP/AVP 31',
      'm=audio 40000 RTP/AVP 8',
      'a=recvonly',
      'm=audio 0 RTP/AVP 0'
    ])
  })

  const bad: [string, string][] = [
    ['no SDP', 'malformed'],
    ['v=0\r\ns=-\r\n', 'malformed'],
    ['v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/SAVP 8\r\n', 'noAudio'],
    ['v=0\r\nm=audio 4000 RTP/AVP 8\r\n', 'noAudio'],
    ['v=0\r\nc=IN IP4 example.com\r\nm=audio 4000 RTP/AVP 8\r\n', 'noAudio'],
    ['v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 0 RTP/AVP 8\r\n', 'noAudio'],
    ['v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 70000 RTP/AVP 8\r\n', 'noAudio'],
    ['v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP 9 18\r\n', 'noAudio']
  ]
  for (const [text, fault] of bad)
    it(`finds ${JSON.stringify(text)} ${fault}`, () => expect(parseOffer(Buffer.from(text))).toBe(fault))
})

describe('addressFor', () => {
  const card = (address: string, cidr: string, internal = false) =>
    ({
      address,
      cidr,
      internal,
      family: address.includes(':') ? 'IPv6' : 'IPv4',
      netmask: '',
      mac: '',
      scopeid: 0
    }) as never

  it('tells each peer the address on its own network, others the first outward one', () => {
    const cards = [
      card('127.0.0.1', '127.0.0.1/8', true),
      card('10.1.0.5', '10.1.0.5/16'),
      card('192.0.2.4', '192.0.2.4/24')
    ]
    expect(addressFor('192.0.2.77', cards)).toBe('192.0.2.4')
    expect(addressFor('127.0.0.1', cards)).toBe('127.0.0.1')
    expect(addressFor('203.0.113.1', cards)).toBe('10.1.0.5')
    expect(addressFor('2001:db8::1', cards)).toBe('::1')
  })
})
