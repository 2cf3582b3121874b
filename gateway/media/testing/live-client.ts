/** A viewer for tests: logs in with a ticket and keeps everything it is sent. */
import { WebSocket } from 'ws'
import type { TicketGrant } from '../../core/media.ts'
import { readPrft } from '../fmp4/fragment.ts'

export interface LiveClient {
  readonly texts: Record<string, unknown>[]
  readonly binaries: Buffer[]
  /** Arrival minus wall clock of the frame, ms, per fragment. */
  readonly delaysMs: number[]
  closeCode(): number | undefined
  send(text: string): void
  close(): void
}

export interface LiveClientOptions {
  readonly first?: string
  readonly origin?: string
  readonly scheme?: 'ws' | 'wss'
}

export function watchLive(grant: TicketGrant, options: LiveClientOptions = {}): LiveClient {
  const url = `${options.scheme ?? 'ws'}://127.0.0.1:${grant.port}${grant.path}`
  const socket = new WebSocket(url, { origin: options.origin, rejectUnauthorized: false, perMessageDeflate: false })
  const texts: Record<string, unknown>[] = []
  const binaries: Buffer[] = []
  const delaysMs: number[] = []
  let code: number | undefined
  socket.on('open', () => socket.send(options.first ?? JSON.stringify({ ticket: grant.ticket })))
  socket.on('message', (data: Buffer, binary) => {
    if (!binary) return void texts.push(JSON.parse(data.toString()))
    binaries.push(data)
    if (data.toString('latin1', 4, 8) === 'prft') delaysMs.push(Date.now() - readPrft(data))
  })
  socket.on('close', status => {
    code = status
  })
  socket.on('error', () => {
    code ??= 0
  })
  return {
    texts,
    binaries,
    delaysMs,
    closeCode: () => code,
    send: text => socket.send(text),
    close: () => socket.terminate()
  }
}
