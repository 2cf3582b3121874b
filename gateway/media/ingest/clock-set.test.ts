/** A live camera over a clock that is set: memory keeps its seconds, nothing becomes a gap, and a clip is as long as it was asked for. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { silentLog } from '../../testing/fake-host.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { until } from '../../testing/wait.ts'
import { ClipRecorder } from '../clip/recorder.ts'
import { createEvidenceTools } from '../clip/tools.ts'
import { systemClock } from '../clock.ts'
import { createRecordedMedia } from '../record/reader.ts'
import { encode } from '../testing/encode.ts'
import { request } from '../testing/plane.ts'
import { complaints, probe } from '../testing/player.ts'
import { SwitchCamera } from '../testing/switch-camera.ts'
import { ConnectGate } from './gate.ts'
import { Stream } from './stream.ts'

const HOUR_MS = 3_600_000
const PRE_ROLL_MS = 3000
const pictures = encode({ seconds: 2, gop: 25, size: '160x90' })
const source = new SwitchCamera(pictures, pictures, 1)
let setMs = 0
const clock = { ...systemClock, now: () => Date.now() + setMs }
let stream: Stream
let gaps = 0
let units = 0

beforeAll(async () => {
  const url = await source.start()
  stream = new Stream({
    source: { url, login: { username: 'a', password: 'b' }, transport: 'tcp' },
    gate: new ConnectGate(clock),
    clock,
    log: silentLog,
    ring: { preRollMs: PRE_ROLL_MS, maxBytes: 16 * 1024 * 1024 },
    firstSeen: () => undefined,
    changed: () => undefined
  })
  stream.onUnit(seq => {
    units += 1
    if (stream.ring.index.afterGap(seq)) gaps += 1
  })
  stream.open()
  await until('the pre-roll is there', () => stream.ring.heldMs >= PRE_ROLL_MS + 1000)
})
afterAll(async () => {
  await stream.close()
  source.stop()
})

it.each([HOUR_MS, -2 * HOUR_MS, 5000])('keeps its pre-roll when the clock is set by %i ms', async byMs => {
  setMs += byMs
  const before = units
  await until('pictures of after it', () => units > before + 5)
  const nowMs = clock.now()
  const { ring } = stream
  expect(ring.heldMs).toBeGreaterThanOrEqual(PRE_ROLL_MS)
  const ageMs = nowMs - ring.index.wallMs(ring.keyAtOrBefore(nowMs - PRE_ROLL_MS) ?? -1)
  expect(ageMs).toBeGreaterThanOrEqual(PRE_ROLL_MS)
  expect(ageMs).toBeLessThan(PRE_ROLL_MS + 1500)
  expect(gaps).toBe(0)
  expect(stream.health().state).toBe('live')
})

it('ends a clip after its post-roll, not where the clock jumps to', async () => {
  const dir = tempDir('clock-set')
  const recorded = createRecordedMedia(join(dir, 'recordings'))
  const tools = createEvidenceTools({ dir, ffmpegPath: 'ffmpeg', clock, log: silentLog, recorded })
  const nowMs = clock.now()
  const running = new ClipRecorder(stream, request('cam-1', 'clip-1', nowMs - 2000, nowMs + 2000), tools).run()
  const before = units
  await until('some of the post-roll', () => units > before + 20)
  setMs += HOUR_MS
  const clip = await running
  expect(clip.gapMs).toBe(0)
  const file = join(dir, clip.file)
  expect(await complaints(file)).toBe('')
  expect((await probe(file)).frames).toBeGreaterThanOrEqual(98)
})
