/** The sound of a call from the journal of its packets: bit by bit, in its place in time, with what was lost stated; read back by ffmpeg. */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatHead, formatRecord, type JournalHead, readJournal, soundOf, wavOf } from './recording.ts'
import { formatRtp } from './rtp.ts'

const FROM_MS = 1_700_000_000_000
const HEAD: JournalHead = {
  ...{ id: 'voice-1', sourceId: 'sip:1', eventId: 'e', fromMs: FROM_MS },
  laws: { 8: 'alaw', 0: 'ulaw' }
}
const SILENCE = Buffer.alloc(160, 0xd5)

interface Sent {
  readonly n: number
  readonly payload?: Buffer
  readonly payloadType?: number
  readonly ssrc?: number
  /** In place of 20 ms a packet. */
  readonly timestamp?: number
  readonly atMs?: number
}

const step = (n: number) => Buffer.alloc(160, n + 1)

/** A journal as the thread writes it; packets come when their time says. */
function journal(packets: readonly Sent[], sequence = 65_530, timestamp = 0xffff_ff00): Buffer {
  const records = packets.map(({ n, payload = step(n), payloadType = 8, ssrc = 7, ...more }) =>
    formatRecord(
      more.atMs ?? 100 + n * 20,
      formatRtp({
        ...{ payloadType, marker: false, ssrc, payload, sequence: sequence + n },
        timestamp: more.timestamp ?? timestamp + n * 160
      })
    )
  )
  return Buffer.concat([formatHead(HEAD), ...records])
}

function heard(bytes: Buffer) {
  const read = readJournal(bytes)
  if (!read) throw new Error('no journal')
  return soundOf(read.head, read.heard)
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => ({ n: from + i }))

describe('the sound of a call', () => {
  it('is what was sent, over the turn of both counters, and begins when the first packet came', () => {
    const sound = heard(journal(range(0, 50)))
    expect(sound?.audio).toEqual(Buffer.concat(range(0, 50).map(({ n }) => step(n))))
    expect(sound).toMatchObject({ law: 'alaw', gapMs: 0, gaps: [], fromMs: FROM_MS + 100, toMs: FROM_MS + 1_100 })
  })

  it('puts packets in order, also the first ones, and takes a doubled one once', () => {
    const sound = heard(
      journal([{ n: 1 }, { n: 0, atMs: 121 }, { n: 2 }, { n: 2, payload: SILENCE }, { n: 4 }, { n: 3 }])
    )
    expect(sound?.audio).toEqual(Buffer.concat([0, 1, 2, 3, 4].map(step)))
    expect(sound?.gaps).toEqual([])
  })

  it('is silent where packets were lost, and says where', () => {
    const sound = heard(journal([...range(0, 10), ...range(13, 20)]))
    expect(sound?.audio.subarray(1_600, 1_600 + 480)).toEqual(Buffer.concat([SILENCE, SILENCE, SILENCE]))
    expect(sound?.audio.subarray(2_080, 2_240)).toEqual(step(13))
    expect(sound?.gaps).toEqual([{ fromMs: FROM_MS + 300, toMs: FROM_MS + 360 }])
    expect(sound?.gapMs).toBe(60)
  })

  it('calls no loss what the telephone did not send: silence between two words, digits', () => {
    const pause = range(0, 10)
      .concat(range(10, 20))
      .map(({ n }) => ({ n, timestamp: n * 160 + (n < 10 ? 0 : 16_000) }))
    const event = { n: 20, payloadType: 101, payload: Buffer.alloc(4), timestamp: 20 * 160 + 16_000 }
    const sound = heard(journal([...pause.map(p => ({ ...p, atMs: p.timestamp / 8 })), { ...event, atMs: 2_400 }]))
    expect(sound?.gaps).toEqual([])
    expect(sound?.audio).toHaveLength(20 * 160 + 16_000)
    expect(sound?.audio.subarray(1_600, 17_600).every(byte => byte === 0xd5)).toBe(true)
  })

  it('goes on by the time of arrival where a telephone counts anew, and states the hole', () => {
    const anew = range(10, 20).map(({ n }) => ({ n, ssrc: 9, timestamp: 5_000 + n * 160, atMs: 700 + n * 20 }))
    const sound = heard(journal([...range(0, 10), ...anew]))
    expect(sound?.audio).toHaveLength((900 - 100) * 8 + 1_600)
    expect(sound?.gaps).toEqual([{ fromMs: FROM_MS + 300, toMs: FROM_MS + 900 }])
  })

  it('turns the other law into that of the beginning, and passes over what is no voice', () => {
    const sound = heard(
      journal([{ n: 0 }, { n: 1, payloadType: 0, payload: Buffer.alloc(160, 0xff) }, { n: 2, payloadType: 13 }])
    )
    expect(sound?.audio).toEqual(Buffer.concat([step(0), SILENCE]))
    expect(heard(journal([{ n: 0, payloadType: 13 }]))).toBeUndefined()
  })

  it('takes a journal cut off anywhere, and any packets, without an exception and without growing', () => {
    const whole = journal(range(0, 5))
    for (let length = 0; length < whole.length; length += 1) {
      const read = readJournal(whole.subarray(0, length))
      if (read) soundOf(read.head, read.heard)
    }
    expect(heard(whole.subarray(0, whole.length - 1))?.audio).toHaveLength(4 * 160)
    const packet = fc.record({
      n: fc.integer({ min: 0, max: 70_000 }),
      atMs: fc.integer({ min: 0, max: 60_000 }),
      timestamp: fc.integer({ min: 0, max: 0xffff_ffff }),
      ssrc: fc.constantFrom(1, 2),
      payloadType: fc.constantFrom(0, 8, 101)
    })
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 40 }), packets => {
        const sound = heard(journal(packets.map(p => ({ ...p, payload: step(p.n % 200) }))))
        // A minute, what a telephone may be off, and each packet once more.
        expect(sound?.audio.length ?? 0).toBeLessThanOrEqual((60_000 + 2 * 5_000) * 8 + 41 * 160)
      })
    )
  })
})

it.each(['alaw', 'ulaw'] as const)('ffmpeg reads the WAV of %s byte by byte', law => {
  const audio = randomBytes(801)
  const format = law === 'alaw' ? 'alaw' : 'mulaw'
  const args = ['-v', 'error', '-f', 'wav', '-i', '-', '-c', 'copy', '-f', format, '-']
  const read = spawnSync('ffmpeg', args, { input: wavOf({ law, audio }) })
  if (read.error) throw new Error(`ffmpeg is needed: ${read.error.message}`)
  expect(read.stderr.toString()).toBe('')
  expect(read.stdout).toEqual(audio)
})
