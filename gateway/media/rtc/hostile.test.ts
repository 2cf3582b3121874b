/** Strangers at the signalling and at the UDP port: refused without harm, and without a word to where they point. */

import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type CameraId, id, type UserId } from '../../core/brand.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { until } from '../../testing/wait.ts'
import { systemClock } from '../clock.ts'
import { encode } from '../testing/encode.ts'
import { FaultyCamera } from '../testing/faulty-camera.ts'
import { type LiveClient, watchLive } from '../testing/live-client.ts'
import { camera, startPlane, type TestPlane } from '../testing/plane.ts'
import { OFFER } from '../testing/rtc-offer.ts'
import { issueTicket, workerSecret } from '../ticket.ts'

const CAM = id<CameraId>('cam-1')
const USER = id<UserId>('user-1')
const SECRET = randomBytes(32)
let plane: TestPlane
let source: FaultyCamera

beforeAll(async () => {
  source = new FaultyCamera({ pictures: encode({ seconds: 1, gop: 25 }) })
  const rtc = { addresses: [], maxViewers: 100 }
  plane = await startPlane(tempDir('rtc-hostile'), { preRollMs: 1000, ticketSecret: SECRET, rtc })
  plane.setCameras([camera('cam-1', await source.start())])
  await plane.ready(500)
})
afterAll(async () => {
  await plane?.stop()
  source?.stop()
})

const grant = (webrtc = true) => plane.liveTicket(CAM, 'main', USER, false, false, webrtc)
const hello = (ticket: string, offer: unknown = OFFER): string => JSON.stringify({ ticket, offer })
const knock = (first: string, path = '/rtc'): LiveClient => watchLive({ ...grant(), path }, { first })
const code = (client: LiveClient): Promise<number> => until('it is closed', client.closeCode)
const answer = (client: LiveClient): Promise<string> =>
  until('an answer', () => client.texts.find(({ type }) => type === 'answer')?.sdp as string | undefined)
const of = (cameraName: string, endsInMs: number, webrtc = true): string => {
  const purpose = { kind: 'live', cameraId: id<CameraId>(cameraName), stream: 'main', webrtc } as const
  return issueTicket(workerSecret(SECRET, 0), purpose, USER, systemClock.steady() + endsInMs)
}

it('opens with a ticket for WebRTC, once, and with no other', async () => {
  const { ticket } = grant()
  const first = knock(hello(ticket))
  expect(await answer(first)).toContain('a=candidate:1 1 udp 2130706431 127.0.0.1 ')
  expect(await code(knock(hello(ticket)))).toBe(4403)
  first.close()
  for (const refused of [
    grant(false).ticket,
    of('cam-1', -1),
    of('cam-1', 20_000, false),
    `${of('cam-1', 20_000)}x`,
    'x'
  ])
    expect(await code(knock(hello(refused)))).toBe(4403)
  expect(await code(knock(hello(of('cam-9', 20_000))))).toBe(4404)
  // And MSE does not open with it.
  expect(await code(knock(JSON.stringify({ ticket: grant().ticket }), '/live'))).toBe(4403)
})

it('closes at whatever is no offer', async () => {
  const garbage = ['', 'v=0', 'x'.repeat(16_000), OFFER.replaceAll('H264', 'VP8'), OFFER + OFFER]
  const candidates = OFFER + 'a=candidate:1 1 udp 1 9.9.9.9 9 typ host\r\n'.repeat(280)
  for (const offer of [...garbage, `${candidates}${'a=x\r\n'.repeat(400)}`])
    expect(await code(knock(hello(grant().ticket, offer)))).toBe(4400)
  for (const offer of [undefined, 7, null, [OFFER], { sdp: OFFER }])
    expect(await code(knock(hello(grant().ticket, offer ?? null)))).toBe(4403)
  expect(await code(knock('{'))).toBe(4403)
  // More than any offer is not even read: the line is closed.
  expect(await code(knock(hello(grant().ticket, 'x'.repeat(30_000))))).toBe(1009)
  // Hundreds of candidates within the bounds are not looked at.
  const ignored = knock(hello(grant().ticket, candidates))
  expect(await answer(ignored)).not.toContain('9.9.9.9')
  ignored.close()
})

