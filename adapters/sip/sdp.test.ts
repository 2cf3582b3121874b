/** Offers as telephones and exchanges write them, and our answers to them. */
import { describe, expect, it } from 'vitest'
import { addressFor } from './local-address.ts'
import { newKeys } from './media-key.ts'
import { formatAnswer, formatOffer, type Offer, parseAnswer, parseOffer } from './sdp.ts'

const LOCAL = { address: '192.0.2.1', port: 40_000, sessionId: 7, version: 2, keys: newKeys() }

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

describe('SRTP in a description (RFC 4568)', () => {
  const KEY = 'd0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj'
  const head = 'v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n'
  const body = (...lines: string[]) => Buffer.from(`${head}${lines.join('\r\n')}\r\n`)
  const SAVP = 'm=audio 4000 RTP/SAVP 8'
  const LONG = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}`
  const SHORT = `a=crypto:7 AES_CM_128_HMAC_SHA1_32 inline:${KEY}|2^31`
  const key = Buffer.from(KEY, 'base64')

  it('takes the first suite that it knows, and answers with its tag and a key of its own', () => {
    const read = parseOffer(body(SAVP, `a=crypto:3 AES_256_CM_HMAC_SHA1_80 inline:${KEY}`, SHORT, LONG), 'optional')
    if (typeof read === 'string') throw new Error(read)
    expect(read.secret).toEqual({ tag: 7, suite: 'AES_CM_128_HMAC_SHA1_32', key })
    const own = LOCAL.keys.AES_CM_128_HMAC_SHA1_32.toString('base64')
    expect(answer(read)).toContain('m=audio 40000 RTP/SAVP 8')
    expect(answer(read).filter(l => l.startsWith('a=crypto'))).toEqual([
      `a=crypto:7 AES_CM_128_HMAC_SHA1_32 inline:${own}`
    ])
    expect(own).not.toBe(KEY)
  })

  it('takes the sealed one of two streams, and keys beside RTP/AVP', () => {
    const two = parseOffer(body('m=audio 4000 RTP/AVP 8', 'm=audio 4002 RTP/SAVP 8', LONG), 'optional')
    expect(two).toMatchObject({ port: 4_002, chosen: 1, secret: { tag: 1 } })
    const beside = parseOffer(body('m=audio 4000 RTP/AVP 8', LONG), 'required')
    if (typeof beside === 'string') throw new Error(beside)
    expect(answer(beside)).toContain('m=audio 40000 RTP/AVP 8')
    expect(answer(beside).filter(l => l.startsWith('a=crypto'))).toHaveLength(1)
  })

  it.each([
    ['off', SAVP, LONG, 'noAudio'],
    ['required', 'm=audio 4000 RTP/AVP 8', '', 'noAudio'],
    ['optional', SAVP, `${LONG}|1:4`, 'noAudio'],
    ['optional', SAVP, `${LONG}|2^31|1:4`, 'noAudio'],
    ['optional', SAVP, `${LONG} UNENCRYPTED_SRTP`, 'noAudio'],
    ['optional', SAVP, `${LONG};inline:${KEY}`, 'noAudio'],
    ['optional', SAVP, `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY.slice(4)}`, 'noAudio'],
    ['optional', SAVP, '', 'noAudio']
  ] as const)('%s: %s with %s is %s', (secrecy, media, crypto, fault) => {
    expect(parseOffer(body(media, crypto), secrecy)).toBe(fault)
  })

  it('on a leg in clear passes over keys, and tells none', () => {
    const read = parseOffer(body('m=audio 4000 RTP/AVP 8', LONG))
    if (typeof read === 'string') throw new Error(read)
    expect(read.secret).toBeUndefined()
    expect(answer(read).join()).not.toContain('crypto')
    expect(formatOffer(LOCAL).toString()).not.toContain('crypto')
  })

  it('offers both suites, each with its own key; an answer names one of the two as it was offered', () => {
    const ours = formatOffer(LOCAL, 'sealed').toString()
    expect(ours).toContain('m=audio 40000 RTP/SAVP 8 0 101')
    const told = [...ours.matchAll(/^a=crypto:(\d) (\S+) inline:(\S+)/gm)].map(m => m.slice(1, 4))
    expect(told.map(([tag, suite]) => [tag, suite])).toEqual([
      ['1', 'AES_CM_128_HMAC_SHA1_80'],
      ['2', 'AES_CM_128_HMAC_SHA1_32']
    ])
    expect(new Set(told.map(([, , inline]) => inline)).size).toBe(2)
    expect(parseAnswer(body(SAVP, LONG), 'optional')).toMatchObject({ secret: { tag: 1 } })
    expect(parseAnswer(body(SAVP, LONG.replace(':1 ', ':2 ')), 'optional')).toBe('malformed')
    expect(parseAnswer(body('m=audio 4000 RTP/AVP 8'), 'required')).toBe('noAudio')
  })
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
