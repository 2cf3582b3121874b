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

/** Whether a terminal that registers for a number of the registry may have its code: as before, in place of another (an administrator's word), or not yet. */
export type Admission = 'same' | 'replaced' | 'other'

/** What the terminal of a number said of itself when it was first taken. */
export interface KnownTerminal {
  readonly terminalId: string
  readonly maker: string
  readonly model: string
  readonly sinceMs: number
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
  /** The registry has its number, for which another terminal was taken before. */
  readonly other?: true
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
    /** Of another terminal than before: the one before. */
    readonly before?: KnownTerminal
  })[]
  /** Terminals that were not listed since the start because the list, or the part of their address in it, was full. */
  readonly notListed: number
}

export const REGISTRATION_LIMITS = {
  /** Waiting, all together and from one address: whoever invents numbers fills his own part only. */
  waiting: 200,
  waitingPerAddress: 20,
  /** Other terminals that wait for one number. */
  othersPerSource: 3,
  refused: 200,
  approved: 50_000,
  /** Numbers whose terminal is remembered. */
  terminals: 100_000,
  /** After this time without a try a waiting one gives its place to a new one. */
  staleMs: 3_600_000,
  /** Of each text a terminal sends. */
  textLength: 40,
  choices: 20,
  searchLength: 40
} as const

/** Shorter ids say too little for one to be part of the other. */
const MIN_PART = 6

/** Without what only fills the field: blanks, leading zeros, bytes that are no text. */
const plainId = (text: string): string => text.toUpperCase().replace(/^[\s\uFFFD0]+|[\s\uFFFD]+$/g, '')

/** False: it says nothing of which terminal it is. */
export const namesItself = (terminalId: string): boolean => plainId(terminalId) !== ''

/** Of one terminal: the first of both tells it better from others. */
export const saysMore = (a: string, b: string): boolean => plainId(a).length > plainId(b).length

/** One terminal under both ids: the field has 7 bytes until 2013 and 30 since 2019, so that one may begin or end with the other. */
export function isSameTerminal(a: string, b: string): boolean {
  const [short = '', long = ''] = [plainId(a), plainId(b)].sort((x, y) => x.length - y.length)
  return short === long || (short.length >= MIN_PART && (long.startsWith(short) || long.endsWith(short)))
}
