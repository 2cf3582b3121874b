/** What is read out of a browser's offer, what is refused, and that nothing of it comes back but what was asked. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OFFER } from '../testing/rtc-offer.ts'
import { MAX_OFFER_BYTES, readOffer, writeAnswer } from './offer.ts'

const without = (pattern: RegExp): string => OFFER.replace(pattern, '')

describe('an offer', () => {
  it('is read: the highest profile up to High that comes in packets of mode 1', () => {
    expect(readOffer(OFFER)).toEqual({
      ufrag: 'Ab+/',
      password: 'abcdefghijklmnopqrstuvwx',
      fingerprint: `${'AB:'.repeat(31)}CD`,
      mid: '0',
      payloadType: 103,
      format: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f'
    })
    // Also with bare line feeds.
    expect(readOffer(OFFER.replaceAll('\r\n', '\n'))?.payloadType).toBe(103)
  })

  it.each([
    ['no SDP', 'hello'],
    ['another version', OFFER.replace('v=0', 'v=1')],
    ['a second picture', `${OFFER}m=video 9 UDP/TLS/RTP/SAVPF 99\r\n`],
    ['a data channel', `${OFFER}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n`],
    ['no name', without(/a=ice-ufrag.*\r\n/)],
    ['a password that is short', OFFER.replace('abcdefghijklmnopqrstuvwx', 'abc')],
    ['no fingerprint', without(/a=fingerprint.*\r\n/)],
    ['an old fingerprint', OFFER.replace('sha-256', 'sha-1')],
    ['no H.264', OFFER.replaceAll('H264', 'VP8')],
    ['only single packets', OFFER.replaceAll('packetization-mode=1', 'packetization-mode=0')],
    ['somebody who only sends', OFFER.replace('a=recvonly', 'a=sendonly')],
    ['somebody who begins the handshake', OFFER.replace('a=setup:actpass', 'a=setup:active')],
    ['plain RTP', OFFER.replace('UDP/TLS/RTP/SAVPF', 'RTP/AVP')],
    ['thousands of candidates', OFFER + 'a=candidate:1 1 udp 1 9.9.9.9 9 typ host\r\n'.repeat(3000)],
    ['more lines than any', OFFER + 'a=x\r\n'.repeat(700)],
    ['more bytes than any', OFFER + 'a'.repeat(MAX_OFFER_BYTES)]
  ])('is refused: %s', (_, text) => {
    expect(readOffer(text)).toBeUndefined()
  })

  it('never throws, and never lets a line end through', () => {
    const lines = OFFER.split('\r\n')
    const piece = fc.oneof(fc.constantFrom(...lines), fc.string(), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom('\r\n', '\n', '\r'), (pieces, end) => {
        const offer = readOffer([OFFER, ...pieces].join(end))
        for (const value of Object.values(offer ?? {})) expect(String(value)).not.toMatch(/[\r\n]/)
      }),
      { numRuns: 2000 }
    )
  })
})

it('is answered with what it asked for, our candidates and nothing else', () => {
  const offer = readOffer(OFFER)
  if (!offer) throw new Error('not read')
  const candidates = [
    { address: '192.0.2.1', port: 40_800 },
    { address: '2001:db8::1', port: 40_801 }
  ]
  const answer = writeAnswer(offer, { ufrag: 'ours', password: 'secret', fingerprint: 'EF:01', ssrc: 7, candidates })
  expect(answer).toContain('m=video 9 UDP/TLS/RTP/SAVPF 103\r\n')
  expect(answer).toContain('a=sendonly\r\n')
  expect(answer.match(/a=candidate:.*/g)).toEqual([
    'a=candidate:1 1 udp 2130706431 192.0.2.1 40800 typ host',
    'a=candidate:2 1 udp 2130706175 2001:db8::1 40801 typ host'
  ])
  // The client's own names and candidates stay with it.
  for (const word of ['Ab+/', 'abcdefghijklmnopqrstuvwx', '198.51.100.7', '.local']) expect(answer).not.toContain(word)
})
