/** Vehicles' packets by UDP and from terminals that count in their own way: in order again, whole, and from nobody else. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createFakeClock } from '../../testing/fake-clock.ts'
import { randomOf } from '../../testing/random.ts'
import { until } from '../../testing/wait.ts'
import { encode } from '../testing/encode.ts'
import { annexB, packet, picturePackets, SIM } from '../testing/vehicle-packets.ts'
import { VehicleOrder } from './order.ts'
import { decode, keyOfPacket, packetsOf } from './packet.ts'
import { VehiclePort } from './port.ts'
import { VehicleSession } from './session.ts'

/**
 * Two headers of a terminal LSZ-C5804DG-Q-F as they were captured by a relay's authors (their tests give them byte for byte): sound is number 29, 45 ms after
 * the first picture's number 0, so both are counted together.
 */
const CAPTURED = {
  sound: '303163648186001d0144826075710130000001a065e9ea8a0140',
  picture: '30316364816200000144826075710101000001a065e9ea5d00000000000a'
}

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const PICTURES = encode({ seconds: 1, gop: 5, fps: 10, size: '160x90' })

async function start() {
  const clock = createFakeClock()
  const port = new VehiclePort(clock)
  const number = await port.start(0, '127.0.0.1', true)
  ends.push(() => port.stop())
  const units: Buffer[] = []
  const faults: string[] = []
  let askedMs: number | undefined
  const transports: string[] = []
  const session = new VehicleSession(
    { key: `${SIM}/1`, port, clock },
    {
      playing: (_tracks, transport) => transports.push(transport),
      packet: (_track, bytes, from, to) => units.push(Buffer.from(bytes.subarray(from + 12, to))),
      askedMs: () => askedMs,
      fault: fault => faults.push(fault)
    }
  )
  const abort = new AbortController()
  const over = session.run(abort.signal)
  ends.push(() => {
    abort.abort()
    return over.catch(() => undefined)
  })
  const terminal = async (address = '127.0.0.1') => {
    const socket = createSocket('udp4')
    socket.bind(0, address)
    await once(socket, 'listening')
    ends.push(() => socket.close())
    return (bytes: Buffer) => new Promise<void>(resolve => socket.send(bytes, number, '127.0.0.1', () => resolve()))
  }
  const dial = async () => {
    const socket = connect(number, '127.0.0.1')
    socket.on('error', () => undefined)
    const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
    await once(socket, 'connect')
    ends.push(() => socket.destroy())
    return { socket, closed }
  }
  const nals = (count: number) => PICTURES.slice(0, count).flat()
  const ask = () => {
    askedMs = clock.steady()
  }
  return { ask, clock, port, units, faults, transports, terminal, dial, over, nals }
}

describe('numbers', () => {
  it('of a terminal that was captured: sound and pictures have one count', () => {
    const [picture, sound] = [CAPTURED.picture, CAPTURED.sound].map(hex => {
      const head = Buffer.from(hex, 'hex')
      return Buffer.concat([head, Buffer.alloc(head.readUInt16BE(head.length - 2), 0xd5)])
    })
    for (const bytes of [picture, sound]) expect([...packetsOf(bytes ?? Buffer.alloc(0))]).toEqual([bytes])
    expect(decode(picture ?? Buffer.alloc(0), 40)).toMatchObject({ payloadType: 98, kind: 0, part: 1, sequence: 0 })
    expect(decode(sound ?? Buffer.alloc(0), 346)).toMatchObject({ payloadType: 6, kind: 3, part: 0, sequence: 29 })
    expect(keyOfPacket(sound ?? Buffer.alloc(0))).toBe('014482607571/1')
  })

  it.each([false, true])(
    'sound between the parts of a picture makes no hole in it; counted by itself: %s',
    async own => {
      const { units, dial, nals } = await start()
      const { socket } = await dial()
      const next = { all: 0, sound: 0 }
      for (const [k, each] of PICTURES.slice(0, 3).entries())
        for (const bytes of picturePackets(0, annexB(each), { kind: k === 0 ? 0 : 1 })) {
          bytes.writeUInt16BE(next.all++, 6)
          socket.write(bytes)
          const sequence = own ? next.sound++ : next.all++
          socket.write(packet(sequence, Buffer.alloc(160, 0xd5), { kind: 3, payloadType: 6 }))
        }
      await until('all pictures', () => units.length >= nals(3).length)
      expect(units).toEqual(nals(3))
    }
  )

  it('in one count or in two: each is put in order by itself', async () => {
    for (const own of [false, true]) {
      const clock = createFakeClock()
      const given: string[] = []
      const order = new VehicleOrder(clock, {
        packet: bytes => given.push(`${bytes[15] === 0x30 ? 's' : 'p'}${bytes.readUInt16BE(6)}`),
        fault: fault => given.push(fault)
      })
      const sent: Buffer[] = []
      let shared = 0
      for (let n = 0; n < 40; n++) {
        sent.push(packet(own ? n : shared++, Buffer.from([1])))
        if (n % 4 === 0) sent.push(packet(own ? n / 4 : shared++, Buffer.from([1]), { kind: 3, payloadType: 6 }))
      }
      // All but the first two change places with their neighbours.
      for (const bytes of sent.slice(0, 2)) order.push(bytes, 0)
      for (let n = 2; n + 1 < sent.length; n += 2)
        for (const bytes of [sent[n + 1], sent[n]]) if (bytes) order.push(bytes, 0)
      await clock.advance(100)
      expect(given.filter(each => each.startsWith('p') || each.startsWith('s'))).toHaveLength(50)
      const of = (kind: string) => given.filter(each => each.startsWith(kind)).map(each => Number(each.slice(1)))
      for (const kind of ['p', 's']) expect(of(kind)).toEqual(of(kind).toSorted((a, b) => a - b))
      expect(order.held).toBe(0)
      order.close()
      expect(clock.pending).toBe(0)
    }
  })
})

