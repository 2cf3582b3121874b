/** The cabin video of the simulated taxi: pictures of ffmpeg as JT/T 1078 packets to where 0x9101 says, until 0x9102 or the line ends. */
import { type ChildProcess, spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'

/** The standard's bound of a packet's body. */
const BODY = 950
const FPS = 25
const DELIMITER = Buffer.from([0, 0, 0, 1, 9])

export interface CabinVideo {
  /** A 0x9101 has come. */
  ask(body: Buffer): void
  /** A 0x9102 has come. */
  end(body: Buffer): void
  stop(): void
  readonly sending: boolean
  /** 0x9101 and 0x9102 that arrived. */
  readonly asked: number
  readonly ended: number
}

export function createCabinVideo(phone: string): CabinVideo {
  const sim = Buffer.from(phone.slice(-12).padStart(12, '0'), 'hex')
  let running: { readonly ffmpeg: ChildProcess; readonly socket: Socket } | undefined
  const counts = { asked: 0, ended: 0 }

  function stop(): void {
    running?.ffmpeg.kill('SIGKILL')
    running?.socket.destroy()
    running = undefined
  }

  function start(host: string, port: number, channel: number): void {
    stop()
    const socket = connect({ host, port, noDelay: true })
    const options = `keyint=${FPS}:min-keyint=${FPS}:scenecut=0:bframes=0:aud=1:repeat-headers=1:threads=1`
    const args = `-v error -re -f lavfi -i testsrc2=size=320x180:rate=${FPS} -pix_fmt yuv420p -c:v libx264 -preset ultrafast -x264-params ${options} -f h264 pipe:1`
    const ffmpeg = spawn('ffmpeg', args.split(' '), { stdio: ['ignore', 'pipe', 'ignore'] })
    const own = { ffmpeg, socket }
    running = own
    let rest = Buffer.alloc(0)
    let sequence = 0
    let pictures = 0
    const beganMs = Date.now()
    ffmpeg.stdout?.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk])
      // A picture ends where the delimiter of the next one begins.
      for (let next = rest.indexOf(DELIMITER, 1); next > 0; next = rest.indexOf(DELIMITER, 1)) {
        const picture = rest.subarray(0, next)
        rest = rest.subarray(next)
        const timeMs = beganMs + Math.round((pictures * 1000) / FPS)
        for (const packet of packets(picture, pictures % FPS === 0, timeMs)) socket.write(packet)
        pictures += 1
      }
    })
    const over = (): void => {
      if (running === own) stop()
    }
    socket.on('error', over)
    socket.on('close', over)
    ffmpeg.on('error', over)
    ffmpeg.on('close', over)

    function* packets(picture: Buffer, key: boolean, timeMs: number): Generator<Buffer> {
      const count = Math.ceil(picture.length / BODY)
      for (let n = 0; n < count; n++) {
        const body = picture.subarray(n * BODY, (n + 1) * BODY)
        const part = count === 1 ? 0 : n === 0 ? 1 : n === count - 1 ? 2 : 3
        const head = Buffer.alloc(30)
        head.write('01cd', 0, 'latin1')
        head[4] = 0x81
        head[5] = 98 | (part === 0 || part === 2 ? 0x80 : 0)
        head.writeUInt16BE(sequence++ & 0xffff, 6)
        sim.copy(head, 8)
        head[14] = channel
        head[15] = ((key ? 0 : 1) << 4) | part
        head.writeBigUInt64BE(BigInt(timeMs), 16)
        head.writeUInt16BE(body.length, 28)
        yield Buffer.concat([head, body])
      }
    }
  }

  return {
    ask(body) {
      counts.asked += 1
      const length = body[0] ?? 0
      const channelAt = 1 + length + 4
      if (body.length <= channelAt) return
      start(body.toString('latin1', 1, 1 + length), body.readUInt16BE(1 + length), body[channelAt] ?? 1)
    },
    end() {
      counts.ended += 1
      stop()
    },
    stop,
    get sending() {
      return running !== undefined
    },
    get asked() {
      return counts.asked
    },
    get ended() {
      return counts.ended
    }
  }
}
