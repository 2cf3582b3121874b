/** Which one decision the phone shows, from the gateway's truth and from what waits to be sent. Pure. */
import type { Unit } from '../../../../gateway/core/unit.ts'
import type { PatrolTask } from '../../../../gateway/core/wire.ts'
import type { Outbox } from './outbox.ts'

export type Screen =
  | { readonly kind: 'loading' }
  /** The session belongs to no team. */
  | { readonly kind: 'noTeam' }
  | { readonly kind: 'offDuty' }
  | { readonly kind: 'duty' }
  | { readonly kind: 'offer'; readonly task: PatrolTask }
  /** `ahead`: shown on the phone's word only, the floor does not know it yet. */
  | { readonly kind: 'enRoute'; readonly task: PatrolTask; readonly ahead: boolean }
  | { readonly kind: 'onScene'; readonly task: PatrolTask; readonly ahead: boolean }

export interface ScreenInput {
  readonly loaded: boolean
  readonly userId: string | undefined
  readonly unit: Unit | undefined
  readonly hasTeam: boolean
  readonly tasks: readonly PatrolTask[]
  readonly outbox: Outbox
  readonly offline: boolean
}

const RANK = { arrived: 0, enRoute: 1, offered: 2 } as const

/** The task to show: the one the team is at, then the one it drives to, then the oldest offer. */
export function mainTask(tasks: readonly PatrolTask[]): PatrolTask | undefined {
  return [...tasks].sort(
    (a, b) => RANK[a.assignmentState] - RANK[b.assignmentState] || a.offeredAtMs - b.offeredAtMs
  )[0]
}

/**
 * Duty as the phone may show it. On line only the gateway's word counts; off line the last command does (rule 13: an off-line
 * phone queues and works on).
 */
export function dutyOf(input: ScreenInput): boolean {
  const told = input.unit?.members.some(member => member.userId === input.userId) ?? false
  if (!input.offline) return told
  const last = input.outbox.pending.findLast(each => each.command.kind === 'onDuty' || each.command.kind === 'offDuty')
  return last ? last.command.kind === 'onDuty' : told
}

type Local = PatrolTask['assignmentState'] | 'gone'

/** Where the off-line phone stands with a task after the commands that wait. */
export function localState(task: PatrolTask, outbox: Outbox): Local {
  let state: Local = task.assignmentState
  for (const { command } of outbox.pending) {
    if (!('assignmentId' in command) || command.assignmentId !== task.assignmentId) continue
    if (command.kind === 'accept' && state === 'offered') state = 'enRoute'
    else if (command.kind === 'arrive') state = 'arrived'
    else if (
      command.kind === 'clear' ||
      command.kind === 'finish' ||
      command.kind === 'decline' ||
      command.kind === 'withdraw'
    )
      state = 'gone'
  }
  return state
}

export function screenOf(input: ScreenInput): Screen {
  const { loaded, unit, hasTeam, tasks, outbox, offline } = input
  const open = offline ? tasks.filter(task => localState(task, outbox) !== 'gone') : tasks
  const task = mainTask(open)
  if (task) {
    const state = offline ? localState(task, outbox) : task.assignmentState
    const ahead = state !== task.assignmentState
    if (state === 'arrived') return { kind: 'onScene', task, ahead }
    if (state === 'enRoute') return { kind: 'enRoute', task, ahead }
    return { kind: 'offer', task }
  }
  if (!hasTeam) return { kind: 'noTeam' }
  if (!loaded || !unit) return { kind: 'loading' }
  return { kind: dutyOf(input) ? 'duty' : 'offDuty' }
}
