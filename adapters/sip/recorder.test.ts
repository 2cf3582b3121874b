/** Calls recorded as evidence: sipp speaks, the file holds its bytes; strangers, a full disk, a source that calls for ever. */
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import type { VoiceKeeper, VoiceOutcome, VoiceRecording } from '../../gateway/core/voice.ts'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { until } from '../../gateway/testing/wait.ts'
import type { SipConfig } from './config.ts'
import { Recorder } from './recorder.ts'
import { formatHead, formatRecord } from './recording.ts'
import { formatRtp } from './rtp.ts'
import { createTelephone, type Telephone } from './simulator.ts'
import { type RunningAdapter, startAdapter } from './testing.ts'

const WAV_HEAD = 58
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

interface Kept {
  readonly recording: VoiceRecording
  readonly outcome: VoiceOutcome
}

async function start(settings: Partial<SipConfig> = {}, prepare: (dir: string) => void = () => {}) {
  const dir = tempDir('voice')
  prepare(dir)
  const begun: VoiceRecording[] = []
  const kept: Kept[] = []
  const voice: VoiceKeeper = {
    dir,
    begin: recording => void begun.push(recording),
    end: async (recording, outcome) => void kept.push({ recording, outcome })
  }
  const adapter = await startAdapter(settings, { voice })
  cleanups.push(adapter.stop)
  const recorded = (n = 1) => until(`${n} recordings`, () => kept.length >= n && kept[n - 1])
  return { ...adapter, dir, begun, kept, recorded, files: () => readdirSync(dir).sort() }
}

async function telephone(server: RunningAdapter['server'], number = '6650147'): Promise<Telephone> {
  const made = await createTelephone({ server, number, asserted: true })
  cleanups.push(() => made.close())
  return made
}

/** Two seconds of noise: no two steps of it are alike. */
const noise = () =>
  execFileSync('ffmpeg', ['-v', 'error', ...'-f lavfi -i anoisesrc=d=2:r=8000:a=0.5 -ac 1 -f alaw -'.split(' ')])

it('what sipp says is in the file bit by bit, with its hash and its times; the journal goes', async () => {
  const { server, dir, fake, begun, recorded, files } = await start()
  const said = noise()
  const folder = tempDir('sipp')
  writeFileSync(join(folder, 'voice.alaw'), said)
  const scenario = join(import.meta.dirname, 'frames', 'sipp', 'speak.xml')
  const how = [
    '-sf',
    scenario,
    '-i',
    '127.0.0.1',
    '-mi',
    '127.0.0.1',
    '-m',
    '1',
    '-d',
    '2500',
    '-timeout',
    '25',
    '-nostdin'
  ]
  const program = 'sipp'
  const sipp = spawn(program, [`127.0.0.1:${server.port}`, ...how], { cwd: folder, stdio: 'ignore' })
  const code = await new Promise((resolve, reject) => {
    sipp.on('error', error => reject(new Error(`sipp is needed (Debian package sip-tester): ${error.message}`)))
    sipp.on('close', resolve)
  })
  expect(code).toBe(0)
  const { recording, outcome } = await recorded()
  expect(begun).toEqual([recording])
  expect(recording).toMatchObject({ sourceId: 'sip:661', eventId: fake.signals[0]?.eventId })
  const { file } = outcome
  expect(file).toMatchObject({ codec: 'alaw', gapMs: 0, gaps: [] })
  const wav = readFileSync(join(dir, file?.file ?? ''))
  expect(wav.subarray(WAV_HEAD, WAV_HEAD + said.length)).toEqual(said)
  expect(file).toMatchObject({ bytes: wav.length, sha256: createHash('sha256').update(wav).digest('hex') })
  expect((file?.actualToMs ?? 0) - (file?.actualFromMs ?? 0)).toBe(2_000)
  expect(file?.actualFromMs).toBeGreaterThanOrEqual(recording.fromMs)
  expect(outcome.toMs).toBeGreaterThanOrEqual(file?.actualToMs ?? 0)
  await until('only the file is left', () => files().join() === file?.file)
})

it('packets of another host are not heard, and are counted', async () => {
  const { server, fake, recorded, dir } = await start({ rtpPorts: { from: 46_200, to: 46_260 } })
  const stranger = createSocket('udp4')
  cleanups.push(() => stranger.close())
  await new Promise<void>(resolve => stranger.bind(0, '127.0.0.9', resolve))
  const noisy = setInterval(() => {
    const packet = formatRtp({
      payloadType: 8,
      marker: false,
      sequence: 1,
      timestamp: 1,
      ssrc: 1,
      payload: Buffer.alloc(160, 1)
    })
    for (let port = 46_200; port <= 46_260; port += 2) stranger.send(packet, port, '127.0.0.1')
  }, 20)
  cleanups.push(() => clearInterval(noisy))
  const said = noise().subarray(0, 4_800)
  const call = await (await telephone(server)).press({ says: said, hangUpAfterMs: 900 })
  await call.ended
  const { outcome } = await recorded()
  expect(readFileSync(join(dir, outcome.file?.file ?? '')).subarray(WAV_HEAD)).toEqual(said)
  expect(fake.rejections).toContainEqual(expect.objectContaining({ reason: 'strayVoice' }))
})

