/** Play sessions with one camera: OPTIONS, DESCRIBE, SETUP, PLAY, keep-alive, receiver reports, until a fault ends them. */
import type { Clock, Credential } from '../../core/ports.ts'
import { parseRtspUrl, type RtspAddress } from './address.ts'
import { RtspConnection } from './connection.ts'
import { RtspFault } from './fault.ts'
import { keepAlive } from './keep-alive.ts'
import { header } from './message.ts'
import { followRedirect } from './redirect.ts'
import { Requester } from './requester.ts'
import type { SessionTracks } from './sdp.ts'
import { LostOverAudio, type SetUpResult, setUp } from './set-up.ts'
import { InterleavedLine, type TrackLine, type TransportName } from './track-line.ts'
import type { TrackEvents, TrackName } from './track-reception.ts'
import type { KnownCertificate } from './trust.ts'
import type { UdpFault } from './udp-line.ts'

const REPORT_MS = 5000
/** Without any video packet for so long a session is worth nothing: connect anew. */
const SILENT_MS = 10_000
const WATCH_MS = 1000
/** Datagrams that a firewall drops look like this: try inside the connection instead. */
const UDP_SILENT_MS = 4000
const REDIRECTED_LOGIN = 'the camera sent us to another host, which is given no login: list that address itself'

/** What a session gives out; packet bytes are valid only during the call. */
export interface SessionEvents extends TrackEvents {
  /** Audio is there only where it was wanted, offered and granted. Packets may come before PLAY is answered. */
  playing(tracks: SessionTracks, transport: TransportName | 'tls'): void
  /** A certificate that nobody vouches for was seen for the first time: remember it. */
  firstSeen(fingerprint: string): void
  fault(fault: UdpFault): void
}

/** Whether packets come inside the connection or as datagrams; `auto`: inside, and as datagrams where the camera refuses that. */
export type TransportChoice = 'auto' | 'tcp' | 'udp'

export interface SessionOptions {
  readonly url: string
  readonly login?: Credential
  /** The sound, too, where the camera has one that we can read; it never makes the video fail. */
  readonly audio?: boolean
  readonly transport?: TransportChoice
  /** Of the camera's certificate, for `rtsps://`. */
  readonly certificate?: Omit<KnownCertificate, 'mayLearn'>
  readonly clock: Clock
}

/** How the next connection is made. */
interface Plan {
  readonly address: RtspAddress
  readonly stranger: boolean
  readonly redirects: number
  readonly transports: readonly TransportName[]
  readonly audio: boolean
}

const TRANSPORTS: Readonly<Record<TransportChoice, readonly TransportName[]>> = {
  auto: ['tcp', 'udp'],
  tcp: ['tcp'],
  udp: ['udp', 'tcp']
}

/** `run` plays until aborted (then it returns) or until something fails (then it throws an RtspFault). */
export class RtspSession {
  readonly #options: SessionOptions
  readonly #events: SessionEvents
  #lines: TrackLine[] = []
  #staying = false

  constructor(options: SessionOptions, events: SessionEvents) {
    this.#options = options
    this.#events = events
  }

  /** Packets that the depacketizer missed: the camera is told. */
  lost(track: TrackName, packets: number): void {
    this.#lines.find(({ name }) => name === track)?.reception.lost(packets)
  }

  /** Of the picture; undefined while nothing is set up. */
  get progress(): TrackLine['reception']['progress'] | undefined {
    return this.#lines.find(({ name }) => name === 'video')?.reception.progress
  }

  async run(abort: AbortSignal): Promise<void> {
    const { url, audio = false, transport = 'auto' } = this.#options
    const address = parseRtspUrl(url)
    if (!address) throw new RtspFault('badUrl', 'not an rtsp:// or rtsps:// address')
    // Datagrams would leave the encrypted line.
    const transports = TRANSPORTS[address.secure ? 'tcp' : transport]
    let plan: Plan | undefined = { address, stranger: false, redirects: 0, transports, audio }
    while (plan && !abort.aborted) plan = await this.#connect(plan, abort)
  }

