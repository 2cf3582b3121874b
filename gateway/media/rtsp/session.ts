/** One play session: OPTIONS, DESCRIBE, SETUP, PLAY, keep-alive, receiver reports, until it ends with a fault. */
import type { Clock, Credential } from '../../core/ports.ts'
import { parseRtspUrl, safeUri } from './address.ts'
import { RtspConnection } from './connection.ts'
import { RtspFault } from './fault.ts'
import { header, parseInterleaved, parseSession } from './message.ts'
import { Requester } from './requester.ts'
import { parseSdp, type SessionTracks, trackUrl } from './sdp.ts'
import { type TrackEvents, type TrackName, TrackReception } from './track-reception.ts'

const REPORT_MS = 5000
/** Without any video packet for so long a session is worth nothing: connect anew. */
const SILENT_MS = 10_000
/** RTP clock of video (RFC 6184 §8.1, RFC 7798 §7.1). */
const VIDEO_CLOCK = 90_000

/** What a session gives out; packet bytes are valid only during the call. */
export interface SessionEvents extends TrackEvents {
  /** Audio is there only where it was wanted, offered and granted. */
  playing(tracks: SessionTracks): void
}

export interface SessionOptions {
  readonly url: string
  readonly login?: Credential
  /** The sound, too, where the camera has one that we can read; it never makes the video fail. */
  readonly audio?: boolean
  readonly clock: Clock
}

/** What a connection was brought to: set up and ready for PLAY. */
interface Ready {
  readonly tracks: SessionTracks
  readonly aggregate: string
  readonly sessionLine: string
  readonly timeoutS: number
}

/** `run` plays until aborted (then it returns) or until something fails (then it throws an RtspFault). */
export class RtspSession {
  readonly #options: SessionOptions
  readonly #events: SessionEvents
  #audio: boolean
  #lostOverAudio = false
  #receptions: TrackReception[] = []

  constructor(options: SessionOptions, events: SessionEvents) {
    this.#options = options
    this.#events = events
    this.#audio = options.audio === true
  }

  /** Packets that the depacketizer missed: the camera is told. */
  lost(track: TrackName, packets: number): void {
    this.#receptions.find(({ name }) => name === track)?.lost(packets)
  }

