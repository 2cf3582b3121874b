/** Cutting and reading SIP messages, by example and by fuzz: nothing a stranger sends may throw. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cpuMs } from '../../gateway/testing/cpu.ts'
import { parseAuthorization, parseChallenge } from '../kit/digest.ts'
import { asHeaderText, header, headerValues, MAX_MESSAGE_BYTES, parseMessage, serialize, utf8 } from './frame.ts'
import { parseCSeq, parseNameAddr, parseVia } from './headers.ts'
import { peerOf, replyTo, stampVia } from './peer.ts'
import { checkRequest, responseHeaders } from './request.ts'
import { parseRtp } from './rtp.ts'
import { parseOffer } from './sdp.ts'
import { SrtpOpener } from './srtp.ts'
import { requestText } from './testing.ts'
import { parseUri } from './uri.ts'

/** RFC 3261 §24.2 F1, as printed. */
const ALICE = [
  'INVITE sip:bob@biloxi.com SIP/2.0',
  'Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKnashds8',
  'Max-Forwards: 70',
  'To: Bob <sip:bob@biloxi.com>',
  'From: Alice <sip:alice@atlanta.com>;tag=1928301774',
  'Call-ID: a84b4c76e66710',
  'CSeq: 314159 INVITE',
  'Contact: <sip:alice@pc33.atlanta.com>',
  'Content-Type: application/sdp',
  'Content-Length: 4',
  '',
  'v=0\r\n'
].join('\r\n')

function parsed(text: string | Buffer) {
  const message = parseMessage(Buffer.from(text))
  if (!message.ok) throw new Error(message.reason)
  return message.value
}

describe('parseMessage', () => {
  it('reads the INVITE of RFC 3261 and cuts the body by Content-Length', () => {
    const message = parsed(ALICE)
    expect(message).toMatchObject({ kind: 'request', method: 'INVITE', uri: 'sip:bob@biloxi.com', version: 'SIP/2.0' })
    expect(message.body.toString()).toBe('v=0\r')
    expect(message.fault).toBeUndefined()
  })

  it('knows compact forms, folding and repeated headers', () => {
    const message = parsed(
      'OPTIONS sip:a SIP/2.0\r\nv: SIP/2.0/UDP a,\r\n\tSIP/2.0/UDP b\r\nVIA : SIP/2.0/UDP c\r\n\r\n'
    )
    expect(headerValues(message, 'via')).toEqual(['SIP/2.0/UDP a', 'SIP/2.0/UDP b', 'SIP/2.0/UDP c'])
  })

  it('takes bare line feeds, as some telephones send them', () => {
    expect(parsed('OPTIONS sip:a SIP/2.0\nCall-ID: x\n\nbody').body.toString()).toBe('body')
  })

  it('keeps the body as bytes and names as UTF-8', () => {
    const body = Buffer.from([0, 255, 13, 10, 128])
    const head = `MESSAGE sip:a SIP/2.0\r\nFrom: ${asHeaderText('王秀英')} <sip:1@a>\r\n\r\n`
    const message = parsed(Buffer.concat([Buffer.from(head, 'latin1'), body]))
    expect(message.body).toEqual(body)
    expect(parseNameAddr(header(message, 'from') ?? '')?.display).toBe('王秀英')
  })

  const refused: [string, Buffer, string][] = [
    ['more than 32 kB', Buffer.alloc(MAX_MESSAGE_BYTES + 1, 'a'), 'tooLarge'],
    ['a keep-alive', Buffer.from('\r\n\r\n'), 'keepAlive'],
    ['an empty datagram', Buffer.alloc(0), 'keepAlive'],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'notSip'],
    ['noise', Buffer.from([1, 2, 3, 255]), 'notSip'],
    ['257 headers', Buffer.from(`OPTIONS sip:a SIP/2.0\r\n${'A: b\r\n'.repeat(257)}\r\n`), 'tooManyHeaders'],
    ['status 700', Buffer.from('SIP/2.0 700 X\r\n\r\n'), 'badStatus']
  ]
  for (const [name, bytes, reason] of refused)
    it(`refuses ${name}`, () => expect(parseMessage(bytes)).toMatchObject({ ok: false, reason }))

  for (const value of ['-1', '1e3', '99999999999', '0x10', '', '5, 5'])
    it(`answers Content-Length "${value}" with a fault, not with a hang`, () => {
      expect(parsed(`OPTIONS sip:a SIP/2.0\r\nContent-Length: ${value}\r\n\r\nabc`).fault).toBe('contentLength')
    })
})

