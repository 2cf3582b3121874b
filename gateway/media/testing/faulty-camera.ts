/** A camera that misbehaves on command: wrong logins, stalls, cuts, missing markers, garbage, new parameters; for tests only. */
import { createHash } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import type { PictureNals } from './encode.ts'
import { type PacketiseOptions, Packetiser } from './packetise.ts'

export interface FaultyCameraOptions {
  readonly pictures: readonly PictureNals[]
  /** The place of each picture in the order of showing, where it differs. */
  readonly shown?: readonly number[]
  readonly fps?: number
  readonly packets?: PacketiseOptions
  /** A NAL unit that goes before the n-th picture sent. */
  readonly stamp?: (frame: number) => Buffer
  /** Asks for digest with SHA-256. */
  readonly login?: { readonly username: string; readonly password: string }
  /** Lines of the SETUP answer's Session header behind the id. */
  readonly sessionOptions?: string
}

const NONCE = 'dcd98b7102dd2f0e8b11d0f600bfb0c0'
const STEP_MS = 5

export class FaultyCamera {
  /** What to send from the next end of the loop on; both loops must be of one length. */
  next: readonly PictureNals[] | undefined
  /** Nothing is sent while true. */
  silent = false
  /** Refuses connections at once while true. */
  down = false
  /** All that was asked, in order, e.g. `DESCRIBE`. */
  readonly asked: string[] = []
  /** Requests that came with a login. */
  logins = 0
  /** Bytes of RTCP that came back. */
  reports = 0
  connections = 0
  readonly #options: FaultyCameraOptions
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #frames = 0
  #pictures: readonly PictureNals[]

  constructor(options: FaultyCameraOptions) {
    this.#options = options
    this.#pictures = options.pictures
    this.#server = createServer(socket => this.#accept(socket))
  }

  async start(): Promise<string> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve))
    return this.url()
  }

  url(): string {
    const address = this.#server.address()
    return `rtsp://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/live`
  }

  stop(): void {
    this.cut()
    this.#server.close()
  }

  /** Ends every connection, in mid-frame as likely as not. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Raw bytes into every connection. */
  inject(bytes: Buffer): void {
    for (const socket of this.#sockets) socket.write(bytes)
  }

  #accept(socket: Socket): void {
    if (this.down) return void socket.destroy()
    this.connections++
    this.#sockets.add(socket)
    let timer: NodeJS.Timeout | undefined
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      clearInterval(timer)
      this.#sockets.delete(socket)
    })
    let text = ''
    socket.on('data', chunk => {
      if (chunk[0] === 0x24) {
        this.reports += chunk.length
        return
      }
      text += chunk.toString('latin1')
      for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
        const request = text.slice(0, end)
        text = text.slice(end + 4)
        if (this.#answer(socket, request) === 'PLAY') timer = this.#play(socket)
      }
    })
  }

  #answer(socket: Socket, request: string): string {
    const [method = '', uri = ''] = request.split(' ')
    const cseq = /^CSeq: (\d+)/im.exec(request)?.[1] ?? '0'
    this.asked.push(method)
    const reply = (status: string, headers = '', body = ''): void =>
      void socket.write(`RTSP/1.0 ${status}\r\nCSeq: ${cseq}\r\n${headers}\r\n${body}`)
    const authorised = this.#authorised(method, uri, request)
    if (!authorised)
      reply('401 Unauthorized', `WWW-Authenticate: Digest realm="cam", nonce="${NONCE}", algorithm=SHA-256\r\n`)
    else if (method === 'OPTIONS')
      reply('200 OK', 'Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN\r\n')
    else if (method === 'DESCRIBE') {
      const sdp = `v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 ${this.#options.packets?.codec === 'h265' ? 'H265' : 'H264'}/90000\r\na=control:track1\r\n`
      reply('200 OK', `Content-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n`, sdp)
    } else if (method === 'SETUP')
      reply(
        '200 OK',
        `Session: 1${this.#options.sessionOptions ?? ''}\r\nTransport: RTP/AVP/TCP;unicast;interleaved=4-5\r\n`
      )
    else reply('200 OK')
    return authorised ? method : ''
  }

  #authorised(method: string, uri: string, request: string): boolean {
    const { login } = this.#options
    if (!login) return true
    const response = /^Authorization: Digest .*response="(\w+)"/im.exec(request)?.[1]
    if (response !== undefined) this.logins++
    const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
    const expected = hash(`${hash(`${login.username}:cam:${login.password}`)}:${NONCE}:${hash(`${method}:${uri}`)}`)
    return response === expected
  }

  #play(socket: Socket): NodeJS.Timeout {
    const { fps = 25, packets, stamp, shown } = this.#options
    const packetiser = new Packetiser(packets)
    const startMs = performance.now()
    // A session that begins in mid-GOP, as with every real camera.
    let sent = this.#frames
    const first = sent
    return setInterval(() => {
      for (; sent - first < ((performance.now() - startMs) * fps) / 1000; sent++) {
        this.#frames = sent
        if (sent % this.#pictures.length === 0) this.#pictures = this.next ?? this.#pictures
        const picture = this.#pictures[sent % this.#pictures.length] ?? []
        const stamped = stamp ? [stamp(sent), ...picture] : picture
        const at = sent % this.#pictures.length
        const place = sent - at + (shown?.[at] ?? at)
        const rtp = packetiser.picture(stamped, 4_294_000_000 + place * Math.round(90_000 / fps))
        if (this.silent) continue
        socket.write(
          Buffer.concat(
            rtp.flatMap(packet => [Buffer.from([0x24, 4, packet.length >> 8, packet.length & 255]), packet])
          )
        )
      }
    }, STEP_MS)
  }
}
