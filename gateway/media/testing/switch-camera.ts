/** A camera with a switch for each way to misbehave, by TCP and UDP; for the fault matrix and the soak. */
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { Mutator } from '../../testing/mutate.ts'
import { nalType, type PictureNals } from './encode.ts'
import { Packetiser } from './packetise.ts'
import { interleaved } from './scripted-camera.ts'

export const SWITCHES = [
  'silent',
  'slow',
  'cut',
  'wrongDigest',
  'rtpJump',
  'rtcpJump',
  'loss',
  'reorder',
  'duplicate',
  'parameters',
  'garbage',
  'hostileLengths',
  'hostileHead',
  'teardown',
  'endlessHeader',
  'halfOpen',
  'noKeyframe',
  'noMarkers',
  'huge'
] as const
export type Switch = (typeof SWITCHES)[number]

/** These show only in a new session. */
const CUTTING: readonly Switch[] = ['wrongDigest', 'halfOpen', 'noKeyframe']
const FRAME_MS = 40
const SDP = 'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n'
const CHALLENGE = 'WWW-Authenticate: Digest realm="r", nonce="n"\r\n'
/** A STAP-A packet whose only NAL unit claims 65,535 bytes, behind an RTP header of its own sequence. */
const HOSTILE_STAP = Buffer.from('80600001000000000000000918ffff00', 'hex')
const HUGE_SLICE = Buffer.concat([Buffer.from([0x41]), Buffer.alloc(1_900_000, 0x81)])

interface Viewer {
  readonly packetiser: Packetiser
  clientPort: number
  playing: boolean
  /** What a slow line has not taken yet. */
  rest: Buffer
}

export class SwitchCamera {
  readonly #pictures: readonly PictureNals[]
  readonly #larger: readonly PictureNals[]
  readonly #random: Mutator
  readonly #viewers = new Map<Socket, Viewer>()
  readonly #server: Server
  readonly #udp: UdpSocket = createSocket('udp4')
  #on: Switch | undefined
  #frame = 0
  #jump = 0
  #timer: NodeJS.Timeout | undefined

