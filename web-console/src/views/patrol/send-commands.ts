/** Sends commands of the phone; a message's photo goes before it, and takes its place in the command by the id that the gateway gave it. */
import type { PhotoKept } from '../../../../gateway/core/message-wire.ts'
import type { PatrolCommand, PatrolCommandResult } from '../../../../gateway/core/wire.ts'
import { Refusal } from '../../wire/api.ts'
import type { PhotoBox } from './photo-box.ts'

/** In place of an evidence id, as long as the photo waits on the phone. */
const HELD = 'held:'
export const heldPhoto = (id: string): string => `${HELD}${id}`
/** The name under which the photo waits; undefined for one that is evidence already, or none. */
export const heldId = ({ command }: Pick<PatrolCommand, 'command'>): string | undefined => {
  if (command.kind === 'situation') return command.photo ? command.id : undefined
  return command.kind === 'message' && command.photo?.startsWith(HELD) ? command.photo.slice(HELD.length) : undefined
}

export interface SendOptions {
  readonly box: Pick<PhotoBox, 'get' | 'remove'>
  /** POST /api/patrol/commands; throws `Refusal`. */
  readonly commands: (commands: readonly PatrolCommand[]) => Promise<readonly PatrolCommandResult[]>
  /** POST of a photo for an order; throws `Refusal`. */
  readonly photo: (assignmentId: string, photo: Blob, takenAtMs: number) => Promise<PhotoKept>
  /** POST of a photo for what was reported; throws `Refusal`. */
  readonly situationPhoto: (reportId: string, photo: Blob, takenAtMs: number) => Promise<PhotoKept>
}

/** The gateway does not take this photo, now or later. */
const FINAL: ReadonlySet<number> = new Set([400, 403, 404, 409, 413, 415, 422])
/** Another change came at the same moment. */
const isFinal = ({ status, code }: Refusal): boolean => FINAL.has(status) && code !== 'CONFLICT_RETRY'

/** In order: what stands before a photo goes first, and what is not answered is sent again. */
export async function sendCommands(
  batch: readonly PatrolCommand[],
  options: SendOptions
): Promise<readonly PatrolCommandResult[]> {
  const at = batch.findIndex(each => heldId(each) !== undefined)
  if (at < 0) return options.commands(batch)
  if (at > 0) return options.commands(batch.slice(0, at))
  const [first] = batch
  if (!first) return []
  return first.command.kind === 'situation' ? beforePhoto(first, options) : withPhoto(first, options)
}

/** The report goes first: nobody waits for a picture. Without an answer both are sent again, and the gateway knows the report. */
async function beforePhoto(entry: PatrolCommand, options: SendOptions): Promise<readonly PatrolCommandResult[]> {
  const results = await options.commands([entry])
  const held = heldId(entry)
  const taken = results.some(({ outcome, code }) => outcome !== 'refused' && code === undefined)
  const photo = held === undefined ? undefined : await options.box.get(held)
  if (held === undefined || !photo) return results
  try {
    if (taken) await options.situationPhoto(held, photo, entry.deviceTimeMs)
  } catch (error) {
    if (!(error instanceof Refusal) || !isFinal(error)) throw error
    await options.box.remove(held)
    return [{ seq: entry.seq, outcome: 'refused', code: 'PHOTO_REFUSED' }]
  }
  await options.box.remove(held)
  return results
}

async function withPhoto(entry: PatrolCommand, options: SendOptions): Promise<readonly PatrolCommandResult[]> {
  const held = heldId(entry)
  const { command } = entry
  if (held === undefined || command.kind !== 'message') return options.commands([entry])
  const refused = (code: string) => [{ seq: entry.seq, outcome: 'refused' as const, code }]
  const photo = await options.box.get(held)
  if (!photo) return refused('PHOTO_GONE')
  try {
    const kept = await options.photo(command.assignmentId, photo, entry.deviceTimeMs)
    const results = await options.commands([{ ...entry, command: { ...command, photo: kept.photo } }])
    if (results.length > 0) await options.box.remove(held)
    return results
  } catch (error) {
    if (!(error instanceof Refusal) || !isFinal(error)) throw error
    await options.box.remove(held)
    return refused(error.code)
  }
}
