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
  /** Wrong ids for one number within `guessMs`, of one address and of all: whoever tried more learns nothing more. */
  guessesPerAddress: 5,
  guesses: 100,
  guessMs: 3_600_000,
  /** After this time without a try a waiting one gives its place to a new one. */
  staleMs: 3_600_000,
  /** Of each text a terminal sends. */
  textLength: 40,
  choices: 20,
  searchLength: 40
} as const

/** Shorter ids say too little to be part of another. */
const MIN_PART = 6

/** Without what only fills the field: blanks, leading zeros, bytes that are no text. */
const plainId = (text: string): string => text.toUpperCase().replace(/^[\s\uFFFD0]+|[\s\uFFFD]+$/g, '')

/** False: it says nothing of which terminal it is. */
export const namesItself = (terminalId: string): boolean => plainId(terminalId) !== ''

/**
 * The terminal that was known as `known`, by a longer id: the field has 7 bytes until 2013 and 30 since 2019, so that the new one begins or ends with the
 * old one. Never the other way round: a few letters of maker and model are the beginning of many ids, and no proof of one.
 */
export function extendsId(known: string, said: string): boolean {
  const [short, long] = [plainId(known), plainId(said)]
  return short.length >= MIN_PART && long.length > short.length && (long.startsWith(short) || long.endsWith(short))
}

/** One id, but for what fills the field. */
export const isSameId = (a: string, b: string): boolean => plainId(a) === plainId(b)
