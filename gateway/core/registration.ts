/** Terminals that ask to be registered and are in no registry: what they say of themselves, and what the administrator made of it. */
import type { SourceId } from './brand.ts'

/** What a terminal says. Nothing of it is proven. */
export interface TerminalApplication {
  readonly sourceId: SourceId
  readonly origin: string
  readonly plate?: string
  readonly maker?: string
  readonly model?: string
  readonly terminalId?: string
}

export type RegistrationState = 'waiting' | 'approved' | 'refused'

export interface Registration {
  readonly source: string
  readonly state: RegistrationState
  readonly plate: string
  readonly maker: string
  readonly model: string
  readonly terminalId: string
  /** Of its last try; `tries` since the gateway was started, at least 1. */
  readonly origin: string
  readonly firstMs: number
  readonly lastMs: number
  readonly tries: number
  /** Of an approved one: the vehicle it stands for. */
  readonly subjectId?: string
  /** Who decided, when. */
  readonly by?: string
  readonly decidedMs?: number
}

/** A vehicle that a terminal can be approved to. */
export interface VehicleChoice {
  readonly id: string
  readonly name: string
  /** Terminals that stand for it already. */
  readonly sources: readonly string[]
}

export interface RegistrationList {
  readonly registrations: readonly (Registration & {
    /** The vehicle it stands for, or, while it waits, the one whose plate it names. */
    readonly vehicle?: VehicleChoice
  })[]
  /** Terminals that were not listed since the start because the list, or the part of their address in it, was full. */
  readonly notListed: number
}

export const REGISTRATION_LIMITS = {
  /** Waiting, all together and from one address: whoever invents numbers fills his own part only. */
  waiting: 200,
  waitingPerAddress: 20,
  refused: 200,
  approved: 50_000,
  /** After this time without a try a waiting one gives its place to a new one. */
  staleMs: 3_600_000,
  /** Of each text a terminal sends. */
  textLength: 40,
  choices: 20,
  searchLength: 40
} as const