  async run(abort: AbortSignal): Promise<void> {
    try {
      await this.#connect(abort)
    } catch (error) {
      if (!this.#lostOverAudio || abort.aborted) throw error
      this.#audio = false
      this.#lostOverAudio = false
      await this.#connect(abort)
    }
  }

  async #connect(abort: AbortSignal): Promise<void> {
    const address = parseRtspUrl(this.#options.url)
    if (!address) throw new RtspFault('badUrl', 'not an rtsp:// address')
    if (abort.aborted) return
    this.#receptions = []
    const connection = new RtspConnection({
      host: address.host,
      port: address.port,
      clock: this.#options.clock,
      frame: (channel, bytes, start, end, arrivalMs) => this.#frame(channel, bytes, start, end, arrivalMs)
    })
    // While playing, #play itself sees the abort and says TEARDOWN first.
    const stop = (): void => {
      if (this.#receptions.length === 0) connection.close()
    }
    abort.addEventListener('abort', stop, { once: true })
    try {
      const requester = new Requester(connection, this.#options.login ?? address.login)
      await this.#play(connection, requester, address.uri, abort)
    } catch (error) {
      if (!abort.aborted) throw error
    } finally {
      abort.removeEventListener('abort', stop)
      connection.close()
    }
  }

  async #play(connection: RtspConnection, requester: Requester, uri: string, abort: AbortSignal): Promise<void> {
    const options = await requester.ask('OPTIONS', uri)
    const { tracks, aggregate, sessionLine, timeoutS } = await this.#setUp(requester, uri)
    this.#events.playing(tracks)
    const play = requester.ask('PLAY', aggregate, [sessionLine, 'Range: npt=0.000-'])
    const methods = header(options, 'public') ?? ''
    const keep = (method: string) => requester.ask(method, aggregate, [sessionLine])
    const stopTimers = this.#keepAlive(connection, keep, timeoutS, methods)
    const tearDown = (): void => void keep('TEARDOWN').catch(() => undefined)
    try {
      await Promise.race([play.then(() => connection.closed), connection.closed, aborted(abort)])
    } finally {
      stopTimers()
      tearDown()
    }
  }

  async #setUp(requester: Requester, uri: string): Promise<Ready> {
    const described = await requester.ask('DESCRIBE', uri, ['Accept: application/sdp'])
    const found = parseSdp(described.body, this.#audio)
    if (typeof found === 'string') throw new RtspFault('unsupported', found)
    const base = safeUri(header(described, 'content-base') ?? header(described, 'content-location') ?? uri) ?? uri
    const video = await this.#setUpTrack(requester, 'video', trackUrl(base, found.video.control), [])
    const sessionLine = `Session: ${video.id}`
    const audio = found.audio && (await this.#setUpAudio(requester, found, base, sessionLine))
    return {
      tracks: { ...found, audio },
      aggregate: base,
      sessionLine,
      timeoutS: video.timeoutS
    }
  }

  /** A refused sound is none; a camera that goes away over it is asked once more without. */
  async #setUpAudio(
    requester: Requester,
    { audio }: SessionTracks,
    base: string,
    sessionLine: string
  ): Promise<SessionTracks['audio']> {
    if (!audio) return undefined
    try {
      await this.#setUpTrack(requester, 'audio', trackUrl(base, audio.control), [sessionLine], audio.clockRate)
      return audio
    } catch (error) {
      this.#lostOverAudio = error instanceof RtspFault && error.kind === 'closed'
      if (this.#lostOverAudio) throw error
      return undefined
    }
  }

  async #setUpTrack(
    requester: Requester,
    name: TrackName,
    uri: string,
    lines: readonly string[],
    clockRate = VIDEO_CLOCK
  ): Promise<{ readonly id: string; readonly timeoutS: number }> {
    const first = this.#receptions.length * 2
    const transport = `Transport: RTP/AVP/TCP;unicast;interleaved=${first}-${first + 1}`
    const response = await requester.ask('SETUP', uri, [transport, ...lines])
    const session = parseSession(header(response, 'session'))
    const channels = parseInterleaved(header(response, 'transport'))
    const taken = channels && this.#receptions.some(({ rtp, rtcp }) => rtp === channels.rtp || rtcp === channels.rtp)
    if (!session || !channels || taken)
      throw new RtspFault('protocol', 'SETUP was answered without session or channels')
    const { clock } = this.#options
    this.#receptions.push(new TrackReception(name, channels, clockRate, this.#events, clock.now()))
    return session
  }

  #keepAlive(
    connection: RtspConnection,
    keep: (method: string) => Promise<unknown>,
    timeoutS: number,
    methods: string
  ): () => void {
    const { clock } = this.#options
    let method = /\bGET_PARAMETER\b/.test(methods) ? 'GET_PARAMETER' : 'OPTIONS'
    const cancels = [
      clock.every((timeoutS * 1000) / 2.5, () => {
        keep(method).catch((error: unknown) => {
          // Advertised and refused: some cameras do that. What counts is that frames come.
          if (error instanceof RtspFault && error.kind === 'refused') method = 'OPTIONS'
        })
      }),
      clock.every(REPORT_MS, () => this.#report(connection)),
      clock.every(1000, () => {
        const video = this.#receptions.at(0)
        if (video && clock.now() - video.lastPacketMs > SILENT_MS)
          connection.close(new RtspFault('silent', 'connected, but no video'))
      })
    ]
    return () => {
      for (const cancel of cancels) cancel()
    }
  }

  #report(connection: RtspConnection): void {
    for (const reception of this.#receptions) {
      const report = reception.receiverReport(this.#options.clock.now())
      if (report && reception.rtcp !== reception.rtp) connection.sendFrame(reception.rtcp, report)
    }
  }

  #frame(channel: number, bytes: Buffer, start: number, end: number, arrivalMs: number): void {
    for (const reception of this.#receptions) {
      if (channel === reception.rtp) reception.media(bytes, start, end, arrivalMs)
      else if (channel === reception.rtcp) reception.control(bytes, start, end, arrivalMs)
    }
  }
}

function aborted(abort: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (abort.aborted) resolve()
    else abort.addEventListener('abort', () => resolve(), { once: true })
  })
}
