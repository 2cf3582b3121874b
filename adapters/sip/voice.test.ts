/** The main process's end of the voice thread: what is said to a new thread reaches it, however its predecessor ended and whatever the clock says. */
import { afterEach, expect, it, vi } from 'vitest'
import { createFakeHost, systemTestClock } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { peerOf } from './peer.ts'
import { testConfig } from './testing.ts'
import { VoiceThread } from './voice.ts'

const threads = vi.hoisted(
  (): {
    readonly told: { kind: string; call?: string }[]
    emit(name: 'exit' | 'message', said?: unknown): unknown
  }[] => []
)
vi.mock('node:worker_threads', async original => {
  const { EventEmitter } = await import('node:events')
  class Told extends EventEmitter {
    readonly told: { kind: string; call?: string }[] = []
    constructor() {
      super()
      threads.push(this)
    }
    postMessage(commands: readonly { kind: string }[]) {
      this.told.push(...commands)
    }
  }
  return { ...(await original<typeof import('node:worker_threads')>()), Worker: Told }
})
afterEach(() => void threads.splice(0))

function open() {
  const time = { steadyMs: 10_000, nowMs: Date.UTC(2026, 10, 29) }
  const clock = { ...systemTestClock, now: () => time.nowMs, steady: () => time.steadyMs }
  const errors: object[] = []
  const { host } = createFakeHost({ clock })
  const log = { ...host.log, error: (fields: object) => void errors.push(fields) }
  const voice = new VoiceThread({ ...host, log }, { ...testConfig(), shippedPrompts: '' }, undefined)
  const call = (name: string) =>
    voice.open(name, { peer: peerOf('10.0.0.1', 5060), offer: undefined, press: undefined })
  return { time, call, errors }
}

it('a call that comes right after the end of a thread is opened by the next one', async () => {
  const { time, call } = open()
  void call('first')
  time.steadyMs += 2_000
  threads[0]?.emit('exit')
  void call('second')
  await until('the second thread is told', () => threads[1]?.told.length === 1)
  expect(threads.map(({ told }) => told.map(each => each.call))).toEqual([[], ['second']])
})

it('a clock that was set back by an hour keeps no thread away for as long', () => {
  const { time, call } = open()
  void call('first')
  threads[0]?.emit('exit')
  time.nowMs -= 3_600_000
  void call('too early')
  expect(threads).toHaveLength(1)
  time.steadyMs += 1_000
  void call('second')
  expect(threads).toHaveLength(2)
})

it('a file that cannot be spoken is said with its name, why, and the settings that name it', () => {
  const { call, errors } = open()
  void call('first')
  threads[0]?.emit('message', [{ kind: 'unusable', file: '/own/hello.alaw', why: 'is an MP3' }])
  expect(errors).toEqual([
    { file: '/own/hello.alaw', why: 'is an MP3', settings: 'adapters.sip.prompt, adapters.sip.ownPrompts' }
  ])
})
