/** Tickets for the video workers: asked of the gateway, shown to a worker's own port, never put into a URL. */
import type { CameraTicketRequest, PlayTicket, PlayTicketRequest, Ticket } from '../../../gateway/core/wire.ts'
import { post, Refusal } from '../wire/api.ts'
import type { LiveSocket, TicketAnswer } from './live-session.ts'
import type { PlayTicketAnswer } from './play-session.ts'
import { createSocketGate } from './socket-gate.ts'

export type LiveStream = 'main' | 'sub'

/** As the gateway would answer, where the page knows it already. */
export const CLOSED: TicketAnswer = { ok: false, code: 'CAMERA_CLOSED', final: true }

/** Asks for one look at one camera, or to listen to it. A 4xx refusal is final for now; a silent gateway or camera is worth trying again soon. */
export async function cameraTicket(cameraId: string, wish: CameraTicketRequest): Promise<TicketAnswer> {
  return answer(() => post<Ticket>(`/api/cameras/${encodeURIComponent(cameraId)}/ticket`, wish))
}

/** Asks for recordings of one camera; the interval that is opened may be shorter. */
export async function playTicket(cameraId: string, wish: PlayTicketRequest): Promise<PlayTicketAnswer> {
  return answer(() => post<PlayTicket>(`/api/cameras/${encodeURIComponent(cameraId)}/play-ticket`, wish))
}

/** Asks for one evidence file. */
export async function evidenceTicket(evidenceId: string): Promise<TicketAnswer> {
  return answer(() => post<Ticket>(`/api/evidence/${encodeURIComponent(evidenceId)}/ticket`, {}))
}

async function answer<T extends Ticket>(
  ask: () => Promise<T>
): Promise<{ readonly ok: true; readonly ticket: T } | Extract<TicketAnswer, { ok: false }>> {
  try {
    return { ok: true, ticket: await ask() }
  } catch (error) {
    if (!(error instanceof Refusal)) return { ok: false, code: 'MEDIA_UNAVAILABLE', final: false }
    const final = error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429
    return { ok: false, code: error.code, final }
  }
}

/** The worker's address beside the page's own: same host, the ticket's port, the page's security. */
export function workerUrl(ticket: Ticket, kind: 'ws' | 'http'): string {
  const secure = location.protocol === 'https:' ? 's' : ''
  return `${kind}${secure}://${location.hostname}:${ticket.port}${ticket.path}`
}

const openSocket = createSocketGate(url => new WebSocket(url) as unknown as LiveSocket)

/** Connects to the worker, in its turn; the session sends the ticket as the first message. */
export function liveSocket(ticket: Ticket): LiveSocket {
  return openSocket(workerUrl(ticket, 'ws'))
}

/** What the worker answered instead of the file. */
export class WorkerRefusal extends Error {
  readonly status: number

  constructor(status: number) {
    super(`worker answered ${status}`)
    this.status = status
  }
}

export interface FileWish {
  /** `Accept` of the request. */
  readonly accept?: string
  /** The type of what comes, before it has come. */
  readonly onType?: (type: string) => void
}

/** Fetches the file a ticket stands for. Throws a WorkerRefusal, or the browser's error when the worker does not answer. */
export async function fetchWithTicket(ticket: Ticket, abort: AbortSignal, wish: FileWish = {}): Promise<Blob> {
  const response = await fetch(workerUrl(ticket, 'http'), {
    headers: { authorization: `Ticket ${ticket.ticket}`, ...(wish.accept ? { accept: wish.accept } : {}) },
    credentials: 'omit',
    signal: abort
  })
  if (!response.ok) throw new WorkerRefusal(response.status)
  wish.onType?.(response.headers.get('content-type') ?? '')
  return response.blob()
}
