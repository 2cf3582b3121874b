/** One RTSP client of the simulated cameras: its requests, its session, what it watches. */
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { SimulatedCamera, StreamKind } from './camera.ts'
import type { TownClock } from './clock.ts'
import { RtspReader, type RtspRequest, rtspAnswer } from './rtsp-message.ts'
import { describe } from './sdp.ts'
import type { UdpPair } from './udp-pair.ts'
import { type Transport, Viewing } from './viewing.ts'

const SESSION_TIMEOUT_S = 60
const METHODS = 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN'

interface ConnectionOptions {
  readonly socket: Socket
  readonly clock: TownClock
  readonly cameras: ReadonlyMap<number, SimulatedCamera>
  readonly udp: UdpPair
}

interface Target {
  readonly camera: SimulatedCamera
  readonly stream: StreamKind
}

type Track = 'picture' | 'sound'

interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Runs behind the answer: media must not overtake it. */
  readonly afterwards?: () => void
}

interface Session extends Target {
  readonly id: string
  /** Set up so far: pictures, sound, or both. */
  readonly tracks: Map<Track, { readonly viewing: Viewing; readonly transport: Transport }>
  playing: boolean
}

export class RtspConnection {
  readonly #options: ConnectionOptions
  readonly #reader = new RtspReader()
  #session: Session | undefined
  #cancelTimeout: (() => void) | undefined

  constructor(options: ConnectionOptions) {
    this.#options = options
    const { socket } = options
    socket.setNoDelay(true)
    socket.on('data', chunk => this.#read(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#endSession())
    this.#heard()
  }

  close(): void {
    this.#options.socket.destroy()
  }

  cutIfWatching(camera: number): void {
    if (this.#session?.camera.number === camera) this.close()
  }

  /** A receiver report keeps a UDP session alive (RFC 2326 A.1 leaves the way to the server). */
  heardRtcp(address: string, port: number): void {
    for (const { transport } of this.#session?.tracks.values() ?? [])
      if (transport.kind === 'udp' && transport.address === address && transport.rtcpPort === port) this.#heard()
  }

  #heard(): void {
    this.#cancelTimeout?.()
    this.#cancelTimeout = this.#options.clock.after(SESSION_TIMEOUT_S * 1000, () => this.close())
  }

  #read(chunk: Buffer): void {
    this.#heard()
    for (const request of this.#reader.push(chunk)) {
      const reply = this.#answer(request)
      if (!reply) {
        this.close()
        return
      }
      const cseq = request.headers.get('cseq') ?? '0'
      this.#options.socket.write(rtspAnswer(reply.status, cseq, reply.headers, reply.body))
      reply.afterwards?.()
    }
    if (this.#reader.broken) this.close()
  }

  /** Undefined: close the connection. */
  #answer(request: RtspRequest): Reply | undefined {
    if (request.method === 'OPTIONS') return { status: 200, headers: { Public: METHODS } }
    const target = this.#target(request.url)
    if (!target) return { status: 404 }
    if (target.camera.cut) return undefined
    const digest = target.camera.rtspDigest
    if (!digest.accepts(request.method, request.headers.get('authorization'))) {
      return { status: 401, headers: { 'WWW-Authenticate': digest.challenge } }
    }
    if (request.method === 'DESCRIBE') {
      const headers = { 'Content-Base': `${request.url.replace(/\/$/, '')}/`, 'Content-Type': 'application/sdp' }
      return {
        status: 200,
        headers,
        body: describe(target.camera.name, target.camera.streams[target.stream].broadcast)
      }
    }
    if (request.method === 'SETUP') return this.#setUp(target, request)
    const session = this.#session
    if (!session || request.headers.get('session')?.split(';')[0] !== session.id) return { status: 454 }
    return this.#control(session, request)
  }

  #target(url: string): Target | undefined {
    const [, number, stream] = /\/camera\/(\d{1,5})\/(main|sub)(?:\/|$)/.exec(url) ?? []
    const camera = this.#options.cameras.get(Number(number))
    return camera && (stream === 'main' || stream === 'sub') ? { camera, stream } : undefined
  }

