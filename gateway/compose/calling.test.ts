/** While somebody calls for help his sources stay his: under duress the next press would ring the neighbours of somebody else. */
import { beforeEach, expect, it } from 'vitest'
import { id, type SourceId, type SubjectId } from '../core/brand.ts'
import type { Alarm, Incident } from '../core/incident.ts'
import { laneOf } from '../core/lifecycle.ts'
import type { Store } from '../core/store.ts'
import type { SubjectDraft } from '../core/subject-record.ts'
import type { SessionUser } from '../core/wire.ts'
import { EMPTY_REGISTRY } from '../registry/load.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleAlarm, sampleIncident } from '../testing/samples.ts'
import { openRegistry } from './registry-desk.ts'

const ADMIN: SessionUser = { userId: '10001', login: '10001', name: '10001', role: 'administrator' }
const [A, B] = [id<SubjectId>('a'), id<SubjectId>('b')]
const BUTTON = id<SourceId>('mqtt:linxi/button-01')
const subjects = [A, B].map(each => ({ id: each, kind: 'household' as const, name: `户 ${each}`, address: '杏花巷' }))
const sources = [{ id: BUTTON, subjectId: A, kind: 'alarmBox' as const }]
const LIST = `编号,类别,姓名,地址,报警号码\na,住户,户 a,杏花巷 16 号,\nb,住户,户 b,杏花巷 18 号,\n`

let open: readonly { readonly incident: Incident; readonly alarms: readonly Alarm[] }[] = []
/** Before each commit: somebody presses at that moment. */
let meanwhile: () => void = () => undefined
beforeEach(() => {
  open = []
  meanwhile = () => undefined
})

const incidents = {
  openOf: (of: SubjectId, lane: string) =>
    lane === 'alarm' ? open.find(({ incident }) => incident.subject.id === of)?.incident : undefined,
  openOfSource: (of: SourceId, lane?: string) =>
    open.find(
      ({ incident, alarms }) =>
        alarms.some(each => each.sourceId === of) && (lane ?? laneOf(incident)) === laneOf(incident)
    )?.incident
}

function call(over: Partial<Incident> = {}) {
  const incident = sampleIncident({ number: '1128-0007', alarmClass: 'duress', duress: true, ...over })
  open = [{ incident, alarms: [sampleAlarm(incident, { sourceId: BUTTON })] }]
}

async function desk() {
  const store = {
    documents: async () => [],
    async commit() {
      meanwhile()
      return { ok: true, feed: [] }
    }
  } as unknown as Store
  const file = { ...EMPTY_REGISTRY, subjects, sources }
  const hub = { broadcast: () => {} }
  const { registry, recordRooms } = await openRegistry(
    file,
    { clock: createFakeClock(), log: silentLog },
    store,
    () => ({ incidents, hub })
  )
  return { subjects: recordRooms.subjects, ownerOf: () => registry.rows.source(BUTTON)?.subjectId }
}

const FAULT = { field: 'sources', code: 'calling', other: '1128-0007' }
const draft = (own: SubjectDraft['sources'], name = '户 a'): SubjectDraft => ({
  ...{ id: A, kind: 'household', name, address: '杏花巷', contacts: [], sources: own }
})
const button = { id: BUTTON, kind: 'alarmBox' as const }

it.each([
  ['its household calls', () => call({ subject: { ...sampleIncident().subject, id: A } })],
  ['the source itself calls, under another name', () => call()]
])('no household and no source of it is removed while %s', async (_, begin) => {
  const { subjects: rooms, ownerOf } = await desk()
  begin()
  expect(await rooms.remove(A, 0, ADMIN)).toMatchObject({ saved: false, faults: [FAULT] })
  expect(await rooms.save(draft([]), 0, ADMIN)).toMatchObject({ saved: false, faults: [FAULT] })
  expect(await rooms.preview(LIST)).toMatchObject({ faultCount: 1, faults: [{ ...FAULT, field: '报警号码', line: 2 }] })
  expect(await rooms.import(LIST, 'a.csv', ADMIN)).toMatchObject({ faultCount: 1 })
  expect(ownerOf()).toBe(A)
  // What leaves its sources with it is changed as ever.
  expect(await rooms.save(draft([button], '户 甲'), 0, ADMIN)).toMatchObject({ saved: true, version: 1 })
  open = []
  expect(await rooms.save(draft([], '户 甲'), 1, ADMIN)).toMatchObject({ saved: true })
  expect(ownerOf()).toBeUndefined()
})

it('a call that comes beside a trouble of the same source is found, a trouble alone keeps nobody', async () => {
  const { subjects: rooms } = await desk()
  call({ alarmClass: 'trouble', duress: false, number: '1128-0001' })
  const trouble = open
  call()
  open = [...trouble, ...open]
  expect(await rooms.remove(A, 0, ADMIN)).toMatchObject({ saved: false, faults: [FAULT] })
  open = trouble
  expect(await rooms.remove(A, 0, ADMIN)).toMatchObject({ saved: true })
})

it('a list is looked at once more when it is kept: whoever calls by then is left out, and named by his line', async () => {
  const { subjects: rooms, ownerOf } = await desk()
  const many = Array.from({ length: 260 }, (_, n) => `n${n},住户,新户 ${n},北门外 ${n} 号,`)
  const head = '编号,类别,姓名,地址,报警号码'
  const list = [head, ...many, 'a,住户,户 a,杏花巷 16 号,', ''].join('\n')
  meanwhile = () => call()
  expect(await rooms.import(list, 'a.csv', ADMIN)).toMatchObject({
    faultCount: 1,
    faults: [{ ...FAULT, field: '报警号码', line: 262 }]
  })
  expect(ownerOf()).toBe(A)
  expect((await rooms.detail(id('n259'), ADMIN)).draft.name).toBe('新户 259')
})
