/** A platform that reports by webhook: signs, sends, and sends again until it is told 200. */
import { randomUUID } from 'node:crypto'
import { formatPath, SIGNATURE_HEADER, sign, TIMESTAMP_HEADER } from './frame.ts'

export interface HookOptions {
  /** `http://127.0.0.1:7616`. */
  readonly url: string
  readonly site: string
  readonly source: string
  readonly secret: string
  readonly retryMs?: number
}

export interface Hook {
  /** One request with exactly these bytes; `atMs`: what its clock says. */
  send(body: string | Buffer, atMs?: number): Promise<Response>
  /** Resolves when the gateway has said 200, so when the press is durable. */
  press(press?: { readonly type?: string; readonly eventId?: string }): Promise<{ readonly eventId: string }>
  /** A sign of life, once; resolves with the answer's status. */
  beat(atMs?: number): Promise<number>
  stop(): void
}

export function createHook(options: HookOptions): Hook {
  let stopped = false
  const send = (body: string | Buffer, atMs = Date.now()): Promise<Response> => {
    const bytes = Buffer.from(body as string)
    const timestamp = String(Math.floor(atMs / 1_000))
    return fetch(`${options.url}${formatPath(options)}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [TIMESTAMP_HEADER]: timestamp,
        [SIGNATURE_HEADER]: `sha256=${sign(options.secret, timestamp, bytes).toString('hex')}`
      },
      body: new Uint8Array(bytes),
      signal: AbortSignal.timeout(10_000)
    })
  }
  return {
    send,
    async press({ type = 'panic', eventId = randomUUID() } = {}) {
      const body = JSON.stringify({ v: 1, eventId, type, at: Date.now() })
      while (!stopped) {
        const answer = await send(body).catch(() => undefined)
        await answer?.arrayBuffer().catch(() => undefined)
        if (answer?.status === 200) return { eventId }
        await new Promise(resolve => setTimeout(resolve, options.retryMs ?? 5_000))
      }
      throw new Error('stopped')
    },
    async beat(atMs) {
      const answer = await send(JSON.stringify({ v: 1, type: 'heartbeat' }), atMs)
      await answer.arrayBuffer()
      return answer.status
    },
    stop() {
      stopped = true
    }
  }
}
