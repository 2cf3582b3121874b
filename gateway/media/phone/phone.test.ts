/** What a phone sends: messages read or refused whatever they are, one connection for one waiting stream, and a flood cut. */
import { EventEmitter } from 'node:events'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { type CameraId, id } from '../../core/brand.ts'
import { createFakeClock } from '../../testing/fake-clock.ts'
import type { VehiclePacket } from '../vehicle/packet.ts'
import { PhoneDoor, phoneKey } from './door.ts'
import { HEAD_BYTES, PART_BYTES, readFrame } from './frame.ts'

const CAMERA = id<CameraId>('phone:u1')

function message(flags: number, body: Buffer, { version = 1, sequence = 7, timeMs = 1_700_000_000_000n } = {}): Buffer {
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt8(version, 0)
  head.writeUInt8(flags, 1)
  head.writeUInt16BE(sequence, 2)
  head.writeBigUInt64BE(timeMs, 4)
  return Buffer.concat([head, body])
}

class FakeSocket extends EventEmitter {
  readonly sent: string[] = []
  code = 0
  send(text: string) {
    this.sent.push(text)
  }
  close(code: number) {
    this.code = code
    this.emit('close')
  }
}
const socket = () => new FakeSocket()
const asSocket = (fake: FakeSocket) => fake as unknown as WebSocket

function waiting(door: PhoneDoor) {
  const seen = { opened: 0, closed: 0, faults: 0, packets: [] as VehiclePacket[], end: () => {} }
  const end = door.wait(phoneKey(CAMERA), {
    opened(end) {
      seen.opened++
      seen.end = end
    },
    packet: packet => void seen.packets.push(packet),
    fault: () => void seen.faults++,
    closed: () => void seen.closed++
  })
  return { seen, end }
}

it('reads a message as the packet of the ingest: key, parts, number, time', () => {
  const body = Buffer.from([0, 0, 0, 1, 0x65])
  const read = (flags: number) => readFrame(message(flags, body), CAMERA)
  expect(read(7)).toEqual({
    ...{ payloadType: 98, sequence: 7, sim: CAMERA, channel: 1, kind: 0, part: 0, timeMs: 1_700_000_000_000, body }
  })
  expect([6, 2, 0, 4].map(flags => [read(flags)?.kind, read(flags)?.part])).toEqual([
    [1, 0],
    [1, 1],
    [1, 3],
    [1, 2]
  ])
})

it('refuses whatever is none, and never throws', () => {
  const body = Buffer.alloc(10)
  const bad = [
    ...[Buffer.alloc(0), Buffer.alloc(HEAD_BYTES), message(7, body, { version: 2 }), message(8, body)],
    ...[message(7, Buffer.alloc(PART_BYTES + 1)), message(7, body, { timeMs: 2n ** 63n })]
  ]
  for (const each of bad) expect(readFrame(each, CAMERA)).toBeUndefined()
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), bytes => void readFrame(Buffer.from(bytes), CAMERA)))
})

it('a phone is taken once, by the stream that waits for it', () => {
  const door = new PhoneDoor(createFakeClock())
  const early = socket()
  door.accept(asSocket(early), CAMERA)
  expect(early.code).toBe(1013)
  const { seen } = waiting(door)
  const phone = socket()
  door.accept(asSocket(phone), CAMERA)
  expect([phone.sent, seen.opened]).toEqual([['{"type":"ready"}'], 1])
  phone.emit('message', message(7, Buffer.from([0, 0, 1, 0x65])), true)
  expect(seen.packets).toHaveLength(1)
  // Back from a lost network while the old line still stands: that one goes, the next try is taken.
  const again = socket()
  door.accept(asSocket(again), CAMERA)
  expect([phone.code, again.code, seen.closed]).toEqual([4409, 1013, 1])
  waiting(door)
  const third = socket()
  door.accept(asSocket(third), CAMERA)
  expect(third.sent).toHaveLength(1)
})

it('who does not answer the farewell is gone all the same: nothing more of it is taken, and its place is free', () => {
  const door = new PhoneDoor(createFakeClock())
  const deaf = () => Object.assign(socket(), { close: () => undefined })
  const picture = message(7, Buffer.from([0, 0, 1, 0x65]))
  const { seen } = waiting(door)
  const dead = deaf()
  door.accept(asSocket(dead), CAMERA)
  door.accept(asSocket(socket()), CAMERA)
  dead.emit('message', picture, true)
  expect([seen.closed, seen.packets.length]).toEqual([1, 0])
  const { seen: next } = waiting(door)
  const ended = deaf()
  door.accept(asSocket(ended), CAMERA)
  next.end()
  ended.emit('message', picture, true)
  ended.emit('close')
  expect([next.packets.length, next.closed]).toEqual([0, 0])
})

it('nobody is taken once the stream no longer waits', () => {
  const door = new PhoneDoor(createFakeClock())
  waiting(door).end()
  const phone = socket()
  door.accept(asSocket(phone), CAMERA)
  expect(phone.code).toBe(1013)
})

it('cuts who sends no pictures, and who sends too much', async () => {
  const clock = createFakeClock()
  const door = new PhoneDoor(clock)
  const { seen } = waiting(door)
  const noisy = socket()
  door.accept(asSocket(noisy), CAMERA)
  for (let n = 0; n < 21; n++) noisy.emit('message', Buffer.from('hello'), n % 2 === 0)
  expect([noisy.code, seen.faults]).toEqual([4400, 21])
  const { seen: next } = waiting(door)
  const flood = socket()
  door.accept(asSocket(flood), CAMERA)
  const part = message(2, Buffer.alloc(PART_BYTES))
  for (let n = 0; n < 90; n++) flood.emit('message', part, true)
  expect(flood.code).toBe(0)
  await clock.advance(1_000)
  for (let n = 0; n < 92 && flood.code === 0; n++) flood.emit('message', part, true)
  expect(flood.code).toBe(4413)
  expect(next.packets.length).toBeGreaterThan(170)
})
