/** The thread of WebRTC peers: a failure in it costs its peers and nothing else, and it goes when nobody looks any more. */
import { createSocket } from 'node:dgram'
import { afterEach, expect, it } from 'vitest'
import { createFakeClock } from '../../testing/fake-clock.ts'
import { until } from '../../testing/wait.ts'
import { OFFER } from '../testing/rtc-offer.ts'
import { RtcLink } from './link.ts'
import type { FromRtc } from './messages.ts'
import { readOffer } from './offer.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

function start() {
  const clock = createFakeClock()
  const heard: FromRtc[] = []
  const errors: string[] = []
  const state = { lost: 0 }
  const log = {
    ...{ debug: () => undefined, info: () => undefined, warn: () => undefined },
    error: (_: object, message: string) => void errors.push(message),
    child: () => log
  }
  const link = new RtcLink({ clock, log, heard: message => heard.push(message), lost: () => state.lost++ })
  closers.push(() => link.stop())
  const offer = readOffer(OFFER)
  if (!offer) throw new Error('not read')
  /** Resolves with the port that was opened for it. */
  const open = async (peer: number): Promise<number> => {
    link.open({ kind: 'open', peer, offer, reach: { addresses: ['127.0.0.1'], bind: '127.0.0.1' } })
    const { sdp } = await until('an answer', () =>
      heard.find(message => message.kind === 'answer' && message.peer === peer)
    ).then(answer => (answer.kind === 'answer' ? answer : { sdp: '' }))
    return Number(/127\.0\.0\.1 (\d+) typ host/.exec(sdp)?.[1])
  }
  return { clock, link, errors, state, open }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = createSocket('udp4')
    socket.once('error', () => resolve(false))
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)))
  })

it('is started again after a failure, which costs its peers and is told once', async () => {
  const { link, errors, state, open } = start()
  const port = await open(1)
  expect(await isFree(port)).toBe(false)
  // Stands for whatever makes a library throw.
  link.post(null as never)
  await until('it is lost', () => state.lost === 1)
  expect(errors).toEqual(['the WebRTC thread failed; its viewers fall back'])
  expect(await isFree(port)).toBe(true)
  // What is over does not start it again; a new peer does.
  link.post({ kind: 'close', peer: 1 })
  await open(2)
  expect(state.lost).toBe(1)
})

it('closes the port of a peer that leaves before it has come', async () => {
  const { link, open } = start()
  const [first, second] = [await open(1), await open(2)]
  link.post({ kind: 'close', peer: 1 })
  await until('the port is closed', () => isFree(first))
  expect(await isFree(second)).toBe(false)
})

it('ends a minute after the last viewer, and not when another one comes before', async () => {
  const { clock, link, state, open } = start()
  const port = await open(1)
  link.idle()
  await clock.advance(59_000)
  await open(2)
  await clock.advance(120_000)
  expect(await isFree(port)).toBe(false)
  link.idle()
  await clock.advance(60_000)
  await until('everything is closed', () => isFree(port))
  // Its end was wanted: nobody is told that it failed.
  expect([state.lost, clock.pending]).toEqual([0, 0])
})
