/** HTTP to all devices: one deadline a request, a bounded answer, no redirects followed. */
import { Agent, request } from 'undici'
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

/** Connections to all devices; close it at the end. */
export class HttpLine {
  readonly #options: LineOptions
  // Cameras come with certificates of their own making; what protects the password is the digest, on http as on https.
  readonly #agent = new Agent({ keepAliveTimeout: 1000, connect: { rejectUnauthorized: false } })

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
      const { statusCode, headers, body } = await request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/soap+xml; charset=utf-8', ...(authorization ? { authorization } : {}) },
        body: envelope,
        dispatcher: this.#agent,
        signal
      })
      const chunks: Buffer[] = []
      let length = 0
      for await (const chunk of body) {
        length += chunk.length
        // Leaving the loop destroys the stream and with it the connection.
        if (length > MAX_ANSWER_BYTES) return { ok: false, reason: 'answerTooLarge' }
        chunks.push(chunk)
      }
      const challenge = [headers['www-authenticate'] ?? []]
        .flat()
        .map(parseChallenge)
        .find(c => c !== undefined)
      return { ok: true, value: { status: statusCode, challenge, text: Buffer.concat(chunks).toString('utf8') } }
    } catch (error) {
      return { ok: false, reason: signal.aborted ? 'timeout' : 'unreachable', detail: codeOf(error) }
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'failed'
}