describe('serialize', () => {
  it('writes what parseMessage reads', () => {
    const message = parsed(ALICE)
    expect(parsed(serialize(message))).toEqual(message)
  })

  it('lets no header in through a line break in a value', () => {
    const headers = [{ name: 'subject', value: 'a\r\nEvil: 1' }]
    const bytes = serialize({
      kind: 'response',
      version: 'SIP/2.0',
      status: 200,
      reason: 'OK',
      headers,
      body: Buffer.alloc(0)
    })
    expect(header(parsed(bytes), 'evil')).toBeUndefined()
  })
})

describe('parts', () => {
  it('reads addresses', () => {
    expect(parseNameAddr('"A \\"B\\", C" <sip:a@b;x=y>;tag=1')).toMatchObject({
      display: 'A "B", C',
      uri: 'sip:a@b;x=y'
    })
    expect(parseNameAddr('sip:a@b;tag=1')).toMatchObject({ display: '', uri: 'sip:a@b' })
    expect(parseNameAddr('"open <sip:a@b>')).toBeUndefined()
    expect(parseNameAddr('A, B <sip:a@b>')).toBeUndefined()
  })

  it('reads URIs that telephones really dial', () => {
    expect(parseUri('sip:#9@10.0.0.1:5062')).toMatchObject({ scheme: 'sip', user: '#9', host: '10.0.0.1', port: 5062 })
    expect(parseUri('sip:%239@3502;user=phone')).toMatchObject({ user: '#9', host: '3502' })
    expect(parseUri('tel:*9;phone-context=+86593')).toMatchObject({ scheme: 'tel', user: '*9' })
    expect(parseUri('sip:a:secret@[2001:db8::1]:5060?x=y')).toMatchObject({
      user: 'a',
      host: '[2001:db8::1]',
      headers: 'x=y'
    })
    expect(parseUri('mailto:a@b')).toEqual({ scheme: 'other', name: 'mailto' })
    for (const bad of ['sip:', 'sip:@a', 'sip:a@b@c', 'sip:%zz@a', 'no uri', 'sip:a@b c'])
      expect(parseUri(bad)).toBeUndefined()
  })

  it('reads Via and CSeq', () => {
    expect(parseVia('SIP / 2.0 / UDP [::1] : 5061 ; branch = z9hG4bK1')).toMatchObject({ host: '[::1]', port: 5061 })
    expect(parseVia('SIP/2.0/UDP a:0')).toBeUndefined()
    expect(parseCSeq('0009   INVITE')).toEqual({ number: 9, method: 'INVITE' })
    expect(parseCSeq('2147483648 INVITE')).toBeUndefined()
  })

  it('sends answers to the host that asked, whatever the Via says', () => {
    const from = peerOf('::ffff:10.9.8.7', 40_112)
    const plain = parseVia('SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1;maddr=203.0.113.9')
    const symmetric = parseVia('SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;rport')
    if (!plain || !symmetric) throw new Error('no Via')
    expect(replyTo(plain, from)).toEqual(peerOf('10.9.8.7', 5070))
    expect(replyTo(symmetric, from)).toEqual(peerOf('10.9.8.7', 40_112))
    const headers = [
      { name: 'via', value: 'SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bK1;received=1.2.3.4, SIP/2.0/UDP b' },
      { name: 'via', value: 'SIP/2.0/UDP c' }
    ]
    expect(stampVia(headers, symmetric, from).map(h => h.value)).toEqual([
      'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;received=10.9.8.7;rport=40112, SIP/2.0/UDP b',
      'SIP/2.0/UDP c'
    ])
  })

  it('shows bytes that are no UTF-8 as latin1', () => {
    expect(utf8('\xe9t\xe9')).toBe('été')
    expect(utf8(asHeaderText('溪口'))).toBe('溪口')
  })
})