it('a call in which nobody speaks, and a disk without room, say so; both calls are answered', async () => {
  const silent = await start()
  await (await (await telephone(silent.server)).press({ hangUpAfterMs: 50 })).ended
  expect((await silent.recorded()).outcome).toMatchObject({ failure: 'no voice came from the caller' })
  await until('nothing is left', () => silent.files().length === 0)
  const full = await start({ recording: { enabled: true, minFreeMb: 2 ** 40 } })
  const call = await (await telephone(full.server)).press({ says: noise(), hangUpAfterMs: 50 })
  expect(call.status).toBe(200)
  expect((await full.recorded()).outcome).toMatchObject({ failure: 'the disk is too full to record' })
  expect(full.files()).toEqual([])
})

it('a packet longer than any telephone sends spoils nothing of what is said after it', async () => {
  const dir = tempDir('long')
  const name = 'voice-00000000-0000-4000-8000-000000000009'
  const recorder = new Recorder(dir, { id: name, sourceId: 'sip:1', eventId: 'e', fromMs: 0, laws: { 8: 'alaw' } })
  const packet = (n: number, bytes: number) =>
    formatRtp({
      ...{ payloadType: 8, marker: false, ssrc: 1, sequence: n, timestamp: n * 160 },
      payload: Buffer.alloc(bytes, n)
    })
  for (const [n, bytes] of [
    [1, 160],
    [2, 33_000],
    [3, 160]
  ] as const)
    recorder.take(packet(n, bytes))
  await recorder.end(recorder.stop())
  expect(readFileSync(join(dir, `${name}.wav`)).subarray(WAV_HEAD)).toEqual(
    Buffer.concat([Buffer.alloc(160, 1), Buffer.alloc(160, 0xd5), Buffer.alloc(160, 3)])
  )
})

it('records nothing when that is turned off, and of one source no more than thirty calls at once', async () => {
  const off = await start({ recording: { enabled: false, minFreeMb: 1 } })
  await (await (await telephone(off.server)).press({ says: noise(), hangUpAfterMs: 50 })).ended
  const busy = await start()
  const household = await telephone(busy.server)
  for (let n = 0; n < 31; n += 1) await (await household.press({ hangUpAfterMs: 1 })).ended
  await busy.recorded(30)
  expect(busy.fake.rejections).toContainEqual(expect.objectContaining({ reason: 'notRecorded', origin: 'sip:6650147' }))
  expect(busy.begun).toHaveLength(30)
  expect([off.begun, off.files()]).toEqual([[], []])
})

it('what a killed gateway left is made into a file at the start; rubbish is passed over', async () => {
  const name = 'voice-00000000-0000-4000-8000-000000000001'
  const unreadable = 'voice-00000000-0000-4000-8000-000000000000.rtp'
  const head = { id: name, sourceId: 'sip:1', eventId: 'e', fromMs: 1_000, laws: { 8: 'alaw' } } as const
  const packet = (n: number) =>
    formatRtp({
      payloadType: 8,
      marker: false,
      sequence: n,
      timestamp: n * 160,
      ssrc: 1,
      payload: Buffer.alloc(160, n)
    })
  const journal = Buffer.concat([formatHead(head), ...[1, 2, 3].map(n => formatRecord(n * 20, packet(n)))])
  const { recorded, dir, kept, files } = await start({}, folder => {
    writeFileSync(join(folder, `${name}.rtp`), journal.subarray(0, journal.length - 7))
    // A crash while the file was being made, one before the first line was written, and what is not ours.
    writeFileSync(join(folder, `${name}.part.wav`), 'half')
    writeFileSync(join(folder, 'voice-00000000-0000-4000-8000-000000000002.rtp'), '{"id":')
    writeFileSync(join(folder, 'clip-1.mp4'), 'a clip')
    // Cannot be read now: it may be whole, and stays.
    mkdirSync(join(folder, unreadable))
  })
  const { recording, outcome } = await recorded()
  expect(recording).toEqual({ id: name, sourceId: 'sip:1', eventId: 'e', fromMs: 1_000 })
  expect(outcome.file).toMatchObject({ actualFromMs: 1_020, actualToMs: 1_060, gapMs: 0 })
  expect(readFileSync(join(dir, `${name}.wav`)).subarray(WAV_HEAD)).toEqual(
    Buffer.concat([Buffer.alloc(160, 1), Buffer.alloc(160, 2)])
  )
  await until('the journals are gone', () => files().join() === `clip-1.mp4,${unreadable},${name}.wav`)
  expect(kept).toHaveLength(1)
})
