/** Whatever stands in a description of voice, comes as RTP, sealed or not, or is dialled: nothing throws, nothing is without bound (a million each with --full). */
import { execFileSync } from 'node:child_process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { Mutator } from '../../gateway/testing/mutate.ts'
import { type Message, MessageReader } from './contact-id-digits.ts'
import { Ear, type Hearing } from './ear.ts'
import { newKeys } from './media-key.ts'
import { formatRtp, parseRtp } from './rtp.ts'
import { formatAnswer, formatOffer, type Offer, parseAnswer, parseOffer } from './sdp.ts'
import { type DirectionKey, SrtpOpener, SrtpSealer } from './srtp.ts'

const INPUTS = process.env.PINGAN_FULL ? 1_000_000 : 20_000
const LONG_MS = 900_000
const MAX_GROWTH_BYTES = 16 * 1024 * 1024
/** Packets that one caller sends before the next one is heard. */
const CALL = 2_000
const WINDOW_DIGITS = 1_000

/** The heap, measured once the first inputs have made what is made but once. */
function growth(): { measure(): void; check(): void } {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const used = () => {
    collect()
    return process.memoryUsage().heapUsed
  }
  let base: number | undefined
  return {
    measure() {
      base ??= used()
    },
    check: () => expect(used() - (base ?? 0)).toBeLessThan(MAX_GROWTH_BYTES)
  }
}

const LOCAL = { address: '192.0.2.1', port: 40_000, sessionId: 1, version: 1, keys: newKeys() }
const DESCRIPTIONS = [
  ...(['clear', 'sealed', 'either'] as const).map(way => formatOffer(LOCAL, way)),
  ...[
    [
      'v=0',
      'o=a 1 1 IN IP4 192.0.2.9',
      's=-',
      'c=IN IP4 192.0.2.9',
      't=0 0',
      'm=audio 9000 RTP/AVP 0 97',
      'a=rtpmap:97 telephone-event/8000'
    ],
    [
      'v=0',
      'o=a 1 1 IN IP6 2001:db8::1',
      's=-',
      'c=IN IP6 2001:db8::1',
      't=0 0',
      'a=sendonly',
      'm=video 1 RTP/AVP 99',
      'm=audio 9000/2 RTP/AVP 96 8',
      'a=rtpmap:96 PCMA/8000/1',
      'm=audio 0 RTP/AVP 8'
    ],
    [
      'v=0',
      'o=a 1 1 IN IP4 host.example',
      's=-',
      't=0 0',
      'm=audio 9000 RTP/SAVP 8',
      'c=IN IP4 192.0.2.9',
      'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:4',
      'a=inactive'
    ]
  ].map(lines => Buffer.from(`${lines.join('\r\n')}\r\n`))
]

/** A port and types as they may stand in a packet, and an answer that is as long as its offer allows. */
function isBounded(offer: Offer): boolean {
  const types = [offer.payloadType, offer.eventPayloadType ?? 0]
  const answer = formatAnswer(offer, LOCAL).toString('utf8')
  return (
    Number.isInteger(offer.port) &&
    offer.port >= 0 &&
    offer.port <= 65_535 &&
    types.every(type => Number.isInteger(type) && type >= 0 && type <= 127) &&
    answer.split('\r\n').filter(line => line.startsWith('m=')).length === offer.media.length &&
    !/\r(?!\n)|[^\r]\n/.test(answer)
  )
}

it(`${INPUTS} mutated descriptions are an offer within bounds or a fault, and answered line by line`, {
  timeout: LONG_MS
}, () => {
  const mutator = new Mutator(4_566)
  const heap = growth()
  const read = { offers: 0, faults: 0 }
  for (let n = 0; n < INPUTS; n++) {
    if (n === CALL) heap.measure()
    const body = mutator.bytes(DESCRIPTIONS)
    const secrecy = mutator.pick(['off', 'optional', 'required'] as const)
    const offer = mutator.below(2) === 0 ? parseOffer(body, secrecy) : parseAnswer(body, secrecy)
    if (typeof offer === 'string') read.faults += 1
    else {
      read.offers += 1
      if (!isBounded(offer)) expect.fail(`input ${n} of seed 4566: ${JSON.stringify(offer).slice(0, 300)}`)
    }
  }
  heap.check()
  expect(Math.min(read.offers, read.faults)).toBeGreaterThan(INPUTS / 20)
})

const HEARING: Hearing = { law: 'alaw', payloadType: 8, eventPayloadType: 101 }
const KEY: DirectionKey = { suite: 'AES_CM_128_HMAC_SHA1_80', key: Buffer.alloc(30, 9) }