describe('fuzz', () => {
  const runs = { numRuns: 3_000 }
  const seed = Buffer.from(requestText(5060), 'latin1')

  const key = { suite: 'AES_CM_128_HMAC_SHA1_80', key: Buffer.alloc(30) } as const
  it('never throws on noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), noise => {
        parseMessage(Buffer.from(noise))
        parseRtp(Buffer.from(noise))
        parseOffer(Buffer.from(noise), 'optional')
        new SrtpOpener(key).open(Buffer.from(noise))
      }),
      runs
    )
  })

  it('never throws on a damaged INVITE', () => {
    const damage = fc.array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255), fc.nat(40)), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(damage, places => {
        let bytes = Buffer.from(seed)
        for (const [at, byte, cut] of places) {
          const place = Math.min(at, bytes.length)
          bytes = Buffer.concat([
            bytes.subarray(0, place),
            Buffer.from([byte]),
            bytes.subarray(place + (cut < 20 ? 1 : cut))
          ])
        }
        const message = parseMessage(bytes)
        if (message.ok && message.value.kind === 'request') checkRequest(message.value)
      }),
      runs
    )
  })

  it('never throws on odd header texts', () => {
    const odd = fc.constantFrom('"', '<', '>', ';', ',', '=', '\\', ' ', 'a', '%', '@', ':', '/', '0')
    fc.assert(
      fc.property(fc.string({ unit: odd, maxLength: 200 }), text => {
        parseVia(text)
        parseVia(`SIP/2.0/UDP ${text}`)
        parseNameAddr(text)
        parseNameAddr(`"${text}`)
        parseUri(`sip:${text}`)
        parseCSeq(text)
        parseAuthorization(`Digest ${text}`)
        parseChallenge(`Digest ${text}`)
      }),
      runs
    )
  })

  // Found by reading the patterns: 32 kB of one character must not cost quadratic time.
  for (const c of [' ', '\t', ';', ',', '"', '<', '\\', '%', '=', ':', '\n', '\r', '\0'])
    it(`reads 30,000 × ${JSON.stringify(c)} anywhere in a request at once`, () => {
      const many = c.repeat(30_000)
      const places = [
        `INVITE ${many} SIP/2.0\r\n\r\n`,
        `INVITE sip:a${many}b`,
        requestText(5060).replace('branch=', `branch=${many}`),
        requestText(5060).replace(';branch=', `${many};branch=`),
        requestText(5060).replace('From: ', `From: ${many}`),
        requestText(5060).replace(';tag=', `${many};tag=`),
        requestText(5060).replace('To: ', `To: ${many}`),
        requestText(5060).replace('Contact: ', `Contact: ${many}`),
        requestText(5060, { uri: `sip:#9${many}@a` }),
        requestText(5060, { extra: [`Authorization: Digest ${many}`, `P-Asserted-Identity: ${many}`] })
      ]
      const tookMs = cpuMs(() => {
        for (const text of places) {
          const message = parseMessage(Buffer.from(text, 'latin1'))
          if (!message.ok || message.value.kind !== 'request') continue
          const checked = checkRequest(message.value)
          const headers = responseHeaders(message.value, 'tag')
          if (checked.ok) stampVia(headers, checked.value.via, peerOf('127.0.0.1', 5060))
          parseAuthorization(header(message.value, 'authorization') ?? '')
        }
      })
      expect(tookMs).toBeLessThan(5_000)
    })
})
