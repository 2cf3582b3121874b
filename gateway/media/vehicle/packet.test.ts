/** JT/T 1078 packets: those of other programs, cut anywhere, between noise; and a port that takes only what was asked for. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createFakeClock } from '../../testing/fake-clock.ts'
import { randomOf } from '../../testing/random.ts'
import { until } from '../../testing/wait.ts'
import { encode } from '../testing/encode.ts'
import { packet } from '../testing/vehicle-packets.ts'
import { nalsOf, PacketCutter, type VehiclePacket } from './packet.ts'
import { VehiclePort, type VehicleSink } from './port.ts'
import { VehicleSession, vehicleKey } from './session.ts'

/** Data only, from tests and documents of SmallChi/JT1078 (MIT), xtream-codec, go-jt808 and another encoder. */
const THEIRS = {
  picture:
    '3031636481e210880112345678100110000001 6bb392ca7c02800028002e0000000161e1a2bf0098cfc0ee1e17283407788e39a403fddbd1d546bfb063013f59ac34c97a021ab96a28a42c08',
  sound: '303163648186abcd01380013800002300000019febab40950003d5c7fa',
  short: '3031636481e2007b0138001389990220000000000001b2070021002c00050102030405',
  key: '3031636481e20000295696659617010000000000000000000000000000020000'
}
const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')

function cut(...chunks: Buffer[]) {
  const cutter = new PacketCutter()
  const packets: VehiclePacket[] = []
  const faults: string[] = []
  for (const chunk of chunks)
    cutter.push(
      chunk,
      packet => packets.push({ ...packet, body: Buffer.from(packet.body) }),
      fault => faults.push(fault)
    )
  return { packets, faults }
}

it('a packet that comes byte by byte costs what it costs in one piece', () => {
  const long = packet(1, Buffer.alloc(60_000, 7))
  const chunks = Array.from(long, byte => Buffer.from([byte]))
  const copied = vi.spyOn(Buffer.prototype, 'copy')
  const joined = vi.spyOn(Buffer, 'concat')
  const { packets } = cut(...chunks)
  const all = [...copied.mock.contexts, ...joined.mock.results.map(({ value }) => value as Buffer)]
  const bytes = all.reduce<number>((sum, from) => sum + (from as Buffer).length, 0)
  for (const spy of [copied, joined]) spy.mockRestore()
  expect(packets).toHaveLength(1)
  expect(packets[0]?.body.equals(Buffer.alloc(60_000, 7))).toBe(true)
  // Each byte once, and those before it as often as the room is doubled.
  expect(bytes).toBeLessThan(4 * long.length)
})

describe('packets of other programs', () => {
  it('a picture in one packet, with its number, SIM, channel and time', () => {
    const { packets } = cut(bytesOf(THEIRS.picture))
    expect(packets).toMatchObject([
      {
        ...{ payloadType: 98, sequence: 0x1088, sim: '011234567810', channel: 1, kind: 1, part: 0 },
        timeMs: 1_562_085_870_204
      }
    ])
    const body = packets[0]?.body ?? Buffer.alloc(0)
    expect(body).toHaveLength(46)
    expect([...nalsOf(body)]).toEqual([{ from: 4, to: 46 }])
  })

  it('sound, a B picture and a key picture', () => {
    const { packets, faults } = cut(Buffer.concat([THEIRS.sound, THEIRS.short, THEIRS.key].map(bytesOf)))
    expect(packets.map(each => [each.payloadType, each.kind, each.channel, each.body.length])).toEqual([
      [6, 3, 2, 3],
      [98, 2, 2, 5],
      [98, 0, 1, 2]
    ])
    expect(packets[0]?.timeMs).toBe(0x19febab4095)
    expect(faults).toEqual([])
  })

  it('cut anywhere, and between noise', () => {
    const whole = Buffer.concat([
      Buffer.from('30GET / 01cc'),
      bytesOf(THEIRS.picture),
      Buffer.from('0101'),
      bytesOf(THEIRS.sound)
    ])
    const bytes = [...whole].map(byte => Buffer.from([byte]))
    expect(cut(...bytes).packets).toEqual(cut(whole).packets)
    expect(cut(whole).packets).toHaveLength(2)
    expect(cut(whole).faults).toEqual(['noise', 'noise'])
    // A kind that there is not: passed over, and the next packet is read.
    const odd = bytesOf(THEIRS.picture)
    odd[15] = 0x90
    expect(cut(odd, bytesOf(THEIRS.key)).packets).toHaveLength(1)
  })
})