describe('the port by UDP', () => {
  it('pictures out of order and doubled are whole; what is lost is left out; another address is nobody', async () => {
    const { clock, port, units, faults, transports, terminal, nals } = await start()
    const [own, foreign] = [await terminal(), await terminal()]
    let n = 0
    const packets = (k: number) => {
      const made = picturePackets(n, annexB(PICTURES[k] ?? []), { kind: k % 5 === 0 ? 0 : 1 })
      n += made.length
      return made
    }
    const first = packets(0)
    await own(first[0] ?? Buffer.alloc(0))
    // The rest backwards, each twice.
    for (const bytes of first.slice(1).toReversed()) {
      await own(bytes)
      await own(bytes)
    }
    await until('the first picture', () => units.length === nals(1).length)
    expect(units).toEqual(nals(1))
    expect(transports).toEqual(['udp'])
    expect(faults).toContain('udpDuplicate')
    await foreign(packet(n, annexB(PICTURES[1] ?? [])))
    await until('the foreign one is counted', () => faults.includes('udpForeign'))
    const before = port.refused
    await foreign(packet(0, Buffer.from([1]), { channel: 2 }))
    await foreign(Buffer.from('GET / HTTP/1.1\r\n'))
    await until('two were refused', () => port.refused === before + 2)
    // One part of the second is lost: given up after its wait, and the keyframe is whole again.
    for (const bytes of packets(1).slice(1)) await own(bytes)
    const key = packets(5)
    for (const bytes of key) await own(bytes)
    await until('held back', () => clock.pending > 1)
    await clock.advance(100)
    await until('the next keyframe', () => units.length === nals(1).length + (PICTURES[5]?.length ?? 0))
    expect(units.slice(nals(1).length)).toEqual(PICTURES[5])
  })

  it('a vehicle that was silent may come from another address; silent for long, its line is over', async () => {
    const { clock, units, terminal, over, nals } = await start()
    const [before, after] = [await terminal(), await terminal()]
    await before(packet(0, annexB(PICTURES[0] ?? [])))
    await until('the first picture', () => units.length === nals(1).length)
    await clock.advance(3_001)
    await after(packet(1, annexB(PICTURES[1] ?? []), { kind: 1 }))
    await until('the second picture', () => units.length === nals(2).length)
    const ended = expect(over).rejects.toThrow('silent')
    await clock.advance(16_000)
    await ended
    await until('no timer is left', () => clock.pending === 0)
  })

  it('a clock that is set, ahead or back, is no silence: the line stays, and stays the first address’s', async () => {
    const { clock, units, faults, terminal, nals } = await start()
    const [own, foreign] = [await terminal(), await terminal()]
    await own(packet(0, annexB(PICTURES[0] ?? [])))
    await until('the first picture', () => units.length === nals(1).length)
    clock.set(3_600_000)
    await foreign(packet(1, annexB(PICTURES[1] ?? []), { kind: 1 }))
    await until('the foreign one is counted', () => faults.includes('udpForeign'))
    await clock.advance(1_000)
    clock.set(-7_200_000)
    await clock.advance(1_000)
    await own(packet(1, annexB(PICTURES[1] ?? []), { kind: 1 }))
    await until('the second picture', () => units.length === nals(2).length)
  })
})

it.each(['udp', 'tcp'])('a SIM of ten bytes by %s is the vehicle that was asked for', async way => {
  const { units, transports, terminal, dial, nals } = await start()
  const sim = SIM.padStart(20, '0')
  const { socket } = await dial()
  const send = way === 'udp' ? await terminal() : (bytes: Buffer) => void socket.write(bytes)
  let n = 0
  for (const [k, each] of PICTURES.slice(0, 3).entries())
    for (const bytes of picturePackets(n, annexB(each), { sim, kind: k === 0 ? 0 : 1 })) {
      n += 1
      await send(bytes)
    }
  await until('all pictures', () => units.length >= nals(3).length)
  expect(units).toEqual(nals(3))
  expect(transports).toEqual([way])
})

