/** The terminal of a number: the first is remembered, another waits for the administrator, his word is true at once and after a restart. */
import { afterEach, describe, expect, it } from 'vitest'
import { id, type SourceId, type SubjectId } from '../core/brand.ts'
import { REGISTRATION_LIMITS } from '../core/registration.ts'
import type { Store } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import { EMPTY_REGISTRY } from '../registry/load.ts'
import { createRegistrations } from '../registry/registrations.ts'
import { createRegistry } from '../registry/registry.ts'
import { openSqliteStore } from '../storage/sqlite/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { until } from '../testing/wait.ts'

const stores: Store[] = []
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
})

const ADMIN: SessionUser = { userId: 'u1', login: '10001', name: '吴敏', role: 'administrator' }
const SOURCE = 'jt808:013900000007'
const NEW = 'jt808:013900000001'
const taxi = { id: id<SubjectId>('taxi-7'), kind: 'vehicle' as const, name: '闽J·T0637', address: '' }
const data = {
  ...EMPTY_REGISTRY,
  subjects: [taxi],
  sources: [{ id: id<SourceId>(SOURCE), subjectId: taxi.id, kind: 'taxi' as const }]
}

async function setup(dir = tempDir('terminals')) {
  const clock = createFakeClock()
  const store = await openSqliteStore({ dir })
  stores.push(store)
  const registry = createRegistry(data)
  const calling = new Set<string>()
  const registrations = await createRegistrations({
    ...{ clock, log: silentLog, store, registry },
    calling: source => (calling.has(source) ? '1128-0003' : undefined)
  })
  const come = (terminalId: string, more: { source?: string; origin?: string; isHeld?: boolean } = {}) => {
    const { source = SOURCE, origin = 'tcp 10.1.2.3:4711', isHeld = false } = more
    const said = { maker: 'PINGA', model: 'SIM', plate: '闽JT0637' }
    return registrations.admits({ sourceId: id<SourceId>(source), origin, terminalId, ...said }, isHeld)
  }
  const listed = () => registrations.list().registrations
  const states = () => listed().map(row => [row.terminalId, row.state])
  const kept = async () => (await store.documents({ kind: 'registration', limit: 1_000 })).length
  return { dir, clock, store, registry, registrations, come, listed, states, calling, kept }
}

async function reopened(before: Awaited<ReturnType<typeof setup>>) {
  await before.store.close()
  stores.splice(stores.indexOf(before.store), 1)
  return setup(before.dir)
}

describe('the first one', () => {
  it('is remembered, over a restart; another waits, with the one before and its vehicle beside it', async () => {
    const first = await setup()
    expect(await first.come('A100001')).toBe('same')
    const house = await reopened(first)
    expect(await house.come('B200002', { origin: 'tcp 10.9.9.9:1' })).toBe('other')
    expect(await house.come('A100001')).toBe('same')
    expect(house.listed()).toMatchObject([
      {
        ...{ source: SOURCE, state: 'waiting', other: true, terminalId: 'B200002', origin: 'tcp 10.9.9.9:1' },
        before: { terminalId: 'A100001', maker: 'PINGA', model: 'SIM' },
        vehicle: { id: 'taxi-7', name: '闽J·T0637' }
      }
    ])
    // What its number stands for is as it was.
    expect(house.registry.known(id<SourceId>(SOURCE))).toBe(true)
  })

  it('is not the one that comes beside a terminal that is here', async () => {
    const { come } = await setup()
    await come('B200002', { isHeld: true })
    expect([await come('A100001'), await come('B200002')]).toEqual(['same', 'other'])
  })

  it('that says nothing of itself is followed by the first that does', async () => {
    const { come } = await setup()
    expect([await come(''), await come('0000000'), await come('A100001')]).toEqual(['same', 'same', 'same'])
    expect([await come('B200002'), await come('')]).toEqual(['other', 'other'])
  })

  it('of several at once is one', async () => {
    const { come } = await setup()
    expect(await Promise.all([come('A100001'), come('B200002')])).toEqual(['same', 'other'])
  })

  it('brought to the edition of 2019 is known by its longer id from then on', async () => {
    const { come } = await setup()
    await come('1234567')
    expect(await come('1234567-89ABC')).toBe('same')
    expect([await come('1234567-XXXXX'), await come('1234567')]).toEqual(['other', 'same'])
  })
})

