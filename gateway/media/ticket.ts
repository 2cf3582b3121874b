/**
 * Tickets: what the main process allows one user for 30 s, checked by workers without asking anybody. Times are of the clock that nobody sets:
 * one set back must neither keep an old ticket good nor make those worthless that are given after a log-out.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { CameraId, UserId } from '../core/brand.ts'
import type { PlayRange } from '../core/media.ts'

export const TICKET_MS = 30_000

/** Compact JSON inside the ticket; single letters keep it short. */
type Claims =
  | {
      readonly k: 'live'
      readonly c: CameraId
      readonly s: 'main' | 'sub'
      /** 1: opened by an incident near the camera. */
      readonly i?: 1
      /** 1: its sound, and no picture. */
      readonly o?: 1
      /** 1: by WebRTC, and not by MSE. */
      readonly w?: 1
      readonly u: UserId
      readonly e: number
      readonly n: string
    }
  | { readonly k: 'file'; readonly f: string; readonly u: UserId; readonly e: number; readonly n: string }
  | { readonly k: 'send'; readonly c: CameraId; readonly u: UserId; readonly e: number; readonly n: string }
  | {
      readonly k: 'play'
      readonly c: CameraId
      readonly s: 'main' | 'sub'
      /** From and to, UTC ms. */
      readonly a: number
      readonly b: number
      /** 1: with sound. */
      readonly o?: 1
      readonly u: UserId
      readonly e: number
      readonly n: string
    }

/** What a ticket is for, as a worker reads it. */
export type Ticket =
  | LiveTicket
  | {
      readonly kind: 'file'
      readonly file: string
      readonly userId: UserId
      readonly nonce: string
      readonly untilMs: number
    }
  /** Sends for this camera. */
  | {
      readonly kind: 'send'
      readonly cameraId: CameraId
      readonly userId: UserId
      readonly nonce: string
      readonly untilMs: number
    }
  | PlayTicket

export interface LiveTicket {
  readonly kind: 'live'
  readonly cameraId: CameraId
  readonly stream: 'main' | 'sub'
  /** Good only while an open incident is near the camera. */
  readonly nearOnly: boolean
  /** Opens the camera's sound and no picture: listening is asked for, and on record, by itself. */
  readonly audio: boolean
  /** Opens WebRTC and no MSE: what is on record is how it was looked at. */
  readonly webrtc: boolean
  readonly userId: UserId
  readonly nonce: string
  readonly untilMs: number
}

export interface PlayTicket extends PlayRange {
  readonly kind: 'play'
  readonly userId: UserId
  readonly nonce: string
  readonly untilMs: number
}

export type TicketPurpose =
  | {
      readonly kind: 'live'
      readonly cameraId: CameraId
      readonly stream: 'main' | 'sub'
      readonly nearOnly?: boolean
      readonly audio?: boolean
      readonly webrtc?: boolean
    }
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'send'; readonly cameraId: CameraId }
  | ({ readonly kind: 'play' } & PlayRange)

export function issueTicket(secret: Buffer, purpose: TicketPurpose, userId: UserId, untilMs: number): string {
  const common = { u: userId, e: untilMs, n: randomBytes(9).toString('base64url') }
  const body = Buffer.from(JSON.stringify({ ...claimsOf(purpose), ...common } satisfies Claims)).toString('base64url')
  return `${body}.${sign(secret, body).toString('base64url')}`
}

function claimsOf(purpose: TicketPurpose) {
  switch (purpose.kind) {
    case 'live':
      return {
        ...({ k: 'live', c: purpose.cameraId, s: purpose.stream } as const),
        ...(purpose.nearOnly ? ({ i: 1 } as const) : {}),
        ...(purpose.audio === true ? ({ o: 1 } as const) : {}),
        ...(purpose.webrtc ? ({ w: 1 } as const) : {})
      }
    case 'file':
      return { k: 'file', f: purpose.file } as const
    case 'send':
      return { k: 'send', c: purpose.cameraId } as const
    case 'play':
      return {
        ...({ k: 'play', c: purpose.cameraId, s: purpose.stream, a: purpose.fromMs, b: purpose.toMs } as const),
        ...(purpose.audio === true ? ({ o: 1 } as const) : {})
      }
  }
}

/** Each worker has its own: what opens once at one worker opens nothing at another. */
export function workerSecret(secret: Buffer, index: number): Buffer {
  return createHmac('sha256', secret).update(`worker ${index}`).digest()
}

/** Undefined for whatever is forged, expired or no ticket; nothing is parsed before the signature holds. */
export function readTicket(secret: Buffer, text: string, steadyMs: number): Ticket | undefined {
  const [, body, signature] = /^([\w-]{1,1500})\.([\w-]{43})$/.exec(text) ?? []
  if (body === undefined || signature === undefined) return undefined
  if (!timingSafeEqual(sign(secret, body), Buffer.from(signature, 'base64url'))) return undefined
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims
  if (claims.e <= steadyMs) return undefined
  const common = { userId: claims.u, nonce: claims.n, untilMs: claims.e }
  switch (claims.k) {
    case 'live':
      return {
        ...({ kind: 'live', cameraId: claims.c, stream: claims.s, nearOnly: claims.i === 1 } as const),
        audio: claims.o === 1,
        webrtc: claims.w === 1,
        ...common
      }
    case 'file':
      return { kind: 'file', file: claims.f, ...common }
    case 'send':
      return { kind: 'send', cameraId: claims.c, ...common }
    case 'play':
      return {
        ...({ kind: 'play', cameraId: claims.c, stream: claims.s, fromMs: claims.a, toMs: claims.b } as const),
        audio: claims.o === 1,
        ...common
      }
  }
}

/** Lets every ticket pass once; remembers no longer than tickets live. */
export class SingleUse {
  readonly #used = new Map<string, number>()

  take(ticket: Ticket, steadyMs: number): boolean {
    // Oldest first: entries expire nearly in the order they came.
    for (const [nonce, untilMs] of this.#used) {
      if (untilMs > steadyMs) break
      this.#used.delete(nonce)
    }
    if (this.#used.has(ticket.nonce)) return false
    this.#used.set(ticket.nonce, ticket.untilMs)
    return true
  }
}

/** Users whose last session ended, and cameras that no incident is near to any more, of the last 30 s: tickets from before are no good. */
export class Ended {
  readonly #ended = new Map<UserId | CameraId, number>()

  end(whose: UserId | CameraId, steadyMs: number): void {
    for (const [other, endedMs] of this.#ended) if (steadyMs - endedMs > TICKET_MS) this.#ended.delete(other)
    this.#ended.set(whose, steadyMs)
  }

  /** False for a ticket from before the end of what it was given for. */
  allows(ticket: Ticket): boolean {
    const nearOnly = ticket.kind === 'live' && ticket.nearOnly
    return this.#isAfter(ticket, ticket.userId) && (!nearOnly || this.#isAfter(ticket, ticket.cameraId))
  }

  #isAfter(ticket: Ticket, whose: UserId | CameraId): boolean {
    return ticket.untilMs - TICKET_MS > (this.#ended.get(whose) ?? Number.NEGATIVE_INFINITY)
  }
}

function sign(secret: Buffer, body: string): Buffer {
  return createHmac('sha256', secret).update(body).digest()
}
