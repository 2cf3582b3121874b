/** The voice thread by itself: a caller who speaks before the thread is told how he speaks is heard from his first word. */
import { createSocket } from 'node:dgram'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, it } from 'vitest'
import WebSocket from 'ws'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { until } from '../../gateway/testing/wait.ts'
import { formatRtp } from './rtp.ts'
import type { VoiceCommand, VoiceReport, VoiceSetup } from './voice-messages.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** One thread without a call. */
function thread() {
  const setup: VoiceSetup = {
    ...{ address: '127.0.0.1', family: 'udp4', ports: { from: 0, to: 0 }, maxCalls: 4 },
    ...{ promptFile: '/nowhere.alaw', shippedPrompt: '/nowhere.alaw', promptPauseMs: 1_000 },
    recording: { dir: tempDir('early'), minFreeBytes: 0 },
    door: { port: 0, address: '127.0.0.1' }
  }
  const worker = new Worker(new URL('./voice-worker.ts', import.meta.url), { workerData: setup, execArgv: [] })
  cleanups.push(() => worker.terminate())
  const reports: VoiceReport[] = []
  worker.on('message', (told: readonly VoiceReport[]) => reports.push(...told))
  const find = <K extends VoiceReport['kind']>(kind: K) =>
    until(`the thread tells ${kind}`, () =>
      reports.find((each): each is Extract<VoiceReport, { kind: K }> => each.kind === kind)
    )
  return { find, tell: (command: VoiceCommand) => worker.postMessage([command]) }
}

it('a caller who speaks, and presses a key, before it is known how he speaks is heard from the first packet', async () => {
  const { find, tell } = thread()
  const recorded = { id: 'voice-1', sourceId: 'sip:1', eventId: 'e-1', laws: { 8: 'alaw' } } as const
  tell({ kind: 'open', call: 'c', heed: { hosts: ['127.0.0.1'], guard: 'clear', line: 'voice-1', recorded } })
  const { port: rtpPort = 0 } = await find('opened')
  const { port } = await find('door')

  const telephone = createSocket('udp4')
  cleanups.push(() => telephone.close())
  const send = (sequence: number, payloadType: number, payload: Buffer) =>
    new Promise<void>(resolve => {
      const packet = { marker: false, ssrc: 1, sequence, timestamp: sequence * 160, payloadType, payload }
      telephone.send(formatRtp(packet), rtpPort, '127.0.0.1', () => resolve())
    })
  for (let n = 0; n < 3; n += 1) await send(n, 8, Buffer.alloc(160, n))
  // RFC 4733: digit 1, three times its end.
  for (let n = 0; n < 3; n += 1) await send(3 + n, 101, Buffer.from([1, 0x8a, 0x03, 0x20]))

  const at = { address: '127.0.0.1', port: telephone.address().port }
  tell({ kind: 'admit', pass: { ticket: 'good-good-good', line: 'voice-1', mode: 'first', user: 'u-lin' } })
  const console_ = new WebSocket(`ws://127.0.0.1:${port}/`)
  cleanups.push(() => console_.terminate())
  const heard: Buffer[] = []
  const words: string[] = []
  console_.on('open', () => console_.send('{"ticket":"good-good-good"}'))
  console_.on('message', (data: Buffer, isBinary) => void (isBinary ? heard.push(data) : words.push(data.toString())))
  await until('it is seated, after everything that was sent', () => words.length > 0)
  expect(heard).toEqual([])

  tell({ kind: 'play', call: 'c', ...at, law: 'alaw', payloadType: 8, eventPayloadType: 101, speak: false })
  await send(6, 8, Buffer.alloc(160, 6))
  await until('four steps are heard', () => Buffer.concat(heard).length >= 4 * 160)
  const steps = Buffer.concat(heard)
  expect([0, 1, 2].map(n => steps[n * 160])).toEqual([0, 1, 2])
  expect(await find('digit')).toMatchObject({ call: 'c', digit: '1' })
})