describe('the decision', () => {
  it('taken, it has its code and may end the line of the one before, once; the one before waits now; on record', async () => {
    const first = await setup()
    await first.come('A100001')
    await first.come('B200002')
    await first.registrations.replace(SOURCE, 'B200002', true, ADMIN)
    expect(first.states()).toEqual([])
    const house = await reopened(first)
    expect(await house.come('B200002', { isHeld: true })).toBe('replaced')
    expect([await house.come('B200002'), await house.come('A100001')]).toEqual(['same', 'other'])
    const [entry] = await house.store.auditTail(1)
    expect(entry).toMatchObject({
      ...{ who: '10001 吴敏', action: 'registration.replace', object: `source:${SOURCE}` },
      detail: { terminal: 'B200002', before: 'A100001' }
    })
  })

  it('refused, it stays refused, over a restart, and can be taken later', async () => {
    const first = await setup()
    await first.come('A100001')
    await first.come('B200002')
    await first.registrations.replace(SOURCE, 'B200002', false, ADMIN)
    const house = await reopened(first)
    expect(await house.come('B200002')).toBe('other')
    expect(house.states()).toEqual([['B200002', 'refused']])
    await house.registrations.replace(SOURCE, 'B200002', true, ADMIN)
    expect(await house.come('B200002')).toBe('replaced')
  })

  it('waits for the end of a call of the vehicle; a refusal does not; what nobody asked for is not found', async () => {
    const { come, registrations, calling } = await setup()
    await come('A100001')
    await come('B200002')
    calling.add(SOURCE)
    await expect(registrations.replace(SOURCE, 'B200002', true, ADMIN)).rejects.toMatchObject({
      code: 'TERMINAL_CALLING'
    })
    await registrations.replace(SOURCE, 'B200002', false, ADMIN)
    for (const [source, terminalId] of [
      [SOURCE, 'C300003'],
      ['jt808:9', 'B200002']
    ] as const)
      await expect(registrations.replace(source, terminalId, true, ADMIN)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('of a number that nobody listed remembers what the administrator saw; taken back, it is forgotten', async () => {
    const { come, registrations } = await setup()
    const apply = (terminalId: string) =>
      registrations.applied({ sourceId: id<SourceId>(NEW), origin: 'tcp 10.1.2.3:1', terminalId })
    apply('A100001')
    await registrations.approve(NEW, 'taxi-7', ADMIN)
    expect(await come('B200002', { source: NEW })).toBe('other')
    await registrations.refuse(NEW, ADMIN)
    await registrations.approve(NEW, 'taxi-7', ADMIN)
    expect(await come('A100001', { source: NEW })).toBe('same')
  })
})

describe('who guesses', () => {
  const WHOLE = 'PINGA-SIM-000000000000-7654321'
  const at = (host: string) => ({ origin: `tcp ${host}:4711` })

  it('a part of the id is not the terminal: maker and model are those of a whole fleet', async () => {
    const { come } = await setup()
    await come(WHOLE)
    expect([await come('PINGA-SIM'), await come('7654321'), await come(WHOLE)]).toEqual(['other', 'other', 'same'])
  })

  it('has five tries an hour for a number from an address; right after that he waits, listed, and others are as before', async () => {
    const { come, states, registrations, clock } = await setup()
    await come('7654321')
    for (let n = 0; n < 20; n++) expect(await come(`999000${n}`, at('10.9.9.9'))).toBe('other')
    expect(registrations.list().notListed).toBe(15)
    expect([await come('7654321', at('10.9.9.9')), await come('7654321')]).toEqual(['other', 'same'])
    expect(states()).toContainEqual(['7654321', 'waiting'])
    await come('7654321', at('10.9.9.9'))
    await clock.advance(REGISTRATION_LIMITS.guessMs)
    expect(await come('7654321', at('10.9.9.9'))).toBe('same')
  })

  it('from everywhere has a hundred; one that says the same again and again tries nothing', async () => {
    const { come } = await setup()
    await come('7654321')
    for (let n = 0; n < 200; n++) await come('B200002', at('10.9.9.9'))
    expect(await come('7654321', at('10.9.9.9'))).toBe('same')
    for (let n = 0; n < 150; n++) await come(`G${100_000 + n}`, at(`10.8.0.${n}`))
    expect(await come('7654321', at('10.8.1.1'))).toBe('other')
  })

  it('holds one of the three places of a number against who comes from elsewhere', async () => {
    const { come, states } = await setup()
    await come('7654321')
    for (let n = 0; n < 3; n++) await come(`999000${n}`, at('10.9.9.9'))
    await come('C300003', at('10.1.1.1'))
    await come('9990004', at('10.9.9.9'))
    expect(states()).toHaveLength(REGISTRATION_LIMITS.othersPerSource)
    expect(states()).toContainEqual(['C300003', 'waiting'])
  })
})

it('who invents ids has three places of a number; one that has not tried for an hour gives its own', async () => {
  const { come, states, registrations, clock, kept } = await setup()
  await come('A100001')
  for (let n = 0; n < 50; n++) await come(`B20000${n}`, { origin: `tcp 10.9.9.${n}:1` })
  expect(states()).toHaveLength(REGISTRATION_LIMITS.othersPerSource)
  expect(registrations.list().notListed).toBe(47)
  await clock.advance(REGISTRATION_LIMITS.staleMs)
  await come('C300003')
  expect(states()).toHaveLength(REGISTRATION_LIMITS.othersPerSource)
  expect(states()).toContainEqual(['C300003', 'waiting'])
  await until('three on disk', async () => (await kept()) === 3)
})

it('all approved terminals are known after a restart, however many', async () => {
  const first = await setup()
  const row = { state: 'approved', subjectId: taxi.id, plate: '', maker: '', model: '', terminalId: '', origin: '' }
  const sources = Array.from({ length: 6_000 }, (_, n) => `jt808:${String(n).padStart(12, '0')}`)
  const body = (source: string) => ({ ...row, source, firstMs: 0, lastMs: 0, tries: 1 })
  await first.store.commit({
    documents: sources.map(source => ({ kind: 'registration', key: source, body: body(source) }))
  })
  const { registry } = await reopened(first)
  expect(sources.filter(source => !registry.known(id<SourceId>(source)))).toEqual([])
})
