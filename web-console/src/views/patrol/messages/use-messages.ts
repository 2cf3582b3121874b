/** Messages of an order as the phone has them: what the gateway told, what still waits here; and that they came is told and heard once. */
import { useEffect } from 'react'
import type { PatrolMessage } from '../../../../../gateway/core/message-wire.ts'
import type { PatrolTask } from '../../../../../gateway/core/wire.ts'
import type { Phone } from '../context.ts'
import { isDouble, type Outbox } from '../outbox.ts'
import { useChime } from '../ring.ts'
import { heldId } from '../send-commands.ts'

/** Written here and not yet with the gateway. */
export interface Waiting {
  readonly id: string
  readonly atMs: number
  readonly text: string
  readonly held: string | undefined
}

export function waitingOf({ pending }: Outbox, task: PatrolTask): readonly Waiting[] {
  const known = new Set(task.messages?.map(each => each.id))
  return pending.flatMap(entry => {
    const { command, deviceTimeMs } = entry
    if (command.kind !== 'message' || command.assignmentId !== task.assignmentId || known.has(command.id)) return []
    return [{ id: command.id, atMs: deviceTimeMs, text: command.text, held: heldId(entry) }]
  })
}

/** Of the floor, and not said to be read: neither on record nor by what waits here. */
export function unreadOf({ pending }: Outbox, task: PatrolTask): readonly PatrolMessage[] {
  const said = new Set(
    pending.flatMap(({ command }) => (command.kind === 'messagesSeen' && command.read ? command.messages : []))
  )
  // Who answers has read, also before the answer is sent.
  const answeredMs = Math.max(0, ...waitingOf({ pending } as Outbox, task).map(each => each.atMs))
  return (task.messages ?? []).filter(each => !each.own && !each.read && !said.has(each.id) && each.atMs > answeredMs)
}

const MAX_NAMED = 50

/** The command that tells it; undefined when there is nothing to tell. */
export function seenCommand(task: PatrolTask, messages: readonly PatrolMessage[], read: boolean) {
  const ids = messages.slice(-MAX_NAMED).map(each => each.id)
  const { assignmentId } = task
  return ids.length === 0 ? undefined : ({ kind: 'messagesSeen', assignmentId, messages: ids, read } as const)
}

/** Told as delivered and heard once; under duress nothing is heard: somebody beside the patrol may listen (rule 5). */
export function useArrived(phone: Phone, tasks: readonly PatrolTask[]): void {
  const unread = tasks.flatMap(task => unreadOf(phone.outbox, task)).map(each => each.id)
  useChime(
    unread,
    tasks.some(task => task.duress)
  )
  const { act, outbox } = phone
  const came = tasks
    .map(task => seenCommand(task, arrivedOf(task), false))
    .find(each => each !== undefined && !isDouble(outbox, each))
  useEffect(() => {
    if (came) act(came)
  })
}

/** Of the floor, and not said to have come. */
const arrivedOf = ({ messages = [] }: PatrolTask) => messages.filter(each => !each.own && !each.delivered)
