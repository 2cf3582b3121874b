/** What the page of the gateway's own state is told. Types only; part of wire.ts. */

import type { StreamHealth } from './media.ts'
import type { ArmState } from './ports.ts'

/** GET /api/diagnostics for administrators and leaders. */
export interface Diagnostics {
  readonly sinceMs: number
  readonly version: string
  readonly memoryMb: number
  readonly store: { readonly writable: boolean; readonly freeBytes: number; readonly error?: string }
  readonly adapters: readonly {
    readonly name: string
    readonly state: 'running' | 'restarting' | 'stopped'
    readonly restarts: number
    readonly error?: string
    readonly endpoints: readonly { readonly protocol: string; readonly address: string; readonly port: number }[]
    readonly accepted: number
    readonly lastSignalAtMs?: number
    readonly rejected: readonly {
      readonly reason: string
      readonly count: number
      readonly lastOrigin: string
      readonly lastAtMs: number
      readonly lastDetail?: string
    }[]
  }[]
  readonly devices: readonly {
    readonly id: string
    /** As the registry calls it, or whose it is. */
    readonly name?: string
    readonly protocol: string
    readonly state: string
    readonly atMs: number
    readonly model?: string
    /** Of an alarm box, by partition; `-` is the whole box. */
    readonly arm?: Readonly<Record<string, ArmState>>
  }[]
  readonly workers: readonly {
    readonly index: number
    readonly pid?: number
    readonly cameras: number
    readonly restarts: number
    readonly rssMb?: number
  }[]
  readonly cameras: readonly (StreamHealth & { readonly name?: string })[]
  readonly shed: Readonly<Record<string, number>>
}
