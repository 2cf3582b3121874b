/** The phone's screen: the gateway's truth on line, the phone's own commands off line. */
import { describe, expect, it } from 'vitest'
import { id } from '../../../../gateway/core/brand.ts'
import type { Unit } from '../../../../gateway/core/unit.ts'
import type { PatrolTask } from '../../../../gateway/core/wire.ts'
import { type Command, emptyOutbox, enqueue } from './outbox.ts'
import { mainTask, type ScreenInput, screenOf } from './screen.ts'

const unit = (...users: string[]): Unit => ({
  id: id('unit-1'),
  name: '巡防 07 车',
  unitClass: 'patrol',
  memberCount: 2,
  vehicle: 'car',
  speedKmh: 30,
  state: users.length > 0 ? 'available' : 'offDuty',
  members: users.map(userId => ({ userId: id(userId), name: userId }))
})

const task = (assignmentState: PatrolTask['assignmentState'], assignmentId = 'a1', offeredAtMs = 1): PatrolTask => ({
  incidentId: id(`i-${assignmentId}`),
  number: '1122-0187',
  assignmentId,
  assignmentState,
  priority: 1,
  alarmClass: 'panic',
  sourceKind: 'panicPhone',
  duress: false,
  name: '陈桂芳',
  address: '杏花巷 16 号',
  presses: 1,
  openedAtMs: 0,
  offeredAtMs,
  expiresAtMs: 30_000,
  others: [],
  evidence: []
})

const input = (more: Partial<ScreenInput> = {}, ...commands: Command[]): ScreenInput => ({
  loaded: true,
  userId: 'u1',
  unit: unit('u1'),
  hasTeam: true,
  tasks: [],
  outbox: commands.reduce((box, command) => enqueue(box, command, 1), emptyOutbox('c')),
  offline: false,
  ...more
})

describe('screen of the phone', () => {
  it('shows duty only when this person is on duty, not when only a colleague is', () => {
    expect(screenOf(input()).kind).toBe('duty')
    expect(screenOf(input({ unit: unit('u2') })).kind).toBe('offDuty')
    expect(screenOf(input({ loaded: false, unit: undefined })).kind).toBe('loading')
    expect(screenOf(input({ hasTeam: false, unit: undefined })).kind).toBe('noTeam')
  })

  it('shows the task the team is at before one it drives to and before an offer', () => {
    const tasks = [task('offered', 'a3', 1), task('enRoute', 'a2', 2), task('arrived', 'a1', 3)]
    expect(mainTask(tasks)?.assignmentId).toBe('a1')
    expect(mainTask([task('offered', 'b', 9), task('offered', 'a', 4)])?.assignmentId).toBe('a')
  })

  it('waits on line for the gateway before it shows a state', () => {
    const arrive: Command = { kind: 'arrive', assignmentId: 'a1' }
    expect(screenOf(input({ tasks: [task('enRoute')] }, arrive))).toMatchObject({ kind: 'enRoute', ahead: false })
  })

  it('goes ahead off line, says so, and leaves a task that was cleared', () => {
    const arrive: Command = { kind: 'arrive', assignmentId: 'a1' }
    const clear: Command = { kind: 'clear', assignmentId: 'a1' }
    const offline = { tasks: [task('enRoute')], offline: true }
    expect(screenOf(input(offline, arrive))).toMatchObject({ kind: 'onScene', ahead: true })
    expect(screenOf(input(offline, arrive, clear)).kind).toBe('duty')
    expect(
      screenOf(input({ ...offline, tasks: [task('offered')] }, { kind: 'decline', assignmentId: 'a1', reason: 'x' }))
        .kind
    ).toBe('duty')
    expect(screenOf(input({ offline: true }, { kind: 'offDuty' })).kind).toBe('offDuty')
  })
})
