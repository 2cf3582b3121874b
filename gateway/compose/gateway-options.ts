/** What the composition root is given and what it gives: tests and the command line fill in the same things. */
import type { AccessDeps, createAccess } from '../access/access.ts'
import type { Config } from '../config.ts'
import type { AdapterDefinition } from '../core/adapter.ts'
import type { Media } from '../core/media.ts'
import type { Clock, Endpoint, Log } from '../core/ports.ts'
import type { Store } from '../core/store.ts'
import type { DemoPress } from '../core/wire.ts'
import type { Incidents } from '../incident/incidents.ts'
import type { createRegistry } from '../registry/registry.ts'
import type { Metrics } from '../supervise/metrics.ts'

/** The video plane with its life, as the root starts it. */
export interface MediaWithLife extends Media {
  start(): Promise<void>
  stop(): Promise<void>
  workers(): readonly {
    readonly index: number
    readonly pid: number
    readonly cameras: number
    readonly restarts: number
    readonly rssMb: number
  }[]
}

export interface GatewayOptions {
  readonly config: Config
  readonly adapters: readonly AdapterDefinition[]
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly tls: { readonly key: string; readonly cert: string }
  /** Built by the caller, so that tests may run without cameras. */
  media(settings: { readonly ticketSecret: Buffer }): MediaWithLife
  readonly consoleDir?: string
  readonly assetsDir: string
  /** Demo mode: the town's secrets and its press buttons. */
  readonly demo?: { readonly seed: string; press(press: DemoPress): Promise<unknown> }
  /** Tests only: a disk that is full after this many pages. */
  readonly maxPages?: number
  /** Tests only: checks a password. */
  readonly verify?: AccessDeps['verify']
}

export interface Gateway {
  readonly endpoints: readonly Endpoint[]
  readonly access: Awaited<ReturnType<typeof createAccess>>
  readonly store: Store
  readonly incidents: Incidents
  readonly registry: ReturnType<typeof createRegistry>
  /** Resolves when nothing can ever be stored again in this process: end it, so that it is started anew. */
  readonly fatal: Promise<Error>
  /** Signals on disk that are not worked yet. */
  backlog(): number
  /** Work under way between journal and incident is done. */
  idle(): Promise<void>
  stop(): Promise<void>
}