describe('a SIM of ten bytes', () => {
  const WIDE = '00000000013900000007'
  const parts = [
    packet(1, Buffer.from([0, 0, 1, 0x65, 1]), { sim: WIDE, part: 1 }),
    packet(2, Buffer.alloc(40, 0xd5), { sim: WIDE, kind: 3, payloadType: 6 }),
    packet(3, Buffer.from([7, 8]), { sim: WIDE, kind: 4 }),
    packet(4, Buffer.from([9]), { sim: WIDE, kind: 1, part: 2 })
  ]

  it('is read as its last twelve digits, cut anywhere, after noise too', () => {
    const whole = Buffer.concat([Buffer.from('01cd noise'), ...parts, Buffer.from('01'), ...parts])
    const bytes = [...whole].map(byte => Buffer.from([byte]))
    const { packets } = cut(Buffer.from(whole))
    expect(cut(...bytes).packets).toEqual(packets)
    expect(packets.slice(-4)).toMatchObject(
      [
        { sequence: 1, kind: 0, part: 1, timeMs: 1_700_000_000_000, body: Buffer.from([0, 0, 1, 0x65, 1]) },
        { sequence: 2, kind: 3, payloadType: 6, body: Buffer.alloc(40, 0xd5) },
        { sequence: 3, kind: 4, body: Buffer.from([7, 8]) },
        { sequence: 4, kind: 1, part: 2, body: Buffer.from([9]) }
      ].map(each => ({ ...each, sim: '013900000007', channel: 1 }))
    )
  })

  it('whose digits could be channel and kind of a shorter one is told by who is awaited', () => {
    // Read as six bytes: 861212345678 without its end, channel 0x12, kind 3, part 1.
    const twenty = '86001234567812310637'
    const bytes = packet(1, Buffer.from([1]), { sim: twenty })
    const simOf = (awaited: (key: string) => boolean) => {
      const sims: string[] = []
      new PacketCutter(awaited).push(
        Buffer.from(bytes),
        ({ sim }) => sims.push(sim),
        () => undefined
      )
      return sims
    }
    expect(simOf(key => key === '567812310637/1')).toEqual(['567812310637'])
    expect(simOf(key => key === '860012345678/18')).not.toContain('567812310637')
  })

  it('six bytes stay six, also of a terminal whose clock is long behind', () => {
    // 2010: the time's bytes could be channel and kind.
    const early = packet(1, Buffer.from([1, 2, 3]), { sim: '013912345678', timeMs: 0x12a_1234_5678 })
    expect(cut(early).packets).toMatchObject([{ sim: '013912345678', body: Buffer.from([1, 2, 3]) }])
  })
})

const FUZZ = process.env.PINGAN_FULL ? 1_000_000 : 20_000

it(`${FUZZ} mutated and random chunks: no exception, and the next good packet is read`, () => {
  const random = randomOf(1078)
  const wide = packet(1, Buffer.alloc(30, 7), { sim: '00000000013900000007' })
  const samples = [...Object.values(THEIRS).map(bytesOf), wide]
  const cutter = new PacketCutter()
  let packets = 0
  const push = (chunk: Buffer) => {
    cutter.push(
      chunk,
      packet => {
        packets += 1
        for (const { from, to } of nalsOf(packet.body)) if (to <= from) throw new Error('an empty NAL unit')
      },
      () => undefined
    )
  }
  for (let n = 0; n < FUZZ; n++) {
    const copy = Buffer.from(samples[random(samples.length)] ?? '')
    // A wrong length swallows what follows, up to 64 KB: more of them, and nothing would be read.
    if (random(200) === 0) for (let k = random(4); k >= 0; k--) copy[random(copy.length)] = random(256)
    push(random(100) === 0 ? copy.subarray(0, random(copy.length)) : copy)
    if (random(500) === 0) push(Buffer.from(Array.from({ length: random(400) }, () => random(256))))
  }
  expect(packets).toBeGreaterThan(FUZZ / 4)
  // Whatever length was claimed last, so many bytes end it.
  push(Buffer.alloc(70_000))
  const before = packets
  push(bytesOf(THEIRS.key))
  expect(packets).toBe(before + 1)
})

