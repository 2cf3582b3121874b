/** The cabin video of the simulated taxi: pictures and sound of ffmpeg as JT/T 1078 packets to where 0x9101 says, by TCP or UDP, until 0x9102 or the line ends. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import type { Readable } from 'node:stream'
import { cabinPicture, cabinSound, FPS } from './simulated-cabin.ts'

/** The standard's bound of a packet's body. */
const BODY = 950
const DELIMITER = Buffer.from([0, 0, 0, 1, 9])
const PICTURE = 98
const SOUND = { pcma: 6, aac: 19 } as const
/** G.711 of a packet: 40 ms. */
const SOUND_BYTES = 320

export interface CabinVideoOptions {
  readonly phone: string
  readonly plate: string
  /** How it codes its sound. */
  readonly sound?: 'pcma' | 'aac'
}

export interface CabinVideo {
  /** A 0x9101 has come. */
  ask(body: Buffer): void
  /** A 0x9102 has come. */
  end(body: Buffer): void
  stop(): void
  readonly sending: boolean
  /** What is sent now. */
  readonly heard: boolean
  readonly transport: 'tcp' | 'udp' | undefined
  /** 0x9101 and 0x9102 that arrived. */
  readonly asked: number
  readonly ended: number
}

interface Running {
  readonly ffmpeg: ChildProcess
  readonly line: Line
  readonly heard: boolean
}

interface Line {
  readonly transport: 'tcp' | 'udp'
  send(packet: Buffer): void
  close(): void
}

export function createCabinVideo(options: CabinVideoOptions): CabinVideo {
  const { phone, plate, sound = 'pcma' } = options
  const sim = Buffer.from(phone.slice(-12).padStart(12, '0'), 'hex')
  let running: Running | undefined
  const counts = { asked: 0, ended: 0 }

  function stop(): void {
    running?.ffmpeg.kill('SIGKILL')
    running?.line.close()
    running = undefined
  }

  function start(to: Wish): void {
    stop()
    const { channel, heard } = to
    const over = (): void => {
      if (running === own) stop()
    }
    const line = openLine(to, over)
    const args = [...['-v', 'error', ...cabinPicture(plate, channel)], ...(heard ? cabinSound(sound) : [])]
    const ffmpeg = spawn('ffmpeg', args, {
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
      // The clock in the picture is the one on the driver's wrist.
      env: { ...process.env, TZ: 'Asia/Shanghai' }
    })
    const own: Running = { ffmpeg, line, heard }
    running = own
    // One count for all that a channel sends.
    let sequence = 0
    const beganMs = Date.now()
    let pictures = 0
    const send = (body: Buffer, kind: number, payloadType: number, part: number, timeMs: number): void => {
      const head = Buffer.alloc(kind === 3 ? 26 : 30)
      head.write('01cd', 0, 'latin1')
      head.set([0x81, payloadType | (part === 0 || part === 2 ? 0x80 : 0)], 4)
      head.writeUInt16BE(sequence++ & 0xffff, 6)
      sim.copy(head, 8)
      head.set([channel, (kind << 4) | part], 14)
      head.writeBigUInt64BE(BigInt(timeMs), 16)
      head.writeUInt16BE(body.length, head.length - 2)
      line.send(Buffer.concat([head, body]))
    }
    each(ffmpeg.stdout, nextPicture, picture => {
      const timeMs = beganMs + Math.round((pictures * 1000) / FPS)
      const kind = pictures++ % FPS === 0 ? 0 : 1
      const count = Math.ceil(picture.length / BODY)
      for (let n = 0; n < count; n++) {
        const part = count === 1 ? 0 : n === 0 ? 1 : n === count - 1 ? 2 : 3
        send(picture.subarray(n * BODY, (n + 1) * BODY), kind, PICTURE, part, timeMs)
      }
    })
    let samples = 0
    each(ffmpeg.stdio[3] as Readable, sound === 'aac' ? nextAdts : nextSamples, unit => {
      send(unit, 3, SOUND[sound], 0, beganMs + Math.round(samples / 8))
      samples += sound === 'aac' ? 512 : unit.length
    })
    ffmpeg.on('error', over)
    ffmpeg.on('close', over)
  }

  return {
    ask(body) {
      counts.asked += 1
      const wish = wishOf(body)
      if (wish) start(wish)
    },
    end() {
      counts.ended += 1
      stop()
    },
    stop,
    get sending() {
      return running !== undefined
    },
    get heard() {
      return running?.heard === true
    },
    get transport() {
      return running?.line.transport
    },
    get asked() {
      return counts.asked
    },
    get ended() {
      return counts.ended
    }
  }
}

interface Wish {
  readonly host: string
  /** 0: not this way. */
  readonly tcp: number
  readonly udp: number
  readonly channel: number
  readonly heard: boolean
}

function wishOf(body: Buffer): Wish | undefined {
  const length = body[0] ?? 0
  if (body.length < length + 7) return undefined
  const [tcp, udp] = [body.readUInt16BE(1 + length), body.readUInt16BE(3 + length)]
  return {
    host: body.toString('latin1', 1, 1 + length),
    tcp,
    udp,
    channel: body[5 + length] ?? 1,
    heard: body[6 + length] === 0
  }
}

function openLine({ host, tcp, udp }: Wish, over: () => void): Line {
  if (tcp === 0) {
    const socket = createSocket('udp4')
    socket.on('error', over)
    let open = true
    return {
      transport: 'udp',
      // What a killed ffmpeg has written still comes; a closed socket throws.
      send: packet => open && socket.send(packet, udp, host, () => undefined),
      close() {
        if (open) socket.close()
        open = false
      }
    }
  }
  const socket = connect({ host, port: tcp, noDelay: true })
  socket.on('error', over)
  socket.on('close', over)
  return { transport: 'tcp', send: packet => void socket.write(packet), close: () => void socket.destroy() }
}

/** Cuts what comes; `next` gives the length of the first piece, 0 while it is not whole. */
function each(from: Readable | null, next: (bytes: Buffer) => number, take: (piece: Buffer) => void): void {
  let rest = Buffer.alloc(0)
  from?.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    for (let length = next(rest); length > 0; length = next(rest)) {
      take(rest.subarray(0, length))
      rest = rest.subarray(length)
    }
  })
}

/** A picture ends where the delimiter of the next one begins. */
const nextPicture = (bytes: Buffer): number => Math.max(0, bytes.indexOf(DELIMITER, 1))

const nextSamples = (bytes: Buffer): number => (bytes.length >= SOUND_BYTES ? SOUND_BYTES : 0)

/** ISO/IEC 13818-7 6.2: thirteen bits of length. */
function nextAdts(bytes: Buffer): number {
  const length = bytes.length < 7 ? 0 : (bytes.readUInt32BE(3) >>> 13) & 0x1fff
  return bytes.length >= length ? length : 0
}
