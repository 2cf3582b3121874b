/** The thread of the UDP socket: a main process that is busy for seconds loses no call, and a thread that dies comes back on its port. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { afterEach, expect, it, vi } from 'vitest'
import { createFakeHost, systemTestClock } from '../../gateway/testing/fake-host.ts'
import { until } from '../../gateway/testing/wait.ts'
import { Budget } from '../kit/token-budget.ts'
import { Datagrams } from './datagrams.ts'
import { peerOf } from './peer.ts'
import { testConfig } from './testing.ts'

const threads = vi.hoisted((): Worker[] => [])
vi.mock('node:worker_threads', async original => {
  const real = await original<typeof import('node:worker_threads')>()
  class Watched extends real.Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args)
      threads.push(this)
    }
  }
  return { ...real, Worker: Watched, default: { ...real, Worker: Watched } }
})

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  threads.length = 0
})

async function open() {
  const wall = { setByMs: 0 }
  const fake = createFakeHost({ clock: { ...systemTestClock, now: () => Date.now() + wall.setByMs } })
  const config = testConfig()
  const datagrams = await Datagrams.open(fake.host, config)
  cleanups.push(() => datagrams.close())
  const received: string[] = []
  const failures: Error[] = []
  const receive = async (bytes: Buffer) => void received.push(bytes.toString())
  datagrams.listen(config, new Budget(fake.host.clock), receive, error => failures.push(error))
  const phone = createSocket('udp4')
  phone.bind(0, '127.0.0.1')
  await once(phone, 'listening')
  cleanups.push(() => void phone.close())
  const heard: string[] = []
  phone.on('message', bytes => heard.push(bytes.toString()))
  const say = (text: string) =>
    new Promise<void>(resolve => phone.send(text, datagrams.port, '127.0.0.1', () => resolve()))
  const origin = `udp 127.0.0.1:${phone.address().port}`
  const answer = (text: string) => datagrams.send(Buffer.from(text), peerOf('127.0.0.1', phone.address().port))
  return { fake, wall, datagrams, received, failures, say, heard, answer, origin }
}

it('a main process that is busy for a second gets all that came meanwhile, in order, a repeated INVITE once, and all repetitions counted in one go', async () => {
  const { fake, received, say, origin } = await open()
  await say('INVITE first')
  await until('the first is there', () => received.length === 1)
  const sent = Array.from({ length: 1_500 }, (_, n) => `INVITE ${n}`)
  const sends = sent.map(say)
  sends.push(say('INVITE 1499'), say('INVITE 1499'))
  const untilMs = performance.now() + 1_000
  while (performance.now() < untilMs);
  await Promise.all(sends)
  await until('all are there', () => received.length >= 1_501)
  expect(received.slice(1)).toEqual(sent)
  expect(fake.rejections).toMatchObject([{ reason: 'repeatWaiting', origin, count: 2 }])
})

it('a thread that dies is started again on its port; what is sent meanwhile is counted', async () => {
  const { fake, datagrams, received, failures, say, heard, answer } = await open()
  const { port } = datagrams
  await threads[0]?.terminate()
  answer('lost')
  await until('it is counted', () => fake.rejections.some(each => each.reason === 'notSent'))
  await until('it hears again', async () => {
    await say('INVITE again')
    return received.includes('INVITE again')
  })
  answer('there')
  await until('it answers again', () => heard.includes('there'))
  expect({ port: datagrams.port, threads: threads.length, failures }).toEqual({ port, threads: 2, failures: [] })
  expect(heard).toEqual(['there'])
})

it('a clock that is set back by an hour does not keep a dead thread away for as long', async () => {
  const { wall, received, say } = await open()
  wall.setByMs = -3_600_000
  await threads[0]?.terminate()
  await until('it hears again', async () => {
    await say('INVITE again')
    return received.includes('INVITE again')
  })
})

it('a port that somebody else took meanwhile ends it, so that everything is started again', async () => {
  const { datagrams, failures } = await open()
  const thief = createSocket({ type: 'udp4', reuseAddr: false })
  cleanups.push(() => void thief.close())
  await threads[0]?.terminate()
  thief.bind(datagrams.port, '127.0.0.1')
  await once(thief, 'listening')
  await until('it gives up', () => failures[0])
  expect(failures[0]).toMatchObject({ code: 'PORT_TAKEN' })
})

it('what was said before the end has left', async () => {
  const { datagrams, heard, answer } = await open()
  for (let n = 0; n < 100; n++) answer(`BYE ${n}`)
  await datagrams.close()
  await until('all have come', () => heard.length === 100)
  expect(threads).toHaveLength(1)
})