it('a terminal that was asked for a connection after datagrams is taken at once; a late datagram is nobody’s', async () => {
  const { port, units, terminal, dial, transports, nals, clock } = await start()
  const send = await terminal()
  for (const bytes of picturePackets(0, annexB(PICTURES[0] ?? []), { kind: 0 })) await send(bytes)
  await clock.advance(100)
  await until('a picture by datagrams', () => units.length >= nals(1).length)
  const { socket } = await dial()
  for (const bytes of picturePackets(0, annexB(PICTURES[0] ?? []), { kind: 0 })) socket.write(bytes)
  await until('the same by its connection', () => units.length >= 2 * nals(1).length)
  const before = port.refused
  await send(packet(900, Buffer.alloc(20), { kind: 1 }))
  await until('the late one is refused', () => port.refused === before + 1)
  for (const bytes of picturePackets(40, annexB(PICTURES[0] ?? []), { kind: 0 })) socket.write(bytes)
  await until('the connection goes on', () => units.length >= 3 * nals(1).length)
  expect(transports[0]).toBe('udp')
  expect(socket.destroyed).toBe(false)
})

it('a terminal that was asked for something else comes from another port at once, and once; another address, and a port without an order, do not', async () => {
  const { ask, clock, units, faults, terminal, nals } = await start()
  const [old, anew, third, foreign] = [
    ...[await terminal(), await terminal(), await terminal()],
    await terminal('127.0.0.2')
  ] as const
  const picture = (number: number) => picturePackets(number, annexB(PICTURES[0] ?? []), { kind: 0 })
  const send = async (by: typeof old, number: number) => {
    for (const bytes of picture(number)) await by?.(bytes)
  }
  const shown = (times: number) => until(`${times} times`, () => units.length === times * nals(1).length)
  const refused = async (by: typeof old) => {
    const before = faults.filter(each => each === 'udpForeign').length
    await by?.(packet(900, Buffer.alloc(20), { kind: 1 }))
    await until('it is refused', () => faults.filter(each => each === 'udpForeign').length === before + 1)
  }
  await send(old, 0)
  await shown(1)
  await refused(anew)
  ask()
  await refused(foreign)
  await send(anew, 0)
  await shown(2)
  // What the old port has still sent, and a third one, are late or somebody else's.
  await refused(old)
  await refused(third)
  await refused(foreign)
  await send(anew, picture(0).length)
  await shown(3)
  ask()
  for (let second = 0; second < 16; second++) {
    await clock.advance(1_000)
    await send(anew, (second + 2) * picture(0).length)
    await shown(4 + second)
  }
  await refused(third)
})

it('a terminal that dials again from its own address takes the place of its old connection', async () => {
  const { units, dial, nals } = await start()
  const old = await dial()
  old.socket.write(packet(0, annexB(PICTURES[0] ?? [])))
  await until('the first picture', () => units.length === nals(1).length)
  const anew = await dial()
  anew.socket.write(packet(0, annexB(PICTURES[0] ?? [])))
  await old.closed
  await until('the first picture again', () => units.length === 2 * nals(1).length)
})

const FUZZ = process.env.PINGAN_FULL ? 1_000_000 : 20_000

it(`${FUZZ} mutated and random datagrams: no exception, nothing held for long, and the next good ones are read`, async () => {
  const random = randomOf(7613)
  const clock = createFakeClock()
  let given = 0
  const order = new VehicleOrder(clock, { packet: () => given++, fault: () => undefined })
  const push = (datagram: Buffer) => {
    for (const bytes of packetsOf(datagram)) {
      decode(bytes, bytes.length)
      keyOfPacket(bytes)
      order.push(bytes, clock.now())
    }
  }
  for (let n = 0; n < FUZZ; n++) {
    const sound = random(3) === 0
    const made = packet(n, Buffer.alloc(random(40)), sound ? { kind: 3, payloadType: 6 } : {})
    if (random(4) === 0) made.write('00000000', 8, 'hex')
    for (let k = random(4) - 1; k > 0; k--) made[random(made.length)] = random(256)
    if (random(50) !== 0) push(random(100) === 0 ? made.subarray(0, random(made.length)) : made)
    if (random(100) === 0) push(Buffer.from(Array.from({ length: random(200) }, () => random(256))))
    if (n % 1_000 === 0) await clock.advance(100)
  }
  expect(given).toBeGreaterThan(FUZZ / 4)
  await clock.advance(100)
  expect(order.held).toBe(0)
  const before = given
  for (let n = 0; n < 8; n++) push(packet(30_000 + n, Buffer.from([1])))
  await clock.advance(200)
  expect(given).toBeGreaterThan(before)
  order.close()
  expect(clock.pending).toBe(0)
}, 300_000)