it('lets go of who does not come, has so many of them at once, and takes the next', async () => {
  const clients = Array.from({ length: 8 }, () => knock(hello(grant().ticket)))
  await Promise.all(clients.map(answer))
  const ninth = knock(hello(grant().ticket))
  expect(await code(ninth)).toBe(1013)
  expect(ninth.texts).toEqual([{ type: 'refused', reason: 'webrtcBusy' }])
  expect(await Promise.all(clients.map(code))).toEqual(clients.map(() => 1012))
  const next = knock(hello(grant().ticket))
  await answer(next)
  next.close()
})

it('answers nobody by UDP who does not know both names of a connection, and sends to nobody that an offer names', async () => {
  const bystander = createSocket('udp4')
  const heard: Buffer[] = []
  bystander.on('message', data => heard.push(data))
  await new Promise<void>(resolve => bystander.bind(0, '127.0.0.1', resolve))
  const pointed = `a=candidate:1 1 udp 2113937151 127.0.0.1 ${bystander.address().port} typ host\r\n`
  const client = knock(hello(grant().ticket, OFFER + pointed))
  const sdp = await answer(client)
  const port = Number(/127\.0\.0\.1 (\d+) typ host/.exec(sdp)?.[1])
  const ufrag = /a=ice-ufrag:(\S+)/.exec(sdp)?.[1] ?? ''
  const send = (data: Buffer) => new Promise<void>(resolve => bystander.send(data, port, '127.0.0.1', () => resolve()))
  for (let n = 0; n < 2000; n++) await send(randomBytes(1 + (n % 200)))
  for (const name of ['', 'x', `${ufrag}:`, `${ufrag}:other`, `other:${ufrag}`, ':']) await send(binding(name))
  // The right names are answered: the socket hears, and everything before was heard and not answered.
  // Asked again as STUN clients do (RFC 8489 6.2.1): a busy machine's socket may still be full of the noise.
  const asked = async () => {
    await send(binding(`${ufrag}:Ab+/`))
    return heard.length > 0
  }
  await until('an answer', asked)
  // Answered with success, and asked in turn, as RFC 8445 §7.3.1.4 has it: by nothing else that came before.
  expect(heard[0]?.readUInt16BE(0)).toBe(0x0101)
  client.close()
  bystander.close()
  const after = knock(hello(grant().ticket))
  await answer(after)
  after.close()
  expect(plane.workers().map(({ restarts }) => restarts)).toEqual([0])
  expect(plane.logged.filter(({ level }) => level === 'error')).toEqual([])
})

it('is not there where WebRTC is off', async () => {
  const off = await startPlane(tempDir('rtc-off'), { ticketSecret: SECRET })
  try {
    off.setCameras([camera('cam-1', 'rtsp://127.0.0.1:1/none')])
    expect(() => off.liveTicket(CAM, 'main', USER, false, false, true)).toThrow(/WebRTC/)
    const given = { ...off.liveTicket(CAM, 'main', USER), path: '/rtc' }
    expect(await code(watchLive(given, { first: hello(of('cam-1', 20_000)) }))).toBe(1006)
  } finally {
    await off.stop()
  }
})

/** A STUN binding request (RFC 8489) with a name, a priority, the controlling role and no integrity. */
function binding(name: string): Buffer {
  const attribute = (type: number, value: Buffer): Buffer => {
    const head = Buffer.alloc(4)
    head.writeUInt16BE(type)
    head.writeUInt16BE(value.length, 2)
    return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)])
  }
  const body = Buffer.concat([
    attribute(0x0006, Buffer.from(name)),
    attribute(0x0024, Buffer.from([110, 0, 30, 255])),
    attribute(0x802a, randomBytes(8))
  ])
  const head = Buffer.alloc(20)
  head.writeUInt16BE(0x0001)
  head.writeUInt16BE(body.length, 2)
  head.writeUInt32BE(0x2112a442, 4)
  randomBytes(12).copy(head, 8)
  return Buffer.concat([head, body])
}
