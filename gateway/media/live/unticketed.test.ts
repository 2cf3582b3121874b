/** Strangers on a worker's port: however many sockets say nothing, whoever has a ticket is let in. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type CameraId, id, type UserId } from '../../core/brand.ts'
import { createFakeClock } from '../../testing/fake-clock.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { until } from '../../testing/wait.ts'
import { issueTicket } from '../ticket.ts'
import { LiveServer } from './server.ts'

const secret = Buffer.alloc(32, 7)
const clock = createFakeClock()
const server = new LiveServer({
  ...{ port: 0, bindAddress: '127.0.0.1', evidenceDir: tempDir('unticketed'), secret, clock },
  transcodes: undefined as never,
  camera: () => undefined,
  send: () => undefined,
  play: () => undefined
})
let port = 0
beforeAll(async () => {
  port = await server.start()
})
afterAll(() => server.stop())

/** Opens a socket that says nothing, or shows a ticket; what became of it. */
function knock(localAddress: string, ticket?: string) {
  const seen: { state?: 'open' | 'refused'; code?: number } = {}
  const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, { localAddress })
  socket.on('open', () => {
    seen.state = 'open'
    if (ticket !== undefined) socket.send(JSON.stringify({ ticket }))
  })
  socket.on('unexpected-response', (_request, response) => {
    seen.state = 'refused'
    seen.code = response.statusCode
  })
  socket.on('close', code => {
    seen.code ??= code
  })
  socket.on('error', () => undefined)
  return seen
}
const settled = (all: readonly { state?: string }[]) => until('answered', () => all.every(each => each.state))

it('bounds sockets without a ticket by address and time, and counts none of them as a viewer', async () => {
  const silent = Array.from({ length: 70 }, () => knock('127.0.0.1'))
  await settled(silent)
  expect(silent.filter(each => each.state === 'open')).toHaveLength(64)
  expect(silent.filter(each => each.code === 503)).toHaveLength(6)
  expect(server.viewers).toBe(0)
  const purpose = { kind: 'live', cameraId: id<CameraId>('c1'), stream: 'main', nearOnly: false } as const
  const ticket = issueTicket(secret, purpose, id<UserId>('u1'), clock.steady() + 30_000)
  // Somebody else is let in meanwhile; his ticket is read (there is no such camera here), and his place is free again.
  const guest = knock('127.0.0.2', ticket)
  await until('the ticket is read', () => guest.code !== undefined)
  expect(guest).toEqual({ state: 'open', code: 4404 })
  // A single other address takes no more than its own share either.
  await settled(Array.from({ length: 64 }, () => knock('127.0.0.2')))
  await settled([knock('127.0.0.3')])
  await clock.advance(5_000)
  await until('those who said nothing are gone', () => silent.every(each => each.code !== undefined))
  const again = knock('127.0.0.1')
  await settled([again])
  expect(again.state).toBe('open')
})
