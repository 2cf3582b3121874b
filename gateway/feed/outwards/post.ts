/** One HTTP POST to a sink: bounded in time, follows no redirect; its answer is read for a try of the line only, and of that the beginning. */
import type { Dispatcher } from 'undici'
import { SINK_LIMITS, type SinkTried } from '../../core/sink-record.ts'

export type PostResult =
  | { readonly kind: 'taken'; readonly status: number }
  /** It will never take this message. */
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'failed'; readonly status?: number; readonly error: string; readonly retryAfterMs?: number }

export type Post = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  abort: AbortSignal
) => Promise<PostResult>

/** The answer as somebody at the screen wants to see it. */
export type TryPost = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  abort: AbortSignal
) => Promise<Pick<SinkTried, 'taken' | 'status' | 'error' | 'contentType' | 'answer' | 'isCut'>>

/** Nothing but the text is wrong: the same text is wrong for ever. Other answers may be a setting that somebody puts right. */
const REFUSED: ReadonlySet<number> = new Set([400, 406, 409, 410, 413, 415, 422])
const RETRY_AFTER_MAX_MS = 3_600_000
/** Where it leads to is not allowed; told by the dispatcher's look-up. */
export const NOT_ALLOWED = 'notAllowed'

/** How it is connected to; absent: as the system does. */
export type Connecting = () => Promise<Dispatcher>

export function createPost(timeoutMs: number, dispatcher?: Connecting): Post {
  return async (url, headers, body, abort) => {
    try {
      const response = await sent(url, { headers, body, dispatcher, signal: within(timeoutMs, abort) })
      // What it answers is of no use to anybody; unread, it would hold the connection.
      await response.body?.cancel().catch(() => undefined)
      const { status } = response
      if (isTaken(status)) return { kind: 'taken', status }
      if (REFUSED.has(status)) return { kind: 'refused', status }
      const retryAfterMs = afterOf(response.headers.get('retry-after'))
      return { kind: 'failed', status, error: `HTTP ${status}`, retryAfterMs }
    } catch (error) {
      return { kind: 'failed', error: reasonOf(error) }
    }
  }
}

export function createTryPost(timeoutMs: number, dispatcher?: Connecting): TryPost {
  return async (url, headers, body, abort) => {
    try {
      const response = await sent(url, { headers, body, dispatcher, signal: within(timeoutMs, abort) })
      const { status } = response
      const contentType = response.headers.get('content-type')?.slice(0, 100)
      const { bytes, isCut } = await beginning(response.body ?? [])
      return { taken: isTaken(status), status, contentType, answer: shown(bytes), isCut }
    } catch (error) {
      return { taken: false, error: reasonOf(error) }
    }
  }
}

async function sent(
  url: string,
  {
    dispatcher,
    ...rest
  }: {
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
    readonly signal: AbortSignal
    readonly dispatcher: Connecting | undefined
  }
) {
  // Loaded with the first message: a gateway without sinks is 5 MB smaller.
  const { fetch } = await import('undici')
  const how = { ...rest, method: 'POST', redirect: 'manual' } as const
  return fetch(url, dispatcher ? { ...how, dispatcher: await dispatcher() } : how)
}

const within = (timeoutMs: number, abort: AbortSignal) => AbortSignal.any([abort, AbortSignal.timeout(timeoutMs)])
const isTaken = (status: number) => status >= 200 && status < 300

/** Leaving the loop ends the connection: an endless answer costs nothing. */
async function beginning(body: AsyncIterable<Uint8Array> | readonly Uint8Array[]) {
  let bytes = Buffer.alloc(0)
  for await (const chunk of body) {
    bytes = Buffer.concat([bytes, chunk.subarray(0, SINK_LIMITS.answer + 1)])
    if (bytes.length > SINK_LIMITS.answer) return { bytes: bytes.subarray(0, SINK_LIMITS.answer), isCut: true }
  }
  return { bytes, isCut: false }
}

/** Control characters would break the line; what is no text shows as such. */
function shown(bytes: Buffer): string {
  return new TextDecoder('utf-8').decode(bytes).replace(/[^\P{C}\n\t]/gu, '\ufffd')
}

function afterOf(header: string | null): number | undefined {
  if (header === null || !/^\d{1,6}$/.test(header)) return undefined
  return Math.min(RETRY_AFTER_MAX_MS, Number(header) * 1_000)
}

/** The code of the system (ECONNREFUSED …), never a text that could repeat the address. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as { name?: unknown; cause?: { code?: unknown; name?: unknown } }
  if (name === 'TimeoutError') return 'timeout'
  const code = cause?.code ?? cause?.name ?? name
  return typeof code === 'string' ? code.slice(0, 60) : 'failed'
}
