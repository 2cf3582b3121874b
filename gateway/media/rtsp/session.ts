/** One play session: OPTIONS, DESCRIBE, SETUP, PLAY, keep-alive, receiver reports, until it ends with a fault. */
import { randomInt } from 'node:crypto'
import type { Clock, Credential } from '../../core/ports.ts'
import { RtspConnection } from './connection.ts'
import { authorization, type Challenge, chooseChallenge, offersBasic } from './digest.ts'
import { RtspFault } from './fault.ts'
import { header, parseInterleaved, parseSession, type RtspResponse } from './message.ts'
import { parseSenderReport, Reception, type SenderReport } from './rtcp.ts'
import { parseSdp, trackUrl, type VideoTrack } from './sdp.ts'

const REPORT_MS = 5000
/** Without any video packet for so long a session is worth nothing: connect anew. */
const SILENT_MS = 10_000

const BASIC_REFUSED =
  'the camera wants the password in clear (Basic), which is never sent without TLS: set its RTSP login to digest'

/** What a session gives out; packet bytes are valid only during the call. */
export interface SessionEvents {
  playing(track: VideoTrack): void
  packet(bytes: Buffer, start: number, end: number, arrivalMs: number): void
  senderReport(report: SenderReport): void
}

export interface SessionOptions {
  readonly url: string
  readonly login?: Credential
  readonly clock: Clock
}