  constructor(pictures: readonly PictureNals[], larger: readonly PictureNals[], seed: number) {
    this.#pictures = pictures
    this.#larger = larger
    this.#random = new Mutator(seed)
    this.#server = createServer(socket => this.#accept(socket))
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    this.#udp.bind(0, '127.0.0.1')
    await Promise.all([once(this.#server, 'listening'), once(this.#udp, 'listening')])
    this.#timer = setInterval(() => this.#tick(), FRAME_MS)
    return `rtsp://127.0.0.1:${(this.#server.address() as AddressInfo).port}/live`
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#cut()
    this.#server.close()
    this.#udp.close()
  }

  turn(on: Switch | undefined): void {
    this.#on = on
    if (on && CUTTING.includes(on)) this.#cut()
  }

  #cut(): void {
    for (const socket of this.#viewers.keys()) socket.destroy()
  }

  #accept(socket: Socket): void {
    const viewer: Viewer = { packetiser: new Packetiser(), clientPort: 0, playing: false, rest: Buffer.alloc(0) }
    this.#viewers.set(socket, viewer)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#viewers.delete(socket))
    socket.on('data', data => {
      // Requests come whole on loopback; reports are none.
      for (const text of data.toString('latin1').split('\r\n\r\n'))
        if (this.#on !== 'halfOpen' && /^[A-Z_]{4,20} rtsp:/.test(text)) this.#answer(socket, viewer, text)
    })
  }

  #answer(socket: Socket, viewer: Viewer, text: string): void {
    const method = text.slice(0, text.indexOf(' '))
    const cseq = /^CSeq: (\d+)/im.exec(text)?.[1]
    const reply = (status: string, headers = '', body = ''): void =>
      void socket.write(`RTSP/1.0 ${status}\r\nCSeq: ${cseq}\r\n${headers}\r\n${body}`)
    if (this.#on === 'wrongDigest') reply('401 Unauthorized', CHALLENGE)
    else if (method === 'DESCRIBE') reply('200 OK', `Content-Length: ${SDP.length}\r\n`, SDP)
    else if (method === 'SETUP') {
      viewer.clientPort = Number(/client_port=(\d+)/.exec(text)?.[1] ?? 0)
      const udp = `RTP/AVP;unicast;server_port=${this.#udp.address().port}-1`
      const transport = viewer.clientPort > 0 ? udp : 'RTP/AVP/TCP;unicast;interleaved=0-1'
      reply('200 OK', `Session: 7;timeout=10\r\nTransport: ${transport}\r\n`)
    } else reply('200 OK')
    if (method === 'PLAY') viewer.playing = true
    if (method === 'TEARDOWN') viewer.playing = false
  }

  #tick(): void {
    const pictures = this.#on === 'parameters' ? this.#larger : this.#pictures
    const picture = pictures[this.#frame % pictures.length] ?? []
    this.#frame++
    if (this.#on === 'rtpJump' && this.#frame % 25 === 0) this.#jump += this.#random.below(2 ** 31)
    for (const [socket, viewer] of this.#viewers) if (viewer.playing) this.#send(socket, viewer, picture)
  }

  #send(socket: Socket, viewer: Viewer, picture: PictureNals): void {
    const on = this.#on
    if (on === 'silent') return
    if (on === 'noKeyframe' && picture.some(nal => nalType(nal) === 5)) return
    if (on === 'endlessHeader') return void socket.write(`RTSP/1.0 200 OK: ${'x'.repeat(2000)}`)
    this.#misbehave(socket, on)
    const nals = on === 'huge' && this.#frame % 12 === 0 ? [...picture, HUGE_SLICE] : picture
    const packets = viewer.packetiser.picture(nals, this.#jump + this.#frame * 3600)
    const sent = this.#spoil(packets, on)
    if (viewer.clientPort > 0)
      for (const packet of sent) this.#udp.send(packet, viewer.clientPort, '127.0.0.1', () => undefined)
    else this.#write(socket, viewer, Buffer.concat(sent.map(packet => interleaved(0, packet))), on)
  }

  #misbehave(socket: Socket, on: Switch | undefined): void {
    if (on === 'garbage') socket.write(Buffer.from('\0\0garbage\0\0'))
    else if (on === 'hostileLengths') socket.write(interleaved(0, HOSTILE_STAP))
    else if (on === 'hostileHead') socket.write('RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n')
    else if (on === 'teardown' && this.#frame % 12 === 0) socket.write('TEARDOWN rtsp://c/ RTSP/1.0\r\nCSeq: 9\r\n\r\n')
    else if (on === 'rtcpJump')
      socket.write(interleaved(1, wrongReport(this.#random.below(2 ** 31), this.#frame * 3600)))
  }

  /** What the way to the receiver makes of the packets. */
  #spoil(packets: Buffer[], on: Switch | undefined): Buffer[] {
    switch (on) {
      case 'loss':
        return packets.filter(() => this.#random.below(20) > 0)
      case 'reorder':
        return packets.toSorted((a, b) => (a.readUInt16BE(2) ^ 1) - (b.readUInt16BE(2) ^ 1))
      case 'duplicate':
        return packets.flatMap(packet => [packet, packet])
      case 'noMarkers':
        for (const packet of packets) packet[1] = (packet[1] ?? 0) & 0x7f
        return packets
      default:
        return packets
    }
  }

  #write(socket: Socket, viewer: Viewer, bytes: Buffer, on: Switch | undefined): void {
    if (on === 'cut') {
      socket.end(bytes.subarray(0, Math.floor(bytes.length / 2)))
      viewer.playing = false
    } else if (on === 'slow') {
      if (viewer.rest.length === 0) viewer.rest = bytes
      socket.write(viewer.rest.subarray(0, 20))
      viewer.rest = viewer.rest.subarray(20)
    } else if (socket.writableLength < 8_000_000) {
      socket.write(Buffer.concat([viewer.rest, bytes]))
      viewer.rest = Buffer.alloc(0)
    }
  }
}

/** A sender report whose wall clock is anything. */
function wrongReport(seconds: number, rtpTime: number): Buffer {
  const report = Buffer.alloc(28)
  report.writeUInt32BE(0x80c8_0006, 0)
  report.writeUInt32BE(seconds, 8)
  report.writeUInt32BE(rtpTime >>> 0, 16)
  return report
}