/** Keys as sox sounds them and as events, silence, and a header with extension, source list and padding. */
function packets(): Buffer[] {
  const sox = ['-R', '-n', '-r', '8000', '-c', '1', '-t', 'al', '-', 'synth', '0.06', 'sine', '697', 'sine', '1209']
  const sound = execFileSync('sox', [...sox, 'remix', '1,2', 'gain', '-6', 'pad', '0', '0.1'])
  const tone = (n: number) => sound.subarray(n * 160, (n + 1) * 160)
  const plain = (payloadType: number, payload: Buffer, n: number) =>
    formatRtp({ payloadType, marker: n === 0, sequence: n, timestamp: n * 160, ssrc: 7, payload })
  const event = (n: number) => plain(101, Buffer.from([n % 16, n % 2 === 0 ? 0x0a : 0x8a, 0, 160]), n)
  const extended = Buffer.concat([
    Buffer.from('b2080007000000a00000000700000001000000020bede0001aabbccdd', 'hex'),
    tone(1),
    Buffer.from([0, 0, 3])
  ])
  return [
    ...Array.from({ length: 8 }, (_, n) => plain(8, tone(n), n)),
    ...Array.from({ length: 16 }, (_, n) => event(n)),
    extended
  ]
}

it(`${INPUTS} mutated packets, clear and sealed, are heard as a thousand keys of a call at most, and the next caller is heard`, {
  timeout: LONG_MS
}, () => {
  const mutator = new Mutator(3_550)
  const heap = growth()
  const seeds = packets()
  const read = { packets: 0, keys: 0, opened: 0 }
  for (let done = 0; done < INPUTS; done += CALL) {
    if (done === CALL) heap.measure()
    const [ear, opener, sealer] = [new Ear(), new SrtpOpener(KEY), new SrtpSealer(KEY)]
    let keys = 0
    for (let n = 0; n < CALL; n++) {
      let bytes: Buffer | undefined = mutator.below(4) === 0 ? mutator.pick(seeds) : mutator.bytes(seeds)
      if (mutator.below(8) === 0) {
        const sealed = sealer.seal(
          formatRtp({
            ...{ payloadType: 8, marker: false, sequence: n, timestamp: n * 160, ssrc: 8 },
            payload: mutator.bytes(seeds)
          })
        )
        const opened = opener.open(mutator.below(2) === 0 ? sealed : mutator.bytes([sealed]))
        bytes = Buffer.isBuffer(opened) ? opened : undefined
        if (bytes) read.opened += 1
      }
      const packet = bytes && parseRtp(bytes)
      if (!packet) continue
      read.packets += 1
      keys += ear.hear(packet, HEARING).length
    }
    read.keys += keys
    if (keys > WINDOW_DIGITS) expect.fail(`${keys} keys of one call`)
  }
  heap.check()
  expect(read.packets).toBeGreaterThan(INPUTS / 4)
  expect(read.opened).toBeGreaterThan(INPUTS / 100)
  expect(read.keys).toBeGreaterThan(INPUTS / 100)
})

it(`${INPUTS} keys as a broken dialler sends them are messages with a right sum or none, and a good one is read after them`, {
  timeout: LONG_MS
}, () => {
  const mutator = new Mutator(5_005)
  const heap = growth()
  const good = '1234181131010158'
  const keys = [...'0123456789*#ABCD']
  const told = new Map<string, number>()
  const tell = (message: Message | undefined) => {
    const what = message === undefined ? 'open' : message.ok ? 'report' : message.reason
    told.set(what, (told.get(what) ?? 0) + 1)
  }
  const reader = new MessageReader()
  let nowMs = 0
  for (let n = 0; n < INPUTS; n += 16) {
    if (n === 1_600) heap.measure()
    nowMs += mutator.below(4) === 0 ? 5_000 : 0
    for (let at = 0; at < 16; at++) {
      nowMs += mutator.below(50) === 0 ? 2_000 : 100
      const wrong = mutator.below(12) === 0
      tell(reader.push(wrong ? mutator.pick(keys) : (good[at] ?? '0'), nowMs))
    }
  }
  heap.check()
  const last = [...good].map((key, at) => reader.push(key, nowMs + 10_000 + at * 100)).at(-1)
  expect(last).toMatchObject({ ok: true, report: { account: '1234', event: '131' } })
  expect([...told.keys()].toSorted()).toEqual(['open', 'report', 'sum', 'type'])
})
