/** The phone's commands: numbered, kept over reloads, sent in order, applied once; a wet double tap does nothing twice. Pure. */
import type { PatrolCommand, PatrolCommandResult } from '../../../../gateway/core/wire.ts'

export type Command = PatrolCommand['command']

export interface Refused {
  readonly command: Command
  readonly deviceTimeMs: number
  readonly code: string
}

export interface Outbox {
  /** Random id of this installation of the page for this person. */
  readonly client: string
  readonly nextSeq: number
  /** Oldest first, in order of `seq`. */
  readonly pending: readonly PatrolCommand[]
  /** Newest first, bounded. */
  readonly refused: readonly Refused[]
  /** Keys of commands the gateway has taken, so that a late tap does not send them again; newest first, bounded. */
  readonly taken: readonly string[]
}

const MAX_PENDING = 200
const MAX_REFUSED = 10
const MAX_TAKEN = 60
/** Sent in one request; the gateway applies them in order. */
export const MAX_BATCH = 20

export function emptyOutbox(client: string): Outbox {
  return { client, nextSeq: 1, pending: [], refused: [], taken: [] }
}

/** What a command does, once: a second one with the same key is the same tap. Duty is not keyed here, it can go on and off. */
function keyOf(command: Command): string | undefined {
  switch (command.kind) {
    case 'onDuty':
    case 'offDuty':
      return undefined
    case 'checkPoint':
      return `checkPoint ${command.routeId} ${command.pointId} ${command.fromMs}`
    case 'report':
      return `report ${command.assignmentId} ${command.disposition ?? ''} ${command.text}`
    case 'finish':
      return `finish ${command.assignmentId} ${command.disposition} ${command.text}`
    case 'safe':
      return undefined
    case 'situation':
      return `situation ${command.id}`
    case 'message':
      return `message ${command.id}`
    case 'messagesSeen':
      return `messagesSeen ${command.read} ${command.messages.join()}`
    case 'accept':
    case 'decline':
    case 'arrive':
    case 'clear':
    case 'withdraw':
      return `${command.kind} ${command.assignmentId}`
  }
}

/** True when the command would do again what waits or was taken already. */
export function isDouble(outbox: Outbox, command: Command): boolean {
  const key = keyOf(command)
  if (key === undefined) {
    const duty = outbox.pending.filter(each => keyOf(each.command) === undefined)
    return duty.at(-1)?.command.kind === command.kind
  }
  return outbox.taken.includes(key) || outbox.pending.some(each => keyOf(each.command) === key)
}

/** Adds a command with the device's time; a double tap and a full box leave it as it is. */
export function enqueue(outbox: Outbox, command: Command, nowMs: number): Outbox {
  if (isDouble(outbox, command) || outbox.pending.length >= MAX_PENDING) return outbox
  const entry: PatrolCommand = { client: outbox.client, seq: outbox.nextSeq, deviceTimeMs: nowMs, command }
  return { ...outbox, nextSeq: outbox.nextSeq + 1, pending: [...outbox.pending, entry] }
}

/** The next commands to send, oldest first. */
export function batchOf(outbox: Outbox): readonly PatrolCommand[] {
  return outbox.pending.slice(0, MAX_BATCH)
}

/** Takes the gateway's answers; what is not answered stays. A repeated refusal (its code comes along) counts as refused. */
export function settle(outbox: Outbox, results: readonly PatrolCommandResult[]): Outbox {
  const answers = new Map(results.map(result => [result.seq, result]))
  const refused: Refused[] = []
  const taken: string[] = []
  for (const { seq, command, deviceTimeMs } of outbox.pending) {
    const answer = answers.get(seq)
    if (!answer) continue
    const key = keyOf(command)
    // Nobody asked the phone to tell what it has seen: nobody is told that this came too late.
    const told = command.kind !== 'messagesSeen'
    if (answer.outcome === 'refused' || answer.code !== undefined) {
      if (told) refused.unshift({ command, deviceTimeMs, code: answer.code ?? 'UNKNOWN' })
      else if (key !== undefined) taken.unshift(key)
    } else if (key !== undefined) taken.unshift(key)
  }
  return {
    ...outbox,
    pending: outbox.pending.filter(each => !answers.has(each.seq)),
    refused: [...refused, ...outbox.refused].slice(0, MAX_REFUSED),
    taken: [...taken, ...outbox.taken].slice(0, MAX_TAKEN)
  }
}

/** The person has read the refusals. */
export function forgetRefused(outbox: Outbox): Outbox {
  return outbox.refused.length === 0 ? outbox : { ...outbox, refused: [] }
}

/** Reads what was kept; anything that is not an outbox is answered by undefined, never by an error. */
export function readOutbox(text: string | null): Outbox | undefined {
  if (!text) return undefined
  try {
    const raw = JSON.parse(text) as Partial<Outbox>
    const lists = [raw.pending, raw.refused, raw.taken].every(Array.isArray)
    if (typeof raw.client !== 'string' || typeof raw.nextSeq !== 'number' || !lists) return undefined
    const outbox = raw as Outbox
    // A number must never be used twice, whatever was kept.
    const highest = Math.max(0, ...outbox.pending.map(each => each.seq))
    return { ...outbox, nextSeq: Math.max(outbox.nextSeq, highest + 1) }
  } catch {
    return undefined
  }
}
