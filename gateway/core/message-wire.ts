/** What travels of messages between the floor and units; parts of `IncidentAction`, `PatrolTask` and `PatrolCommand`. Types only. */
import type { EvidenceItem } from './incident.ts'

export type MessageAction =
  /** To one unit that has taken the order, or to all of them. `id` is made by the page: sent again, it is the same message. */
  | {
      readonly action: 'message'
      readonly id: string
      readonly text: string
      readonly to?: string
      /** A photo sent before, or another picture among the evidence of the incident. */
      readonly photo?: string
    }
  /** What the units wrote was read. */
  | { readonly action: 'readMessages' }

/** A message as its unit's phones show it. */
export interface PatrolMessage {
  readonly id: string
  readonly atMs: number
  readonly writtenAtMs?: number
  /** Of this unit itself. */
  readonly own: boolean
  /** Who wrote it. */
  readonly name: string
  readonly seat?: number
  readonly text: string
  readonly photo?: { readonly id: string; readonly kind: EvidenceItem['kind'] }
  /** Of the floor: this unit's phone has told that it is there, that it was read. */
  readonly delivered: boolean
  readonly read: boolean
}

export type MessageCommand =
  | {
      readonly kind: 'message'
      readonly assignmentId: string
      readonly id: string
      readonly text: string
      /** Evidence id: the photo is sent before. */
      readonly photo?: string
    }
  | {
      readonly kind: 'messagesSeen'
      readonly assignmentId: string
      readonly messages: readonly string[]
      readonly read: boolean
    }

/** POST /api/incidents/:id/photos and /api/patrol/orders/:id/photos, the picture itself as the body: the same picture again is the same item. */
export interface PhotoKept {
  readonly photo: string
}