  /** Plays; gives another plan where the camera, or the way to it, asks for one. */
  async #connect(plan: Plan, abort: AbortSignal): Promise<Plan | undefined> {
    const { address, stranger } = plan
    const { certificate, clock } = this.#options
    this.#lines = []
    this.#staying = false
    const connection = new RtspConnection({
      host: address.host,
      port: address.port,
      tls: address.secure ? { ...(stranger ? {} : certificate), mayLearn: !stranger } : undefined,
      clock,
      frame: (channel, bytes, start, end, arrivalMs) => this.#frame(channel, bytes, start, end, arrivalMs)
    })
    // While playing, #stay itself sees the abort and says TEARDOWN first.
    const stop = (): void => {
      if (!this.#staying) connection.close()
    }
    abort.addEventListener('abort', stop, { once: true })
    try {
      await this.#play(connection, plan, abort)
      return undefined
    } catch (error) {
      return abort.aborted ? undefined : otherPlan(plan, error)
    } finally {
      abort.removeEventListener('abort', stop)
      for (const line of this.#lines) line.close()
      connection.close()
    }
  }

  async #play(connection: RtspConnection, plan: Plan, abort: AbortSignal): Promise<void> {
    const { clock, login } = this.#options
    const { address, stranger, transports, audio } = plan
    const opened = await connection.opened
    if (opened.trust === 'firstSeen' && opened.fingerprint !== undefined) this.#events.firstSeen(opened.fingerprint)
    const requester = new Requester({
      connection,
      login: stranger ? undefined : (login ?? address.login),
      noLogin: stranger ? REDIRECTED_LOGIN : undefined,
      basicAllowed: opened.trust === 'verified' || opened.trust === 'pinned'
    })
    const options = await requester.ask('OPTIONS', address.uri)
    const context = {
      connection,
      opened,
      requester,
      clock,
      events: this.#events,
      transports,
      audio,
      lines: this.#lines
    }
    const ready = await setUp(context, address.uri)
    this.#events.playing(ready.tracks, address.secure ? 'tls' : ready.transport)
    await this.#stay(connection, requester, ready, header(options, 'public') ?? '', abort)
  }

  /** PLAY and all that follows; TEARDOWN at the end. */
  async #stay(
    connection: RtspConnection,
    requester: Requester,
    { aggregate, sessionLine, timeoutS, transport }: SetUpResult,
    methods: string,
    abort: AbortSignal
  ): Promise<void> {
    this.#staying = true
    for (const line of this.#lines) line.begin()
    const keep = (method: string) => requester.ask(method, aggregate, [sessionLine])
    const play = requester.ask('PLAY', aggregate, [sessionLine, 'Range: npt=0.000-'])
    const over = new AbortController()
    const silence = Promise.withResolvers<never>()
    silence.promise.catch(() => undefined)
    const stops = [keepAlive(this.#options.clock, timeoutS, methods, keep), this.#watch(transport, silence.reject)]
    const aborted = Promise.withResolvers<void>()
    // Taken away at the end: the signal outlives its sessions, and what listens to it would keep each of them in memory.
    abort.addEventListener('abort', () => aborted.resolve(), { once: true, signal: over.signal })
    if (abort.aborted) aborted.resolve()
    try {
      await Promise.race([play.then(() => connection.closed), connection.closed, silence.promise, aborted.promise])
    } finally {
      over.abort()
      for (const stop of stops) stop()
      keep('TEARDOWN').catch(() => undefined)
    }
  }

  /** Reports what came, and ends the session when nothing comes. */
  #watch(transport: TransportName, end: (fault: RtspFault) => void): () => void {
    const { clock } = this.#options
    // Counted and not compared with the clock: one that is set must neither end every session at once nor keep a dead one.
    let silentMs = 0
    let packets = 0
    const cancels = [
      clock.every(REPORT_MS, () => {
        for (const line of this.#lines) {
          const report = line.reception.receiverReport(clock.now())
          if (report) line.sendReport(report)
        }
      }),
      clock.every(WATCH_MS, () => {
        const video = this.#lines.at(0)?.reception
        if (!video) return
        silentMs = video.packets === packets ? silentMs + WATCH_MS : 0
        packets = video.packets
        if (transport === 'udp' && packets === 0 && silentMs >= UDP_SILENT_MS)
          end(new RtspFault('udpSilent', 'no packet comes by UDP: look for a firewall'))
        else if (silentMs > SILENT_MS) end(new RtspFault('silent', 'connected, but no video'))
      })
    ]
    return () => {
      for (const cancel of cancels) cancel()
    }
  }

  #frame(channel: number, bytes: Buffer, start: number, end: number, arrivalMs: number): void {
    for (const line of this.#lines) {
      if (!(line instanceof InterleavedLine)) continue
      if (channel === line.rtp) line.reception.media(bytes, start, end, arrivalMs)
      else if (channel === line.rtcp) line.reception.control(bytes, start, end, arrivalMs)
    }
  }
}

/** What to do instead; throws where nothing else is left. */
function otherPlan(plan: Plan, error: unknown): Plan {
  if (error instanceof LostOverAudio) return { ...plan, audio: false }
  if (!(error instanceof RtspFault)) throw error
  if (error.kind === 'udpSilent' && plan.transports.length > 1 && plan.transports[0] === 'udp')
    return { ...plan, transports: ['tcp'] }
  if (error.kind !== 'redirected') throw error
  const next = followRedirect(plan.address, error.hints.location, plan.redirects)
  if (typeof next === 'string') throw new RtspFault('refused', next)
  // Once with a stranger, never again with the login.
  return { ...plan, ...next, stranger: plan.stranger || next.stranger, redirects: plan.redirects + 1 }
}
