/** HTTP to all devices: one deadline a request, a bounded answer, no redirects followed. */
import * as http from 'node:http'
import * as https from 'node:https'
import type { Decoded } from '../../gateway/core/frames.ts'
import type { Clock } from '../../gateway/core/ports.ts'
import { type DigestChallenge, parseChallenge } from '../kit/digest.ts'

export interface LineOptions {
  readonly clock: Clock
  readonly abort: AbortSignal
  readonly timeoutMs: number
}

/** How much longer than usual an answer may take, and what ends the waiting. */
export interface Waits {
  readonly forMs?: number
  readonly abort?: readonly AbortSignal[]
}

type PostResult = Decoded<
  { readonly status: number; readonly challenge?: DigestChallenge; readonly text: string },
  'unreachable' | 'timeout' | 'answerTooLarge'
>

/** The longest answer is GetProfiles, 2 to 4 kB a profile: room for over a hundred, and soon read even where it is made to be slow. */
const MAX_ANSWER_BYTES = 512 * 1024

/** A connection that nothing goes over is let go after a second. */
const KEPT = { keepAlive: true, timeout: 1000 } as const

/** Connections to all devices; close it at the end. */
export class HttpLine {
  readonly #options: LineOptions
  readonly #plain = new http.Agent(KEPT)
  // Cameras come with certificates of their own making; what protects the password is the digest, on http as on https.
  readonly #secure = new https.Agent({ ...KEPT, rejectUnauthorized: false })

  constructor(options: LineOptions) {
    this.#options = options
  }

  get clock(): Clock {
    return this.#options.clock
  }

  /** Runs one exchange, answers of a challenge included, under one deadline; `waits` is what the device is asked to wait by itself. */
  async withDeadline<T>(exchange: (signal: AbortSignal) => Promise<T>, waits: Waits = {}): Promise<T> {
    const deadline = new AbortController()
    const cancel = this.#options.clock.after(this.#options.timeoutMs + (waits.forMs ?? 0), () => deadline.abort())
    try {
      return await exchange(AbortSignal.any([deadline.signal, this.#options.abort, ...(waits.abort ?? [])]))
    } finally {
      cancel()
    }
  }

  /** Status, challenge and body of a POST. */
  async post(
    url: string,
    envelope: string,
    authorization: string | undefined,
    signal: AbortSignal
  ): Promise<PostResult> {
    try {
      const headers = {
        'content-type': 'application/soap+xml; charset=utf-8',
        ...(authorization ? { authorization } : {})
      }
      const response = await this.#send(url, envelope, headers, signal)
      const chunks: Buffer[] = []
      let length = 0
      for await (const chunk of response as AsyncIterable<Buffer>) {
        length += chunk.length
        // Leaving the loop destroys the stream and with it the connection.
        if (length > MAX_ANSWER_BYTES) return { ok: false, reason: 'answerTooLarge' }
        chunks.push(chunk)
      }
      const challenge = response.headersDistinct['www-authenticate']?.map(parseChallenge).find(c => c !== undefined)
      return {
        ok: true,
        value: { status: response.statusCode ?? 0, challenge, text: Buffer.concat(chunks).toString('utf8') }
      }
    } catch (error) {
      return { ok: false, reason: signal.aborted ? 'timeout' : 'unreachable', detail: codeOf(error) }
    }
  }

  /** Resolves with the head of the answer. */
  #send(
    url: string,
    body: string,
    headers: http.OutgoingHttpHeaders,
    signal: AbortSignal
  ): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      // What stands before an @ in a device's own address is no log-in of ours.
      const how = { method: 'POST', headers, signal, auth: null }
      const request =
        new URL(url).protocol === 'https:'
          ? https.request(url, { ...how, agent: this.#secure }, resolve)
          : http.request(url, { ...how, agent: this.#plain }, resolve)
      request.on('error', reject)
      // Without an answer and without an error, as after an upgrade that nobody asked for.
      request.on('close', () => reject(new Error('closed')))
      request.end(body)
    })
  }

  async close(): Promise<void> {
    this.#plain.destroy()
    this.#secure.destroy()
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'failed'
}