describe('the port', () => {
  const ends: (() => unknown)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  async function start() {
    const clock = createFakeClock()
    const port = new VehiclePort(clock)
    const number = await port.start(0, '127.0.0.1')
    ends.push(() => port.stop())
    const dial = async () => {
      const socket = connect(number, '127.0.0.1')
      socket.on('error', () => undefined)
      const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
      await once(socket, 'connect')
      ends.push(() => socket.destroy())
      return { socket, closed }
    }
    return { clock, port, dial }
  }

  it('closes who was not asked for, who says nothing, and who sends anything else', async () => {
    const { clock, port, dial } = await start()
    const stranger = await dial()
    stranger.socket.write(bytesOf(THEIRS.picture))
    await stranger.closed
    const noise = await dial()
    noise.socket.write(Buffer.alloc(300_000, 0x47))
    await noise.closed
    const silent = await dial()
    await until('it is here', () => clock.pending > 0)
    await clock.advance(10_001)
    await silent.closed
    await until('all were counted', () => port.refused === 3)
    await until('no timer is left', () => clock.pending === 0)
  })

  it('a vehicle gets in however many say nothing', async () => {
    const { port, dial } = await start()
    for (let n = 0; n < 70; n++) await dial()
    let taken = 0
    const sink = { opened: () => taken++, packet: () => undefined, fault: () => undefined, closed: () => undefined }
    port.wait('011234567810/1', sink)
    const { socket } = await dial()
    socket.write(bytesOf(THEIRS.picture))
    await until('it is taken', () => taken === 1)
    expect(port.refused).toBeGreaterThan(5)
  })

  it('what a hostile terminal sends costs little: endless parts, a thousand units, the camera of another', () => {
    const [faults, sinks]: [string[], VehicleSink[]] = [[], []]
    const port = {
      wait(_key: string, sink: VehicleSink) {
        sinks.push(sink)
        return () => undefined
      }
    }
    let packets = 0
    const session = new VehicleSession(
      { key: '013900000007/1', port: port as unknown as VehiclePort, clock: createFakeClock() },
      { playing: () => undefined, packet: () => packets++, fault: fault => faults.push(fault) }
    )
    const abort = new AbortController()
    void session.run(abort.signal)
    const base = { payloadType: 98, sim: '013900000007', channel: 1, kind: 0, timeMs: 1 } as const
    let sequence = 0
    const send = (part: number, body: Buffer, over: Partial<VehiclePacket> = {}) =>
      sinks[0]?.packet({ ...base, part, body, sequence: sequence++ & 0xffff, ...over }, 1)
    send(0, Buffer.from([0, 0, 1, 0x65]), { channel: 2 })
    expect([packets, faults.splice(0)]).toEqual([0, ['otherCamera']])
    sequence = 0
    send(1, Buffer.from([0, 0, 1, 0x65]))
    for (let n = 0; n < 40_000; n++) send(3, Buffer.alloc(0))
    send(2, Buffer.from([1]))
    expect([packets, faults.splice(0)]).toEqual([0, ['unitTooLarge']])
    send(0, Buffer.alloc(400_000, Buffer.from([0, 0, 1, 0x65])))
    expect([packets, faults.splice(0)]).toEqual([0, ['tooManyUnits']])
    send(0, Buffer.from([0, 0, 1, 0x65]))
    expect(packets).toBe(1)
    abort.abort()
  })

  it('gives a vehicle to the session that asked for it, as RTP whose units are whole; a hole is a hole', async () => {
    const { clock, port, dial } = await start()
    const packets: Buffer[] = []
    const codecs: string[] = []
    const session = new VehicleSession(
      { key: vehicleKey('jt1078://013900000007/1') ?? '', port, clock },
      {
        playing: ({ video }) => codecs.push(video.codec),
        packet: (_track, bytes) => packets.push(Buffer.from(bytes)),
        fault: () => undefined
      }
    )
    const abort = new AbortController()
    const over = expect(session.run(abort.signal)).rejects.toThrow('silent')
    const { socket, closed } = await dial()
    const pictures = encode({ seconds: 1, gop: 25, fps: 5, size: '160x90' })
    let sequence = 0
    const send = (picture: Buffer, lose = -1) => {
      for (let at = 0; at < picture.length; at += 300) {
        const part = picture.length <= 300 ? 0 : at === 0 ? 1 : at + 300 >= picture.length ? 2 : 3
        const head = Buffer.alloc(30)
        head.write('01cd', 'latin1')
        head.set([0x81, 98], 4)
        head.writeUInt16BE(sequence++, 6)
        head.write('013900000007', 8, 'hex')
        head.set([1, part], 14)
        head.writeBigUInt64BE(1_700_000_000_000n, 16)
        const body = picture.subarray(at, at + 300)
        head.writeUInt16BE(body.length, 28)
        if (at / 300 !== lose) socket.write(Buffer.concat([head, body]))
      }
    }
    const annexB = (nals: readonly Buffer[]) => Buffer.concat(nals.flatMap(nal => [Buffer.from([0, 0, 0, 1]), nal]))
    const [first = [], second = []] = pictures
    send(annexB(first))
    await until('the first picture', () => packets.length === first.length)
    expect(codecs).toEqual(['h264'])
    expect(packets.map(packet => packet.subarray(12).toString('hex'))).toEqual(first.map(nal => nal.toString('hex')))
    expect(packets.map(packet => (packet[1] ?? 0) >> 7)).toEqual(first.map((_, n) => Number(n === first.length - 1)))
    expect(packets[0]?.readUInt32BE(4)).toBe((1_700_000_000_000 * 90) % 2 ** 32)
    send(annexB(first), 1)
    send(annexB(second))
    await until('the picture after the hole', () => packets.length === first.length + second.length)
    const numbers = packets.map(packet => packet.readUInt16BE(2))
    expect(numbers[first.length]).toBeGreaterThan((numbers[first.length - 1] ?? 0) + 1)
    await clock.advance(16_000)
    await over
    await closed
    await until('no timer is left', () => clock.pending === 0)
  })
})