  #setUp(target: Target, request: RtspRequest): Reply {
    const track: Track = /\/trackID=1$/.test(request.url) ? 'sound' : 'picture'
    const before = this.#session
    const other = before && (before.camera !== target.camera || before.stream !== target.stream)
    if (other || before?.playing || before?.tracks.has(track)) return { status: 455 }
    if (track === 'sound' && !target.camera.streams[target.stream].broadcast.sound) return { status: 404 }
    const transport = this.#transportOf(request.headers.get('transport') ?? '')
    if (!transport) return { status: 461 }
    const viewing = new Viewing(transport, target.camera.clockOffsetMs)
    const session = before ?? { ...target, id: randomBytes(6).toString('hex'), tracks: new Map(), playing: false }
    session.tracks.set(track, { viewing, transport })
    this.#session = session
    const ssrc = viewing.ssrc.toString(16).padStart(8, '0')
    const headers = {
      Transport: `${describeTransport(transport)};ssrc=${ssrc}`,
      Session: `${session.id};timeout=${SESSION_TIMEOUT_S}`
    }
    return { status: 200, headers }
  }

  /** The first of the client's offers that we can do (RFC 2326 12.39). Media goes to the connection's own address only. */
  #transportOf(header: string): Transport | undefined {
    const { socket, udp } = this.#options
    for (const offer of header.split(',')) {
      if (offer.includes('multicast')) continue
      if (offer.includes('RTP/AVP/TCP')) {
        const channel = Number(/interleaved=(\d{1,3})/.exec(offer)?.[1] ?? 0)
        return channel < 255 ? { kind: 'interleaved', socket, channel } : undefined
      }
      const [, rtp, rtcp] = /client_port=(\d{1,5})-(\d{1,5})/.exec(offer) ?? []
      const [rtpPort, rtcpPort] = [Number(rtp), Number(rtcp)]
      if (rtpPort > 0 && rtcpPort > 0 && rtpPort < 65_536 && rtcpPort < 65_536) {
        return { kind: 'udp', address: socket.remoteAddress ?? '', rtpPort, rtcpPort, ...udp }
      }
    }
    return undefined
  }

  #control(session: Session, request: RtspRequest): Reply {
    const headers = { Session: session.id }
    switch (request.method) {
      case 'PLAY':
        return {
          status: 200,
          headers: { ...headers, Range: 'npt=now-' },
          afterwards: () => this.#play(session)
        }
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
        return { status: 200, headers }
      case 'TEARDOWN':
        this.#endSession()
        return { status: 200, headers }
      default:
        return { status: 501 }
    }
  }

  #play(session: Session): void {
    if (session.playing) return
    session.playing = true
    const { broadcast } = session.camera.streams[session.stream]
    const [picture, sound] = [session.tracks.get('picture'), session.tracks.get('sound')]
    if (picture) broadcast.add(picture.viewing)
    if (sound) broadcast.listen(sound.viewing)
  }

  #endSession(): void {
    const session = this.#session
    this.#session = undefined
    if (session) this.#leave(session)
    if (this.#options.socket.destroyed) this.#cancelTimeout?.()
  }

  #leave({ camera, stream, tracks }: Session): void {
    const { broadcast } = camera.streams[stream]
    const [picture, sound] = [tracks.get('picture'), tracks.get('sound')]
    if (picture) broadcast.remove(picture.viewing)
    if (sound) broadcast.unlisten(sound.viewing)
  }
}

function describeTransport(transport: Transport): string {
  if (transport.kind === 'interleaved') {
    return `RTP/AVP/TCP;unicast;interleaved=${transport.channel}-${transport.channel + 1}`
  }
  const { rtpPort, rtcpPort, rtp, rtcp } = transport
  return `RTP/AVP;unicast;client_port=${rtpPort}-${rtcpPort};server_port=${rtp.address().port}-${rtcp.address().port}`
}
