/** Whatever comes, by datagram or in pieces of a stream, through the whole server: nothing throws, hangs or stays behind (a million with --full). */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { Mutator } from '../../gateway/testing/mutate.ts'
import { peerOf, type TransportName } from './peer.ts'
import { type Cut, StreamFramer } from './stream.ts'
import { createBench, requestText } from './testing.ts'

const MESSAGES = process.env.PINGAN_FULL ? 1_000_000 : 20_000
/** Each batch has a server of its own, so that what one leaves behind is seen at once. */
const BATCH = 2_000
const MAX_GROWTH_BYTES = 32 * 1024 * 1024
const SEEDS = seeds()

function seeds(): Buffer[] {
  const torture = readFileSync(join(import.meta.dirname, 'frames', 'rfc4475.txt'), 'utf8')
  const [, ...blocks] = torture.split(/^=== /m)
  const written = blocks.map(block => Buffer.from(block.split('\n').slice(1).join('\r\n'), 'latin1'))
  const to = '<sip:#9@127.0.0.1>;tag=0'
  const digest =
    'Authorization: Digest username="6650147", realm="pingan", nonce="a.b", uri="sip:x", response="0", qop=auth, nc=00000001, cnonce="c", algorithm=MD5'
  const mine = [
    requestText(5_062),
    requestText(5_062, { extra: ['Require: 100rel, timer', 'Session-Expires: 300;refresher=uas', 'Allow: UPDATE'] }),
    requestText(5_062, { extra: [digest] }),
    requestText(5_062, { method: 'REGISTER', extra: [digest, 'Expires: 300'], to: '<sip:6650147@x>' }),
    requestText(5_062, { method: 'ACK', to }),
    requestText(5_062, { method: 'BYE', to, cseq: 2 }),
    requestText(5_062, { method: 'CANCEL' }),
    requestText(5_062, { method: 'PRACK', to, cseq: 2, extra: ['RAck: 1 1 INVITE'] }),
    requestText(5_062, { method: 'UPDATE', to, cseq: 3, extra: ['Session-Expires: 300'] }),
    requestText(5_062, {
      method: 'INFO',
      to,
      cseq: 4,
      body: 'Signal=1\r\nDuration=160\r\n',
      extra: ['Content-Type: application/dtmf-relay']
    }),
    requestText(5_062, { method: 'OPTIONS' }),
    'SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx\r\nCSeq: 1 BYE\r\nCall-ID: a\r\nContent-Length: 0\r\n\r\n'
  ]
  return [...written, ...mine.map(text => Buffer.from(text, 'latin1'))]
}

function server() {
  const bench = createBench(
    { ringMs: 100, budgets: { ...createBench().config.budgets, unknownPressesPerMinute: 5 } },
    {
      credentials: { '6650147': 'secret' }
    }
  )
  const [trunk] = bench.config.trunks
  const take = (bytes: Buffer, transport: TransportName, trusted: boolean) =>
    bench.uas.receive(
      bytes,
      peerOf(trusted ? '127.0.0.1' : '192.0.2.66', 5_062, transport),
      trusted ? trunk : undefined
    )
  const end = async () => {
    await bench.clock.advance(1_000)
    await bench.uas.close()
    expect(bench.clock.pending).toBe(0)
    expect(bench.fake.rejections.filter(r => r.reason === 'internalError')).toEqual([])
    return { answers: bench.sent.length, alarms: bench.fake.signals.length }
  }
  return { take, end }
}

async function inBatches(
  work: (mutator: Mutator, batch: ReturnType<typeof server>, messages: number) => Promise<void>
) {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const mutator = new Mutator(3_261)
  const all = { answers: 0, alarms: 0 }
  let base: number | undefined
  for (let done = 0; done < MESSAGES; done += BATCH) {
    const batch = server()
    await work(mutator, batch, Math.min(BATCH, MESSAGES - done))
    const { answers, alarms } = await batch.end()
    all.answers += answers
    all.alarms += alarms
    if (done !== 2 * BATCH && done + BATCH < MESSAGES) continue
    collect()
    base ??= process.memoryUsage().heapUsed
  }
  expect(process.memoryUsage().heapUsed - (base ?? 0)).toBeLessThan(MAX_GROWTH_BYTES)
  // It was no wall that they ran against: many were understood.
  expect(all.answers).toBeGreaterThan(MESSAGES / 20)
  expect(all.alarms).toBeGreaterThan(MESSAGES / 1_000)
}

const LONG_MS = 1_800_000

it(`${MESSAGES} mutated datagrams`, { timeout: LONG_MS }, () =>
  inBatches(async (mutator, { take }, messages) => {
    for (let n = 0; n < messages; n++) await take(mutator.bytes(SEEDS), 'udp', mutator.below(2) === 0)
  })
)

it(`${MESSAGES} mutated messages in pieces of streams`, { timeout: LONG_MS }, () =>
  inBatches(async (mutator, { take }, messages) => {
    let framer = new StreamFramer()
    for (let n = 0; n < messages; n++) {
      // Most are whole, so that the stream lives on and what follows is read.
      let rest = mutator.below(4) === 0 ? mutator.bytes(SEEDS) : mutator.pick(SEEDS)
      while (rest.length > 0) {
        const piece = rest.subarray(0, 1 + mutator.below(2_000))
        rest = rest.subarray(piece.length)
        framer.push(piece)
        for (let cut: Cut | undefined = framer.next(); cut; cut = framer.next()) {
          if (cut.kind === 'message') await take(cut.bytes, 'tcp', mutator.below(2) === 0)
          if (cut.kind === 'broken') framer = new StreamFramer()
        }
      }
    }
  })
)