/** Checks an address; user name and password inside it are used only where no login is given. */
export function parseRtspUrl(
  text: string
): { host: string; port: number; uri: string; login?: Credential } | undefined {
  const url = URL.parse(text)
  if (url?.protocol !== 'rtsp:' || url.hostname === '') return undefined
  const login = url.username === '' ? undefined : { username: decode(url.username), password: decode(url.password) }
  // What stands behind the authority is kept as it was written: cameras compare it byte by byte.
  const rest = /^rtsp:\/\/[^/?#]*(.*)$/is.exec(text)?.[1] ?? ''
  if (/[\s\u007f-\uffff]/.test(rest)) return undefined
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 554),
    uri: `rtsp://${url.host}${rest}`,
    login
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** `run` plays until aborted (then it returns) or until something fails (then it throws an RtspFault). */
export class RtspSession {
  readonly #options: SessionOptions
  readonly #events: SessionEvents
  readonly #reception = new Reception(randomInt(2 ** 32 - 1))
  #challenge: Challenge | undefined
  #login: Credential | undefined
  #nonceCount = 0
  #rtp = -1
  #rtcp = -1
  #lastPacketMs = 0

  constructor(options: SessionOptions, events: SessionEvents) {
    this.#options = options
    this.#events = events
  }

  lost(packets: number): void {
    this.#reception.lost(packets)
  }

  async run(abort: AbortSignal): Promise<void> {
    const address = parseRtspUrl(this.#options.url)
    if (!address) throw new RtspFault('badUrl', 'not an rtsp:// address')
    if (abort.aborted) return
    this.#login = this.#options.login ?? address.login
    const connection = new RtspConnection({
      host: address.host,
      port: address.port,
      clock: this.#options.clock,
      frame: (channel, bytes, start, end, arrivalMs) => this.#frame(channel, bytes, start, end, arrivalMs)
    })
    // While playing, #play itself sees the abort and says TEARDOWN first.
    const stop = (): void => {
      if (this.#rtp === -1) connection.close()
    }
    abort.addEventListener('abort', stop, { once: true })
    try {
      await this.#play(connection, address.uri, abort)
    } catch (error) {
      if (!abort.aborted) throw error
    } finally {
      abort.removeEventListener('abort', stop)
      connection.close()
    }
  }

  async #play(connection: RtspConnection, uri: string, abort: AbortSignal): Promise<void> {
    const options = await this.#ask(connection, 'OPTIONS', uri)
    const described = await this.#ask(connection, 'DESCRIBE', uri, ['Accept: application/sdp'])
    const track = parseSdp(described.body)
    if (typeof track === 'string') throw new RtspFault('unsupported', track)
    const base = header(described, 'content-base') || header(described, 'content-location') || uri
    const setup = await this.#ask(connection, 'SETUP', trackUrl(safeUri(base) ?? uri, track.control), [
      'Transport: RTP/AVP/TCP;unicast;interleaved=0-1'
    ])
    const session = parseSession(header(setup, 'session'))
    const channels = parseInterleaved(header(setup, 'transport'))
    if (!session || !channels) throw new RtspFault('protocol', 'SETUP was answered without session or channels')
    this.#rtp = channels.rtp
    this.#rtcp = channels.rtcp
    this.#lastPacketMs = this.#options.clock.now()
    this.#events.playing(track)
    const line = `Session: ${session.id}`
    const aggregate = safeUri(base) ?? uri
    const play = this.#ask(connection, 'PLAY', aggregate, [line, 'Range: npt=0.000-'])
    const stopTimers = this.#keepAlive(connection, aggregate, line, session.timeoutS, header(options, 'public') ?? '')
    const tearDown = (): void => void this.#ask(connection, 'TEARDOWN', aggregate, [line]).catch(() => undefined)
    try {
      await Promise.race([play.then(() => connection.closed), connection.closed, aborted(abort)])
    } finally {
      stopTimers()
      tearDown()
    }
  }

  #keepAlive(connection: RtspConnection, uri: string, line: string, timeoutS: number, methods: string): () => void {
    const { clock } = this.#options
    let method = /\bGET_PARAMETER\b/.test(methods) ? 'GET_PARAMETER' : 'OPTIONS'
    const cancels = [
      clock.every((timeoutS * 1000) / 2.5, () => {
        this.#ask(connection, method, uri, [line]).catch((error: unknown) => {
          // Advertised and refused: some cameras do that. What counts is that frames come.
          if (error instanceof RtspFault && error.kind === 'refused') method = 'OPTIONS'
        })
      }),
      clock.every(REPORT_MS, () => {
        const report = this.#reception.receiverReport(clock.now())
        if (report && this.#rtcp !== this.#rtp) connection.sendFrame(this.#rtcp, report)
      }),
      clock.every(1000, () => {
        if (clock.now() - this.#lastPacketMs > SILENT_MS)
          connection.close(new RtspFault('silent', 'connected, but no video'))
      })
    ]
    return () => {
      for (const cancel of cancels) cancel()
    }
  }

  /** A request with its login; a fresh nonce is answered once more, a refused login never: cameras lock out. */
  async #ask(
    connection: RtspConnection,
    method: string,
    uri: string,
    lines: readonly string[] = []
  ): Promise<RtspResponse> {
    const send = (): Promise<RtspResponse> =>
      connection.request(method, uri, [...lines, ...this.#authorization(method, uri)])
    const answered = this.#challenge !== undefined
    let response = await send()
    if (response.status === 401) {
      const offers = response.headers.get('www-authenticate') ?? []
      const challenge = chooseChallenge(offers)
      const fresh = challenge && (!answered || challenge.stale || challenge.nonce !== this.#challenge?.nonce)
      if (!this.#login) throw new RtspFault('unauthorized', 'the camera asks for a login and none is set')
      if (!challenge && offersBasic(offers)) throw new RtspFault('unauthorized', BASIC_REFUSED)
      if (!fresh) throw new RtspFault('unauthorized', challenge ? 'the login was refused' : 'unknown kind of login')
      this.#challenge = challenge
      this.#nonceCount = 0
      response = await send()
    }
    if (response.status === 401) throw new RtspFault('unauthorized', 'the login was refused')
    if (response.status !== 200) throw new RtspFault('refused', `${method} was answered ${response.status}`)
    return response
  }

  #authorization(method: string, uri: string): string[] {
    if (!this.#challenge || !this.#login) return []
    return [`Authorization: ${authorization(this.#challenge, this.#login, method, uri, ++this.#nonceCount)}`]
  }

  #frame(channel: number, bytes: Buffer, start: number, end: number, arrivalMs: number): void {
    if (end - start < 12) return
    if (channel === this.#rtp) {
      this.#lastPacketMs = arrivalMs
      this.#reception.packet(bytes, start, arrivalMs)
      this.#events.packet(bytes, start, end, arrivalMs)
    } else if (channel === this.#rtcp) {
      const report = parseSenderReport(bytes, start, end)
      if (!report) return
      this.#reception.senderReport(report, arrivalMs)
      this.#events.senderReport(report)
    }
  }
}

/** Content-Base as a request line may carry it. */
function safeUri(text: string): string | undefined {
  return /^rtsp:\/\/[\x21-\x7e]{1,2048}$/i.test(text) ? text : undefined
}

function aborted(abort: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (abort.aborted) resolve()
    else abort.addEventListener('abort', () => resolve(), { once: true })
  })
}
