/** Messages out of a stream: whole, in pieces, many at once, and streams that are none. */
import { describe, expect, it } from 'vitest'
import { cpuMs } from '../../gateway/testing/cpu.ts'
import { MAX_MESSAGE_BYTES } from './frame.ts'
import { type Cut, StreamFramer } from './stream.ts'
import { requestText, sdp } from './testing.ts'

const INVITE = requestText(5_062)
const OPTIONS = requestText(5_062, { method: 'OPTIONS', callId: 'call-2', branch: 'z9hG4bKtwo' })

function cutAll(...chunks: (string | Buffer)[]): Cut[] {
  const framer = new StreamFramer()
  return chunks.flatMap(chunk => {
    framer.push(Buffer.from(chunk))
    const cuts: Cut[] = []
    for (let cut = framer.next(); cut; cut = framer.next()) cuts.push(cut)
    return cuts
  })
}

const texts = (cuts: readonly Cut[]) => cuts.map(cut => (cut.kind === 'message' ? cut.bytes.toString() : cut.kind))
const broken = (fault: string) => [{ kind: 'broken', fault }]

describe('a stream', () => {
  it('gives the same messages however it is cut', () => {
    const bytes = Buffer.from(INVITE + OPTIONS + INVITE)
    for (const size of [1, 2, 3, 7, 64, 333, 5_000]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size)
      )
      expect(texts(cutAll(...pieces))).toEqual([INVITE, OPTIONS, INVITE])
    }
  })

  it('answers a double CRLF between messages, in whatever pieces, and passes over single ones', () => {
    expect(texts(cutAll('\r\n\r\n'))).toEqual(['ping'])
    expect(texts(cutAll('\r', '\n', '\r', '\n'))).toEqual(['ping'])
    expect(texts(cutAll('\r\n\r\n\r\n\r\n', OPTIONS))).toEqual(['ping', 'ping', OPTIONS])
    expect(texts(cutAll('\r\n', OPTIONS, '\n\r\n', OPTIONS))).toEqual([OPTIONS, OPTIONS])
  })

  it('takes bare line feeds and the compact length', () => {
    const loose = INVITE.replaceAll('\r\n', '\n')
    const body = sdp().replaceAll('\r\n', '\n')
    const text = loose.replace(/Content-Length: \d+/, `l : ${body.length}`)
    expect(texts(cutAll(text + OPTIONS))).toEqual([text, OPTIONS])
  })

  it('without a length has no body: the press is read all the same', () => {
    const bare = requestText(5_062, { body: '' }).replace(/Content-Length: \d+\r\n/, '')
    expect(texts(cutAll(bare + OPTIONS))).toEqual([bare, OPTIONS])
  })

  it('is partial from a message’s first byte to its last', () => {
    const framer = new StreamFramer()
    const bytes = Buffer.from(INVITE)
    framer.push(Buffer.from('\r\n'))
    framer.next()
    expect(framer.partial).toBe(false)
    framer.push(bytes.subarray(0, 1))
    framer.next()
    framer.push(bytes.subarray(1, 100))
    framer.next()
    expect(framer.partial).toBe(true)
    framer.push(bytes.subarray(100))
    expect(framer.next()?.kind).toBe('message')
    expect(framer.partial).toBe(false)
  })

  it('that is no SIP is told at its first line, and nothing is read after a fault', () => {
    expect(cutAll(Buffer.from('160301020001000001fc0303', 'hex'))).toEqual(broken('notSip'))
    expect(cutAll('GET / HTTP/1.1\r\n')).toEqual(broken('notSip'))
    expect(cutAll('GET / HTTP/1.1\r\n\r\n', OPTIONS)).toEqual(broken('notSip'))
  })

  it('whose next message cannot be found ends after the last that could', () => {
    const twice = OPTIONS.replace('Content-Length: 0', 'Content-Length: 0\r\nl: 5')
    const negative = OPTIONS.replace('Content-Length: 0', 'Content-Length: -1')
    for (const damaged of [twice, negative])
      expect(texts(cutAll(INVITE + damaged + OPTIONS))).toEqual([INVITE, 'broken'])
    expect(cutAll(negative)).toEqual(broken('contentLength'))
  })

  it('is bounded: endless headers and announced giants end it', () => {
    const endless = Buffer.from(`INVITE sip:9@x SIP/2.0\r\n${'a: b\r\n'.repeat(10_000)}`)
    expect(cutAll(endless.subarray(0, MAX_MESSAGE_BYTES + 1))).toEqual(broken('tooLarge'))
    expect(cutAll(OPTIONS.replace('Content-Length: 0', `Content-Length: ${MAX_MESSAGE_BYTES}`))).toEqual(
      broken('tooLarge')
    )
  })

  it('sent byte by byte costs no more than its length', () => {
    const framer = new StreamFramer()
    const bytes = Buffer.from(requestText(5_062, { body: 'x'.repeat(30_000) }))
    const tookMs = cpuMs(() => {
      for (let round = 0; round < 10; round++)
        for (const byte of bytes) {
          framer.push(Buffer.from([byte]))
          framer.next()
        }
    })
    // Copying the whole at every byte would be 4.5 GB.
    expect(tookMs).toBeLessThan(3_000)
  })
})
