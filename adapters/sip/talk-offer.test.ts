/** What is read out of a browser's offer of a voice, what is refused, and that nothing of it comes back but what was asked. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MAX_OFFER_BYTES, readTalkOffer, writeTalkAnswer } from './talk-offer.ts'

/** As Chromium writes it, with G.711 preferred. */
const OFFER = [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 8 0',
  'c=IN IP4 0.0.0.0',
  'a=candidate:1 1 udp 2113937151 198.51.100.7 51000 typ host',
  'a=ice-ufrag:Ab+/',
  'a=ice-pwd:abcdefghijklmnopqrstuvwx',
  `a=fingerprint:sha-256 ${'AB:'.repeat(31)}CD`,
  'a=setup:actpass',
  'a=mid:0',
  'a=sendrecv',
  'a=rtcp-mux',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:0 PCMU/8000',
  ''
].join('\r\n')
const without = (pattern: RegExp): string => OFFER.replace(pattern, '')

it('is read', () => {
  const read = {
    ...{ ufrag: 'Ab+/', password: 'abcdefghijklmnopqrstuvwx', fingerprint: `${'AB:'.repeat(31)}CD`, mid: '0' }
  }
  expect(readTalkOffer(OFFER)).toEqual(read)
  expect(readTalkOffer(OFFER.replaceAll('\r\n', '\n'))).toEqual(read)
})

it.each([
  ['no SDP', 'hello'],
  ['another version', OFFER.replace('v=0', 'v=1')],
  ['a picture beside it', `${OFFER}m=video 9 UDP/TLS/RTP/SAVPF 99\r\n`],
  ['a data channel', `${OFFER}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n`],
  ['no name', without(/a=ice-ufrag.*\r\n/)],
  ['a password that is short', OFFER.replace('abcdefghijklmnopqrstuvwx', 'abc')],
  ['no fingerprint', without(/a=fingerprint.*\r\n/)],
  ['an old fingerprint', OFFER.replace('sha-256', 'sha-1')],
  ['no G.711', OFFER.replace('SAVPF 8 0', 'SAVPF 111')],
  ['one law only', OFFER.replace('SAVPF 8 0', 'SAVPF 8')],
  ['somebody who only speaks', OFFER.replace('a=sendrecv', 'a=sendonly')],
  ['somebody who only hears', OFFER.replace('a=sendrecv', 'a=recvonly')],
  ['somebody who begins the handshake', OFFER.replace('a=setup:actpass', 'a=setup:active')],
  ['plain RTP', OFFER.replace('UDP/TLS/RTP/SAVPF', 'RTP/AVP')],
  ['more lines than any', OFFER + 'a=x\r\n'.repeat(400)],
  ['more bytes than any', OFFER + 'a'.repeat(MAX_OFFER_BYTES)]
])('is refused: %s', (_, text) => {
  expect(readTalkOffer(text)).toBeUndefined()
})

it('never throws, and never lets a line end through', () => {
  const piece = fc.oneof(fc.constantFrom(...OFFER.split('\r\n')), fc.string(), fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom('\r\n', '\n', '\r'), (pieces, end) => {
      const offer = readTalkOffer([OFFER, ...pieces].join(end))
      for (const value of Object.values(offer ?? {})) expect(String(value)).not.toMatch(/[\r\n]/)
    }),
    { numRuns: 2000 }
  )
})

it('is answered with A-law and µ-law, our candidates and nothing else', () => {
  const offer = readTalkOffer(OFFER)
  if (!offer) throw new Error('not read')
  const candidates = [{ address: '192.0.2.1', port: 41_000 }]
  const answer = writeTalkAnswer(offer, {
    ufrag: 'ours',
    password: 'secret',
    fingerprint: 'EF:01',
    ssrc: 7,
    candidates
  })
  expect(answer).toContain('m=audio 9 UDP/TLS/RTP/SAVPF 8 0\r\n')
  expect(answer.match(/a=rtpmap:.*/g)).toEqual(['a=rtpmap:8 PCMA/8000', 'a=rtpmap:0 PCMU/8000'])
  expect(answer.match(/a=candidate:.*/g)).toEqual(['a=candidate:1 1 udp 2130706431 192.0.2.1 41000 typ host'])
  // The browser's own names and candidates stay with it.
  for (const word of ['Ab+/', 'abcdefghijklmnopqrstuvwx', '198.51.100.7']) expect(answer).not.toContain(word)
})
