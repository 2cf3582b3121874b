/** The sound of one open call in the page: ticket, WebSocket to the voice thread, an audio worklet that plays what comes. */
import type { Ticket } from '../../../gateway/core/wire.ts'
import { workerUrl } from '../player/tickets.ts'
import { outputs } from '../sound/use-outputs.ts'
import { post, Refusal } from '../wire/api.ts'
import { fromAlaw } from './alaw.ts'

export const RATE = 8_000

export type LineMode = 'live' | 'first'

export type LineState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'playing'; readonly atS: number }
  | { readonly kind: 'over' }
  /** `code` of the catalogue, `blocked` by the browser, or `line` when the connection broke. */
  | { readonly kind: 'failed'; readonly code: string }

/** Asks for a ticket, which is on record, and plays; what comes back ends it without a word. */
export function hearCall(recording: string, mode: LineMode, tell: (state: LineState) => void): () => void {
  let stopped = false
  let end = (): void => {
    stopped = true
  }
  const fail = (code: string) => {
    end()
    tell({ kind: 'failed', code })
  }
  tell({ kind: 'connecting' })
  // Made in the turn of the key: later a browser may not let it sound.
  const context = new AudioContext({ sampleRate: RATE, latencyHint: 'interactive' })
  const unplug = outputs.attach('call', context)
  const begin = async (): Promise<void> => {
    await context.audioWorklet.addModule('/voice-worklet.js')
    const ticket = await post<Ticket>(`/api/evidence/${encodeURIComponent(recording)}/hear`, { mode })
    if (stopped) return
    if (context.state === 'suspended')
      await Promise.race([context.resume(), new Promise(done => setTimeout(done, 500))])
    const out = new AudioWorkletNode(context, 'voice-out', { processorOptions: { all: mode === 'first' } })
    out.connect(context.destination)
    const socket = connect(ticket, out, code =>
      code === 1000 ? undefined : fail(code === 4401 ? 'NOT_LOGGED_IN' : 'line')
    )
    const stop = end
    end = () => {
      stop()
      socket.onclose = null
      socket.close()
    }
    out.port.onmessage = ({ data }: MessageEvent<{ readonly played: number; readonly end?: boolean }>) => {
      if (stopped) return
      if (!data.end) return tell({ kind: 'playing', atS: data.played / RATE })
      end()
      tell({ kind: 'over' })
    }
    tell({ kind: 'playing', atS: 0 })
    if (context.state === 'suspended') fail('blocked')
  }
  const close = end
  end = () => {
    close()
    unplug()
    void context.close().catch(() => undefined)
  }
  begin().catch((error: unknown) => {
    if (!stopped) fail(error instanceof Refusal ? error.code : 'line')
  })
  return () => end()
}

export function connect(
  ticket: Ticket,
  out: AudioWorkletNode,
  closed: (code: number) => void,
  word: (text: string) => void = () => undefined
): WebSocket {
  const socket = new WebSocket(workerUrl(ticket, 'ws'))
  socket.binaryType = 'arraybuffer'
  socket.onopen = () => socket.send(JSON.stringify({ ticket: ticket.ticket }))
  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (typeof data === 'string') word(data)
    else out.port.postMessage(fromAlaw(new Uint8Array(data)))
  }
  socket.onclose = ({ code }) => {
    // What is still waiting is played to its end.
    if (code === 1000) out.port.postMessage('over')
    closed(code)
  }
  return socket
}
